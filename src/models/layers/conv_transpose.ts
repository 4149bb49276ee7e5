// n = samples, h, w, c = height, width and channels of the input, H, W = height and width of the output, kh, kw = kernel, f = filters.

/** The transposed convolution of feature maps: `activation(foldPatches(x weight^T) + bias)`. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import { type SampleShape, sampleSize } from "../../core/shape.ts";
import type { Window } from "../../graph/window.ts";
import { type Activation, ActivationName } from "../activations.ts";
import {
  axesOf,
  axesText,
  type AxisSizes,
  axisSizes,
  type Convolution,
  convolutionOptions,
  kerasConvolution,
  largerSizes,
  type PaddingOption,
  windowOver,
} from "./convolution.ts";
import { LayerFault } from "./fault.ts";
import type { LayerKind } from "./layer.ts";
import { asPythonMap, convolutionArguments, pythonSizes } from "./pytorch.ts";
import { asPixels, mapShape } from "./sample_rows.ts";
import { CHANNELS_LAST, tfjsInput, type TfjsPlace, type TfjsValue } from "./tfjs.ts";

/** A transposed convolution with its options as a pipeline's record holds them. */
export interface ConvTransposeLayer extends Convolution {
  /** Which kind. */
  kind: "convTranspose";
  /** Height and width of the output, where it is not the usual one. */
  outputSize?: AxisSizes | undefined;
  /** The activation; the model's own when it is left out. */
  activation?: Activation | undefined;
}

/** Options for {@link convTranspose}. */
export interface ConvTransposeOptions {
  /** Pixels that the kernel covers: one number, or height and width. @default {3} */
  kernel?: AxisSizes;
  /** Pixels between the places of the kernel in the output. @default {1} */
  stride?: AxisSizes;
  /** Zeros around the output, which are cut off. @default {"same"} */
  padding?: PaddingOption;
  /**
   * Height and width of the output, one of those that a {@link conv} with the same options leads to the input (PyTorch and Keras give the
   * difference as an "output padding"). @default {stride times the input with the padding "same"; else the smallest}
   */
  outputSize?: AxisSizes;
  /** The activation. @default {the model's `activation`} */
  activation?: Activation;
}

/** A transposed convolution as a pipeline file writes it. */
export type ConvTransposeInput = { kind: "convTranspose"; filters: number } & ConvTransposeOptions;

/**
 * A transposed convolution of feature maps [h, w, c] to [H, W, filters]: the adjoint of a {@link conv} with the same kernel, stride and
 * padding that leads [H, W] to [h, w], and what a default decoder has for it. Each input pixel adds `x weight^T` to the output, in the
 * place of its patch.
 *
 * H is `stride h` with the padding `"same"`, `(h - 1) stride + kernel` with `"valid"`, and `(h - 1) stride + kernel - 2 p` with a padding p
 * in numbers, unless `outputSize` gives another. The weight has the shape [kernel height, kernel width, filters, c] in files. An output
 * pixel depends on kernel height x kernel width x c / (stride height x stride width) numbers on average: its fan-in, by which it is
 * initialised (PyTorch and Keras count the filters instead of the channels, and no stride).
 *
 * @example
 * ```ts
 * import { conv, convTranspose, reshape, vae } from "@hourglass/hourglass";
 * const model = vae({
 *   encoder: [conv(16, { stride: 2 }), 64],
 *   latent: 8,
 *   decoder: [64, 14 * 14 * 16, reshape([14, 14, 16]), convTranspose(1, { stride: 2 })],
 * });
 * ```
 */
export function convTranspose(filters: number, options: ConvTransposeOptions = {}): ConvTransposeInput {
  return { kind: "convTranspose", filters, ...optionsOf("convTranspose", options) };
}

/** The window over the output whose places are the pixels of the input. */
function windowOf(spec: ConvTransposeLayer, input: SampleShape): Window {
  const map = mapShape("convTranspose", input), sizes = largerSizes(spec, map);
  const [height, width] = spec.outputSize === undefined
    ? sizes.map(({ usual }) => usual)
    : axesOf(spec.outputSize);
  [height, width].forEach((size, axis) => {
    const side = axis === 0 ? "height" : "width", { least, most } = sizes[axis];
    if (most < 1) {
      const must = `must leave pixels of an input of ${map[0]}x${map[1]}, got a ${side} of ${most}`;
      throw new LayerFault(["padding"], must);
    }
    if (size < least || size > most) {
      const range = least === most ? `of ${least}` : `from ${Math.max(1, least)} to ${most}`;
      const must = `must have a ${side} ${range} for an input of ${map[0]}x${map[1]}, got ${size}`;
      throw new LayerFault(["outputSize"], must);
    }
  });
  return windowOver(spec, [height, width, spec.filters]);
}

