/** What is recorded with a model so that it can be used without its run. @module */
import { z } from "zod";
import { type Preparation, PreparationRecord } from "../core/preparation.ts";
import type { ValueKind } from "../core/shape.ts";
import { quantile } from "../core/statistics.ts";

/** The scores that samples of a split have, as quantiles: what a threshold is chosen by. */
export interface ScoreQuantiles {
  /** The split of the samples; those of classes that the model was not trained on are left out. */
  readonly split: "validation" | "test" | "train";
  /** How many samples were scored. */
  readonly count: number;
  /** For each score its values at evenly spaced quantiles, from the least to the largest. */
  readonly scores: Readonly<Record<string, readonly number[]>>;
}

/** What is recorded with a model besides its weights, topology, shape and scale. */
export interface ModelUse {
  /** How the values of its data are stored: bytes are the pixels of pictures. */
  readonly values: ValueKind;
  /** What became of grey pixels before the model saw them: thresholded at 0.5, or drawn by a seed. @default {nothing} */
  readonly binarised?: "threshold" | { readonly seed: number };
  /** What the source did to its samples, so that new ones are given the same. @default {nothing} */
  readonly preparation?: Preparation;
  /** The names of the classes of its data, where they have labels. */
  readonly labelNames?: readonly string[];
  /** The scores of samples that it was not trained on, where there are any. */
  readonly held?: ScoreQuantiles;
  /** Mean and standard deviation of each latent dimension over train samples: an autoencoder has no other prior to sample from. */
  readonly latents?: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

const numbers = z.array(z.number()).min(1);

/** The schema of {@link ModelUse} as a model's file records it. */
export const ModelUseRecord: z.ZodType<ModelUse> = z.object({
  values: z.enum(["bytes", "floats"]),
  binarised: z.union([z.literal("threshold"), z.object({ seed: z.int().nonnegative() })]).optional(),
  preparation: PreparationRecord.optional(),
  labelNames: z.array(z.string()).optional(),
  held: z.object({
    split: z.enum(["validation", "test", "train"]),
    count: z.int().min(1),
    scores: z.record(z.string(), numbers),
  }).optional(),
  latents: z.object({ mean: numbers, std: numbers }).optional(),
});

/** At most how many quantiles of a score are recorded: those of whole permille, and the ends. */
const MOST_QUANTILES = 1001;

/** The quantiles of scores that are recorded: all scores, sorted, where there are few. */
export function quantilesOf(scores: Float64Array): number[] {
  const sorted = scores.toSorted(), count = Math.min(MOST_QUANTILES, sorted.length);
  return Array.from({ length: count }, (_, at) => quantile(sorted, count === 1 ? 0 : at / (count - 1)));
}
