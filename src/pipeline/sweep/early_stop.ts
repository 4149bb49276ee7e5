/** How a sweep stops trials whose results fall behind, as options. @module */
import { z } from "zod";

const common = {
  /**
   * The training that is watched, by the name of its stage.
   * @default {the last training}
   */
  stage: z.string().min(1).optional(),
  /**
   * What is watched of each epoch: `"validation"` or `"loss"`, or a part of the loss such as `"kl"`.
   * @default {the validation loss, and without a validation split the loss}
   */
  metric: z.string().min(1).optional(),
  /** Which way the metric is better. */
  direction: z.enum(["lower", "higher"]).default("lower"),
};

/** Asynchronous successive halving. */
const Asha = z.strictObject({
  kind: z.literal("asha"),
  ...common,
  /** The epoch of the first rung. */
  minimumEpochs: z.int().min(1).default(10),
  /** Each rung comes after so many times the epochs of the one before it, and one of so many trials passes it. */
  reductionFactor: z.int().min(2).default(3),
  /** No rung is at this epoch or later; `null`: the most epochs of each training. */
  maximumEpochs: z.int().min(1).nullable().default(null),
});

/** The median stopping rule. */
const Median = z.strictObject({
  kind: z.literal("median"),
  ...common,
  /** The epoch of the first comparison. */
  minimumEpochs: z.int().min(1).default(10),
  /** Epochs between two comparisons. */
  everyEpochs: z.int().min(1).default(10),
  /** How many trials must be complete before one is stopped. */
  minimumTrials: z.int().min(1).default(5),
});

/** Options for early stopping; a kind alone has the defaults of all others. */
export const EarlyStop = z.discriminatedUnion("kind", [Asha, Median]).refine(
  (options) =>
    options.kind !== "asha" || options.maximumEpochs === null ||
    options.maximumEpochs > options.minimumEpochs,
  { error: "must be above minimumEpochs", path: ["maximumEpochs"] },
);

/** Options for early stopping as they are written. */
export type EarlyStopOptions = z.input<typeof EarlyStop>;
/** The same with all defaults. */
export type EarlyStop = z.infer<typeof EarlyStop>;