/** Where the output lies in what PyTorch makes of its whole patches, and what is missing there. */
function cropOf(spec: ConvTransposeLayer, input: SampleShape) {
  const { height, width, kernel, stride, padding: { top, left } } = windowOf(spec, input);
  const full = [0, 1].map((axis) => (input[axis] - 1) * stride[axis] + kernel[axis]);
  const missing: [number, number] = [
    Math.max(0, top + height - full[0]),
    Math.max(0, left + width - full[1]),
  ];
  const isCut = full[0] + missing[0] > height || full[1] + missing[1] > width;
  return { top, left, missing, isCut };
}

/**
 * With the padding `"same"` and the usual size, TensorFlow.js computes the same. Else it makes the sum of the whole patches, of which the
 * output is cut; zeros after the input make that as large as the output needs.
 */
function writeTfjs(place: TfjsPlace<ConvTransposeLayer>): TfjsValue {
  const { name, spec, input, output, activation, chain, weights } = place;
  weights({ weight: "kernel" });
  const { kernel, stride, padding: { top, left } } = windowOf(spec, input), x = tfjsInput(place);
  const isUsual = spec.padding === "same" &&
    [0, 1].every((axis) => output[axis] === input[axis] * stride[axis]);
  const node = (padding: string) => ({
    type: "Conv2DTranspose",
    name,
    config: kerasConvolution(spec, padding, activation),
  });
  if (isUsual) return { name: chain(x, node("same")), shape: output };
  const whole = (axis: number, size: number) =>
    size * stride[axis] + Math.max(kernel[axis] - stride[axis], 0);
  const cuts = [top, left].map((before, axis) => {
    const wanted = before + output[axis], missing = Math.max(0, wanted - whole(axis, input[axis]));
    const more = Math.ceil(missing / stride[axis]);
    return { more, cut: [before, whole(axis, input[axis] + more) - wanted] };
  });
  const zeros = { padding: cuts.map(({ more }) => [0, more]), ...CHANNELS_LAST };
  const padded = cuts.some(({ more }) => more > 0)
    ? chain(x, { type: "ZeroPadding2D", name: `${name}_padding`, config: zeros })
    : x;
  const cropping = { cropping: cuts.map(({ cut }) => cut), ...CHANNELS_LAST };
  const made = chain(padded, node("valid"), { type: "Cropping2D", name: `${name}_crop`, config: cropping });
  return { name: made, shape: output };
}

/** See {@link convTranspose}. */
export const convTransposeKind = {
  schema: z.strictObject({
    kind: z.literal("convTranspose"),
    ...convolutionOptions,
    outputSize: axisSizes(1).optional(),
    activation: ActivationName.optional(),
  }),
  activation: ({ activation }) => activation,
  outputShape(spec, input) {
    const { height, width } = windowOf(spec, input);
    return [height, width, spec.filters];
  },
  parameters({ filters, kernel, stride }, input) {
    const kernels = axesOf(kernel), channels = input[2];
    const fanIn = sampleSize([...kernels, channels]) / sampleSize(axesOf(stride));
    return [
      { name: "weight", shape: [...kernels, filters, channels], initial: { kind: "weight", fanIn } },
      { name: "bias", shape: [filters], initial: { kind: "bias", fanIn } },
    ];
  },
  /** [n h w, c] -> patches [n h w, kh kw f] -> [n H W, f]. */
  forward({ build, spec, input, x, parameters: { weight, bias } }) {
    const patches = build.matmul(asPixels(build, x, input), weight, { b: true });
    return build.add(build.foldPatches(patches, windowOf(spec, input)), bias);
  },
  mirror: ({ kernel, stride, padding }, [, , filters]) => ({
    kind: "conv",
    filters,
    kernel,
    stride,
    padding,
  }),
  describe: ({ filters, stride }) =>
    `convT${filters}${axesText(stride) === "1" ? "" : `/${axesText(stride)}`}`,
  pytorch: {
    module(place) {
      const { missing } = cropOf(place.spec, place.input);
      const padding = missing.some((size) => size > 0) ? `, output_padding=${pythonSizes(missing)}` : "";
      return `nn.ConvTranspose2d(${convolutionArguments(place)}${padding})`;
    },
    call(x, self, { spec, input, output: [height, width] }) {
      const { top, left, isCut } = cropOf(spec, input);
      const cut = isCut ? `[:, :, ${top}:${top + height}, ${left}:${left + width}]` : "";
      return { text: `${self}(${asPythonMap(x, input)})${cut}`, isMap: true };
    },
  },
  tfjs: { hasActivation: true, write: writeTfjs },
} satisfies LayerKind<ConvTransposeLayer>;
