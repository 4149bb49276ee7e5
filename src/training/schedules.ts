/**
 * How the learning rate changes over a training.
 *
 * @module
 */
import { optionsOf } from "../core/arguments.ts";
import { z } from "zod";

const warmupEpochs = z.number().min(0).default(0);

/** The schema of a learning-rate schedule. */
export const ScheduleSpec = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant"), warmupEpochs }),
  z.strictObject({
    kind: z.literal("cosine"),
    warmupEpochs,
    finalShare: z.number().min(0).max(1).default(0),
  }),
  z.strictObject({
    kind: z.literal("step"),
    warmupEpochs,
    everyEpochs: z.number().positive(),
    factor: z.number().positive().max(1).default(0.1),
  }),
]);

/** A schedule with all defaults filled in. */
export type ScheduleSpec = z.infer<typeof ScheduleSpec>;

/** A schedule as a pipeline file writes it, by {@link constant}, {@link cosine} or {@link stepDecay}. */
export type ScheduleOptions =
  | ({ kind: "constant" } & WarmupOptions)
  | ({ kind: "cosine" } & CosineOptions)
  | ({ kind: "step" } & StepDecayOptions);

/** Options for every schedule. */
export interface WarmupOptions {
  /** Epochs (parts count) over which the rate rises in a line from 0 before the schedule begins. @default {0} */
  warmupEpochs?: number;
}

/** The same rate throughout, after the warm-up. */
export function constant(options: WarmupOptions = {}): ScheduleOptions {
  return { kind: "constant", ...optionsOf("constant", options) };
}

/** Options for {@link cosine}. */
export interface CosineOptions extends WarmupOptions {
  /** The share of the rate that is left at the last epoch. @default {0} */
  finalShare?: number;
}

/** Half a cosine from the full rate to its final share (Loshchilov and Hutter 2017, arXiv:1608.03983, eq. 5 without restarts). */
export function cosine(options: CosineOptions = {}): ScheduleOptions {
  return { kind: "cosine", ...optionsOf("cosine", options) };
}

/** Options for {@link stepDecay}. */
export interface StepDecayOptions extends WarmupOptions {
  /** Epochs between two steps down. */
  everyEpochs: number;
  /** What the rate is multiplied by at each. @default {0.1} */
  factor?: number;
}

/** The rate times a factor every few epochs. */
export function stepDecay(options: StepDecayOptions): ScheduleOptions {
  return { kind: "step", ...optionsOf("stepDecay", options) };
}

/**
 * The share of the learning rate at a point of the training.
 *
 * @param epochsDone Epochs since the start; parts count: 2.5 is the middle of the third epoch.
 * @param epochs The maximum number of epochs: where the cosine ends.
 */
export function learningRateShare(schedule: ScheduleSpec, epochsDone: number, epochs: number): number {
  const { warmupEpochs } = schedule;
  const warm = epochsDone < warmupEpochs ? epochsDone / warmupEpochs : 1;
  if (schedule.kind === "constant") return warm;
  const after = Math.max(0, epochsDone - warmupEpochs);
  if (schedule.kind === "step") return warm * schedule.factor ** Math.floor(after / schedule.everyEpochs);
  const progress = Math.min(1, after / Math.max(epochs - warmupEpochs, Number.MIN_VALUE));
  return warm * (schedule.finalShare + (1 - schedule.finalShare) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
