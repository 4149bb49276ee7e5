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
  largerSizes,
  type PaddingOption,
  windowOver,
} from "./convolution.ts";
import { LayerFault } from "./fault.ts";
import type { LayerKind } from "./layer.ts";
import { asPixels, mapShape } from "./sample_rows.ts";

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
export function windowOf(spec: ConvTransposeLayer, input: SampleShape): Window {
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
} satisfies LayerKind<ConvTransposeLayer>;
