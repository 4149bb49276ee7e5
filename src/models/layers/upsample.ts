// n = samples, h, w, c = height, width and channels of the input, f = factor along one axis.

/** The enlargement of feature maps, by repeating pixels or by interpolating between them. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { windowOf } from "../../graph/window.ts";
import { axesOf, axesText, type AxisSizes, axisSizes } from "./convolution.ts";
import type { LayerKind } from "./layer.ts";
import { asPythonMap, pythonSizes } from "./pytorch.ts";
import { asPixels, type MapShape, mapShape } from "./sample_rows.ts";
import { CHANNELS_LAST, tfjsInput, tfjsLacks } from "./tfjs.ts";

/** An enlargement with its options as a pipeline's record holds them. */
export interface UpsampleLayer {
  /** Which kind. */
  kind: "upsample";
  /** How many pixels each pixel becomes along each axis. */
  factor: AxisSizes;
  /** Whether pixels are repeated, or interpolated between. */
  mode: "nearest" | "bilinear";
}

/** Options for {@link upsample}. */
export interface UpsampleOptions {
  /** Whether pixels are repeated, or interpolated between. @default {"nearest"} */
  mode?: "nearest" | "bilinear";
}

/** An enlargement as a pipeline file writes it. */
export type UpsampleInput = { kind: "upsample"; factor: AxisSizes } & UpsampleOptions;

/**
 * Enlarges feature maps [h, w, c] to [f h, f w, c] by a whole factor f, or [height, width] of factors. `nearest` repeats each pixel.
 * `bilinear` interpolates between the centres of pixels, and repeats the pixels at the border: PyTorch's `Upsample` with
 * `align_corners=False`. It has no parameters; with a {@link conv} after it, it is an alternative to {@link convTranspose} without its
 * checkerboards (Odena, Dumoulin and Olah 2016, doi:10.23915/distill.00003).
 *
 * @example
 * ```ts
 * import { ae, conv, reshape, upsample } from "@hourglass/hourglass";
 * const model = ae({
 *   encoder: [conv(8, { stride: 2 })],
 *   latent: 8,
 *   decoder: [14 * 14 * 8, reshape([14, 14, 8]), upsample(2, { mode: "bilinear" }), conv(1)],
 * });
 * ```
 */
export function upsample(factor: AxisSizes, options: UpsampleOptions = {}): UpsampleInput {
  return { kind: "upsample", factor, ...optionsOf("upsample", options) };
}

/** See {@link upsample}. */
export const upsampleKind = {
  schema: z.strictObject({
    kind: z.literal("upsample"),
    factor: axisSizes(1),
    mode: z.enum(["nearest", "bilinear"]).default("nearest"),
  }),
  activation: () => null,
  outputShape: ({ factor }, input) => enlarged(mapShape("upsample", input), axesOf(factor)),
  parameters: () => [],
  forward({ build, spec: { factor, mode }, input, x }) {
    const map = mapShape("upsample", input), factors = axesOf(factor), pixels = asPixels(build, x, input);
    return mode === "nearest"
      ? spread(build, Array(factors[0] * factors[1]).fill(pixels), map, factors)
      : bilinear(build, pixels, map, factors);
  },
  /** Each patch that a pixel became, under weights. */
  mirror: ({ factor }, [, , filters]) => ({
    kind: "conv",
    filters,
    kernel: factor,
    stride: factor,
    padding: "valid",
  }),
  describe: ({ factor }) => `upsample${axesText(factor)}`,
  pytorch: {
    module({ spec: { factor, mode } }) {
      const corners = mode === "bilinear" ? ", align_corners=False" : "";
      return `nn.Upsample(scale_factor=${pythonSizes(factor)}, mode="${mode}"${corners})`;
    },
    call: (x, self, { input }) => ({ text: `${self}(${asPythonMap(x, input)})`, isMap: true }),
  },
  tfjs: {
    write(place) {
      const { name, spec: { factor, mode }, output, chain } = place;
      if (mode === "bilinear") throw tfjsLacks(name, "bilinear upsampling between the centres of pixels");
      const config = { size: [...axesOf(factor)], interpolation: "nearest", ...CHANNELS_LAST };
      return { name: chain(tfjsInput(place), { type: "UpSampling2D", name, config }), shape: output };
    },
  },
} satisfies LayerKind<UpsampleLayer>;

type Factors = readonly [number, number];

function enlarged([height, width, channels]: MapShape, [down, right]: Factors): MapShape {
  return [height * down, width * right, channels];
}

/** The map in which each pixel became a block of pixels, the parts of it by row and column. */
function spread(build: GraphBuilder, parts: readonly Value[], map: MapShape, factors: Factors): Value {
  const [height, width, channels] = enlarged(map, factors), both = [factors[0], factors[1]] as const;
  const window = windowOf({ height, width, channels, kernel: both, stride: both, padding: "valid" });
  return build.foldPatches(parts.length === 1 ? parts[0] : build.joinColumns(...parts), window);
}

/**
 * Interpolates along one axis after the other, with zeros beyond the border, and divides by what a map of ones becomes: near the border
 * that is the share of the pixels that are there, so their mean is left, which is the pixel at the border itself.
 */
function bilinear(build: GraphBuilder, pixels: Value, map: MapShape, [down, right]: Factors): Value {
  const both = (x: Value, [height, width, channels]: MapShape) => {
    const rows = interpolated(build, x, [height, width, channels], 0, down);
    return interpolated(build, rows, [height * down, width, channels], 1, right);
  };
  const ones = build.broadcast(build.constant(1), [pixels.shape[0], 1]);
  return build.divide(both(pixels, map), both(ones, [map[0], map[1], 1]));
}

/** `(1 - |d|) x_i + |d| x_(i +- 1)` for each of the f pixels that pixel i becomes, d = (p + 0.5) / f - 0.5 their distance from its centre. */
function interpolated(build: GraphBuilder, x: Value, map: MapShape, axis: 0 | 1, factor: number): Value {
  if (factor === 1) return x;
  const [height, width, channels] = map;
  const window = windowOf({ height, width, channels, kernel: axis === 0 ? [3, 1] : [1, 3] });
  const patches = build.patches(x, window);
  const tap = (at: number) => build.sliceColumns(patches, at * channels, (at + 1) * channels);
  const scaled = (value: Value, by: number) => build.multiply(value, build.constant(by));
  const parts = Array.from({ length: factor }, (_, phase) => {
    const distance = (phase + 0.5) / factor - 0.5, share = Math.abs(distance);
    if (share === 0) return x;
    return build.add(scaled(x, 1 - share), scaled(tap(distance < 0 ? 0 : 2), share));
  });
  return spread(build, parts, map, axis === 0 ? [factor, 1] : [1, factor]);
}
