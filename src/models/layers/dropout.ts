// n = samples, m = values of a sample; x, mask [n, m].

/** The dropout of Srivastava et al. 2014. @module */
import { z } from "zod";
import { sampleSize } from "../../core/shape.ts";
import { extentOf } from "../../graph/graph.ts";
import type { LayerKind } from "./layer.ts";

/** A dropout with its options as a pipeline's record holds them. */
export interface DropoutLayer {
  /** Which kind. */
  kind: "dropout";
  /** The share of values that are set to 0. */
  rate: number;
}

/**
 * Dropout (Srivastava et al. 2014, JMLR 15, section 4): in a training step each value is set to 0 with probability `rate`, from 0 to below 1,
 * and divided by `1 - rate` otherwise; in validation, evaluation and use nothing happens. The draw of a value is a function of the run's
 * seed, the epoch, the sample and the value's position, so that a resumed training and every engine have the same.
 *
 * It has no parameters, and a default decoder leaves it out.
 */
export function dropout(rate: number): DropoutLayer {
  return { kind: "dropout", rate };
}

/** See {@link dropout}. */
export const dropoutKind = {
  schema: z.strictObject({
    kind: z.literal("dropout"),
    rate: z.number().min(0).lt(1, {
      error: ({ input }) => `must be below 1, got ${input} (nothing would be left)`,
    }),
  }),
  activation: () => null,
  outputShape: (_spec, input) => input,
  parameters: () => [],
  /** `mask` is 0 or 1; with several rows for each sample, each row has draws of its own. */
  forward({ build, spec: { rate }, input, x, mask }) {
    if (mask === undefined) return x;
    const copies = extentOf(x.shape[0], 1) * (x.shape[1] as number) / sampleSize(input);
    const drawn = build.input(mask, ["batch", copies * sampleSize(input)]);
    return build.multiply(build.multiply(x, build.reshape(drawn, x.shape)), build.constant(1 / (1 - rate)));
  },
  mirror: () => undefined,
  describe: ({ rate }) => `dropout${rate}`,
  dropRate: ({ rate }) => rate,
  pytorch: {
    module: ({ spec: { rate } }) => `nn.Dropout(${rate})`,
    call: ({ text, isMap }, self) => ({ text: `${self}(${text})`, isMap }),
  },
  tfjs: {
    write: ({ name, spec: { rate }, x, chain }) => ({
      name: chain(x.name, { type: "Dropout", name, config: { rate } }),
      shape: x.shape,
    }),
  },
} satisfies LayerKind<DropoutLayer>;
