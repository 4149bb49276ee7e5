// n = samples, p = pixels of a map (1 of a vector), c = channels, g = groups; x, y [n p, c], gain, bias [c], mean, variance [n g, 1].

/** The group normalisation of Wu and He 2018. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import { sampleSize } from "../../core/shape.ts";
import { type Activation, ActivationName } from "../activations.ts";
import { LayerFault } from "./fault.ts";
import type { LayerKind } from "./layer.ts";
import { asPythonMap, asPythonRows } from "./pytorch.ts";
import { asPixels, pixelsOf } from "./sample_rows.ts";

/** A group normalisation with its options as a pipeline's record holds them. */
export interface GroupNormLayer {
  /** Which kind. */
  kind: "groupNorm";
  /** Groups of channels. */
  groups: number;
  /** Added to the variance. */
  epsilon: number;
  /** The activation after it. */
  activation: Activation;
}

/** Options for {@link groupNorm}. */
export interface GroupNormOptions {
  /** Added to the variance. @default {1e-5} */
  epsilon?: number;
  /** The activation after it. @default {"linear"} */
  activation?: Activation;
}

/** A group normalisation as a pipeline file writes it. */
export type GroupNormInput = { kind: "groupNorm"; groups: number } & GroupNormOptions;

/**
 * Group normalisation (Wu and He 2018, arXiv:1803.08494, eq. 1 and 7): the channels of a feature map are divided into groups, and in each
 * sample each group is shifted and scaled to mean 0 and variance 1 over its pixels and channels; then
 * `y = gain (x - mean) / sqrt(variance + epsilon) + bias` with a gain and a bias for each channel. `groups` must divide the channels.
 *
 * The variance is the biased one, as in PyTorch's `GroupNorm`. It depends on one sample alone, so it is the same in training and use,
 * whatever the batch; batch normalisation, which couples the samples of a batch, is not offered.
 *
 * @example
 * ```ts
 * import { conv, groupNorm, vae } from "@hourglass/hourglass";
 * const model = vae({
 *   encoder: [conv(32, { stride: 2, activation: "linear" }), groupNorm(8, { activation: "silu" }), 64],
 *   latent: 16,
 * });
 * ```
 */
export function groupNorm(groups: number, options: GroupNormOptions = {}): GroupNormInput {
  return { kind: "groupNorm", groups, ...optionsOf("groupNorm", options) };
}

/** See {@link groupNorm}. */
export const groupNormKind = {
  schema: z.strictObject({
    kind: z.literal("groupNorm"),
    groups: z.int().min(1).max(65536),
    epsilon: z.number().positive().max(1).default(1e-5),
    activation: ActivationName.default("linear"),
  }),
  activation: ({ activation }) => activation,
  outputShape({ groups }, input) {
    const channels = input.at(-1)!;
    if (channels % groups === 0) return input;
    const divisors = Array.from({ length: channels }, (_, at) => at + 1).filter((at) => channels % at === 0);
    const nearest = divisors.toSorted((a, b) => Math.abs(a - groups) - Math.abs(b - groups)).slice(0, 2);
    const must = `must divide the ${channels} channels before it, got ${groups} (${
      nearest.join(" or ")
    } would)`;
    throw new LayerFault(["groups"], must);
  },
  parameters(_spec, input) {
    const shape = [input.at(-1)!];
    return [
      { name: "gain", shape, initial: { kind: "constant", value: 1 } },
      { name: "bias", shape, initial: { kind: "constant", value: 0 } },
    ];
  },
  forward({ build, spec: { groups, epsilon }, input, x: given, parameters: { gain, bias } }) {
    const channels = input.at(-1)!, pixels = pixelsOf(input), x = asPixels(build, given, input);
    const share = build.constant(groups / sampleSize(input));
    const mean = (values: typeof x) => {
      const ofChannels = build.sumRowGroups(values, pixels);
      const ofGroups = build.sumColumns(asPixels(build, ofChannels, [groups, channels / groups]));
      return build.multiply(ofGroups, share);
    };
    // [n g, 1] -> [n, c].
    const forChannels = (ofGroups: typeof x) => {
      const width = channels / groups;
      const repeated = width === 1 ? ofGroups : build.broadcast(ofGroups, [ofGroups.shape[0], width]);
      return asPixels(build, repeated, [channels]);
    };
    const centred = build.subtract(x, build.repeatRows(forChannels(mean(x)), pixels));
    const deviation = build.sqrt(build.add(mean(build.multiply(centred, centred)), build.constant(epsilon)));
    const factor = build.divide(gain, forChannels(deviation));
    return build.add(build.multiply(centred, build.repeatRows(factor, pixels)), bias);
  },
  mirror: (spec) => ({ ...spec }),
  describe: ({ groups }) => `groupNorm${groups}`,
  pytorch: {
    module: ({ spec: { groups, epsilon }, input }) =>
      `nn.GroupNorm(${groups}, ${input.at(-1)}, eps=${epsilon})`,
    call(x, self, { input }) {
      const isMap = input.length === 3, read = isMap ? asPythonMap(x, input) : asPythonRows(x);
      return { text: `${self}(${read})`, isMap };
    },
  },
} satisfies LayerKind<GroupNormLayer>;
