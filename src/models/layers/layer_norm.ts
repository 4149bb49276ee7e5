// N = batch, C = values of a sample; x, y [N, C], gain, bias [C], mean, variance [N, 1].

/** The layer normalisation of Ba, Kiros and Hinton 2016. @module */
import { optionsOf } from "../../core/arguments.ts";
import { z } from "zod";
import { sampleSize } from "../../core/shape.ts";
import type { LayerKind } from "./layer.ts";
import { rowsModule } from "./pytorch.ts";
import { asRows } from "./sample_rows.ts";
import { tfjsRows } from "./tfjs.ts";

/** A layer normalisation with its options as a pipeline's record holds them. */
export interface LayerNormLayer {
  /** Which kind. */
  kind: "layerNorm";
  /** Added to the variance. */
  epsilon: number;
}

/** Options for {@link layerNorm}. */
export interface LayerNormOptions {
  /** Added to the variance. @default {1e-5} */
  epsilon?: number;
}

/** A layer normalisation as a pipeline file writes it. */
export type LayerNormInput = { kind: "layerNorm" } & LayerNormOptions;

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016, arXiv:1607.06450, eq. 4): each sample is shifted and scaled to mean 0 and variance 1
 * over its C values, then `y = gain (x - mean) / sqrt(variance + epsilon) + bias` with a gain and a bias for each value.
 *
 * The variance is the biased one, `1/C sum (x - mean)^2`, as in PyTorch's `LayerNorm`. It has no activation of its own. Of a feature map
 * [h, w, c] it takes all h w c values together, as PyTorch's `LayerNorm([c, h, w])`; a {@link groupNorm} of one group has the same mean and
 * variance, and a gain and a bias for each channel only.
 */
export function layerNorm(options: LayerNormOptions = {}): LayerNormInput {
  return { kind: "layerNorm", ...optionsOf("layerNorm", options) };
}

/** See {@link layerNorm}. */
export const layerNormKind = {
  schema: z.strictObject({
    kind: z.literal("layerNorm"),
    epsilon: z.number().positive().max(1).default(1e-5),
  }),
  activation: () => null,
  outputShape: (_spec, input) => input,
  parameters(_spec, input) {
    const shape = [sampleSize(input)];
    return [
      { name: "gain", shape, initial: { kind: "constant", value: 1 } },
      { name: "bias", shape, initial: { kind: "constant", value: 0 } },
    ];
  },
  forward({ build, spec, input, x: map, parameters: { gain, bias } }) {
    const x = asRows(build, map, input), share = build.constant(1 / sampleSize(input));
    const centred = build.subtract(x, build.multiply(build.sumColumns(x), share));
    const variance = build.multiply(build.sumColumns(build.multiply(centred, centred)), share);
    const deviation = build.sqrt(build.add(variance, build.constant(spec.epsilon)));
    return build.add(build.multiply(build.divide(centred, deviation), gain), bias);
  },
  mirror: ({ epsilon }) => ({ kind: "layerNorm", epsilon }),
  describe: () => "layerNorm",
  pytorch: rowsModule(({ spec: { epsilon }, input }) => `nn.LayerNorm(${sampleSize(input)}, eps=${epsilon})`),
  tfjs: {
    write(place) {
      const { name, spec: { epsilon }, input, chain, weights } = place;
      weights({ gain: "gamma", bias: "beta" });
      const config = { axis: -1, epsilon, center: true, scale: true };
      const made = chain(tfjsRows(place), { type: "LayerNormalization", name, config });
      return { name: made, shape: [sampleSize(input)] };
    },
  },
} satisfies LayerKind<LayerNormLayer>;
