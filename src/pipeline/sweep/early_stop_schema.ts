/** The check of options for early stopping. @module */
import { z } from "zod";
import type { EarlyStopOptions } from "./early_stop.ts";

const watched = {
  stage: z.string().min(1).optional(),
  metric: z.string().min(1).optional(),
  direction: z.enum(["lower", "higher"]).default("lower"),
  minimumEpochs: z.int().min(1).default(10),
};

const Asha = z.strictObject({
  kind: z.literal("asha"),
  ...watched,
  reductionFactor: z.int().min(2).default(3),
  maximumEpochs: z.int().min(1).nullable().default(null),
});

const Median = z.strictObject({
  kind: z.literal("median"),
  ...watched,
  everyEpochs: z.int().min(1).default(10),
  minimumTrials: z.int().min(1).default(5),
});

/** The schema of {@link EarlyStopOptions}: gives them with all defaults. */
export const EarlyStop = z.discriminatedUnion("kind", [Asha, Median]).refine(
  (options) =>
    options.kind !== "asha" || options.maximumEpochs === null ||
    options.maximumEpochs > options.minimumEpochs,
  { error: "must be above minimumEpochs", path: ["maximumEpochs"] },
) satisfies z.ZodType<unknown, EarlyStopOptions>;

/** Options for early stopping with all defaults. */
export type EarlyStop = z.infer<typeof EarlyStop>;
