// n = samples, h, w, c = height, width and channels of the input, h', w' = height and width of the output, kh, kw = kernel, f = filters.

/** The convolution of feature maps: `activation(patches(x) weight + bias)`. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import { type SampleShape, sampleSize } from "../../core/shape.ts";
import type { Window } from "../../graph/window.ts";
import { outputSize } from "../../graph/window_loops.js";
import { type Activation, ActivationName } from "../activations.ts";
import {
  axesOf,
  axesText,
  type AxisSizes,
  type Convolution,
  convolutionOptions,
  kerasConvolution,
  largerSizes,
  type PaddingOption,
  windowOver,
} from "./convolution.ts";
import type { LayerKind } from "./layer.ts";
import { asPythonMap, convolutionArguments } from "./pytorch.ts";
import { asPixels, type MapShape, mapShape } from "./sample_rows.ts";
import { CHANNELS_LAST, tfjsInput, type TfjsPlace, type TfjsValue } from "./tfjs.ts";

/** A convolution with its options as a pipeline's record holds them. */
export interface ConvLayer extends Convolution {
  /** Which kind. */
  kind: "conv";
  /** The activation; the model's own when it is left out. */
  activation?: Activation | undefined;
}

/** Options for {@link conv}. */
export interface ConvOptions {
  /** Pixels that the kernel covers: one number, or height and width. @default {3} */
  kernel?: AxisSizes;
  /** Pixels by which the kernel moves on. @default {1} */
  stride?: AxisSizes;
  /** Zeros around the map. @default {"same"} */
  padding?: PaddingOption;
  /** The activation. @default {the model's `activation`} */
  activation?: Activation;
}

/** A convolution as a pipeline file writes it. */
export type ConvInput = { kind: "conv"; filters: number } & ConvOptions;

/**
 * A convolution of feature maps [h, w, c] to [h', w', filters]: each output pixel is `activation(p weight + bias)` of the patch p of
 * kernel height x kernel width x c numbers around it (a cross-correlation, as in PyTorch and Keras).
 *
 * With the padding `"same"`, h' is `ceil(h / stride)`; with `"valid"` it is `floor((h - kernel) / stride) + 1`, with a padding p in numbers
 * `floor((h + 2 p - kernel) / stride) + 1`. The weight has the shape [kernel height, kernel width, c, filters] in files, and its fan-in, by
 * which it is initialised, is kernel height x kernel width x c.
 *
 * @example
 * ```ts
 * import { conv, vae } from "@hourglass/hourglass";
 * const model = vae({ encoder: [conv(32, { stride: 2 }), conv(64, { stride: 2 }), 256], latent: 32 });
 * ```
 */
export function conv(filters: number, options: ConvOptions = {}): ConvInput {
  return { kind: "conv", filters, ...optionsOf("conv", options) };
}

/** How its kernel moves over the input. */
function windowOf(spec: ConvLayer, input: SampleShape): Window {
  return windowOver(spec, mapShape("conv", input));
}

function outputShape(spec: ConvLayer, input: SampleShape): MapShape {
  const { height, width } = outputSize(windowOf(spec, input));
  return [height, width, spec.filters];
}

/** With a padding in numbers, zeros are a layer of their own. */
function writeTfjs(place: TfjsPlace<ConvLayer>): TfjsValue {
  const { name, spec, output, activation, chain, weights } = place, { padding } = spec;
  weights({ weight: "kernel" });
  const isNamed = typeof padding === "string";
  const zeros = { padding: axesOf(isNamed ? 0 : padding).map((each) => [each, each]), ...CHANNELS_LAST };
  const x = tfjsInput(place);
  const padded = isNamed ? x : chain(x, { type: "ZeroPadding2D", name: `${name}_padding`, config: zeros });
  const config = kerasConvolution(spec, isNamed ? padding : "valid", activation);
  return { name: chain(padded, { type: "Conv2D", name, config }), shape: output };
}

/** See {@link conv}. */
export const convKind = {
  schema: z.strictObject({
    kind: z.literal("conv"),
    ...convolutionOptions,
    activation: ActivationName.optional(),
  }),
  activation: ({ activation }) => activation,
  outputShape,
  parameters({ filters, kernel }, input) {
    const patch = [...axesOf(kernel), input[2]], fanIn = sampleSize(patch);
    return [
      { name: "weight", shape: [...patch, filters], initial: { kind: "weight", fanIn } },
      { name: "bias", shape: [filters], initial: { kind: "bias", fanIn } },
    ];
  },
  /** [n h w, c] -> patches [n h' w', kh kw c] -> [n h' w', f]. */
  forward({ build, spec, input, x, parameters: { weight, bias } }) {
    const patches = build.patches(asPixels(build, x, input), windowOf(spec, input));
    return build.add(build.matmul(patches, weight), bias);
  },
  mirror(spec, input) {
    const [height, width, filters] = mapShape("conv", input), { kernel, stride, padding } = spec;
    const [rows, columns] = largerSizes(spec, outputShape(spec, input));
    const isUsual = rows.usual === height && columns.usual === width;
    return {
      kind: "convTranspose",
      filters,
      kernel,
      stride,
      padding,
      ...(isUsual ? {} : { outputSize: [height, width] }),
    };
  },
  describe: ({ filters, stride }) =>
    `conv${filters}${axesText(stride) === "1" ? "" : `/${axesText(stride)}`}`,
  pytorch: {
    module: (place) => `nn.Conv2d(${convolutionArguments(place)})`,
    call(x, self, { spec, input }) {
      const { top, left, bottom, right } = windowOf(spec, input).padding, map = asPythonMap(x, input);
      const isPadded = top + left + bottom + right > 0;
      const padded = isPadded ? `F.pad(${map}, (${left}, ${right}, ${top}, ${bottom}))` : map;
      return { text: `${self}(${padded})`, isMap: true };
    },
  },
  tfjs: { hasActivation: true, write: writeTfjs },
} satisfies LayerKind<ConvLayer>;
