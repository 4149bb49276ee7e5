/**
 * The interface of a kind of learning-rate schedule; each kind is one file.
 *
 * @module
 */
import { z } from "zod";
import type { PlateauState } from "./plateau_state.ts";

/** A moment of a training: the end of one of its steps. */
export interface Moment {
  /** The optimizer's own learning rate. */
  readonly learningRate: number;
  /** Epochs since the start; parts count: 2.5 is the middle of the third epoch. */
  readonly epochsDone: number;
  /** The epochs that a step takes: the samples of a whole batch over those of an epoch. */
  readonly stepEpochs: number;
  /** The maximum number of epochs. */
  readonly epochs: number;
  /** What a schedule has observed of the monitored loss, for a kind that depends on it. */
  readonly plateau?: PlateauState;
}

/** A kind of schedule; its formula is in {@link rate}. */
export interface ScheduleKind<Spec extends { readonly kind: string }> {
  /** The schema of its options; strict, with all defaults. */
  readonly schema: z.ZodObject & z.ZodType<Spec>;
  /** Whether its rates depend on the maximum number of epochs, so that a training cannot be resumed with more. */
  readonly endsWithEpochs: boolean;
  /** The learning rate of the step that ends at a moment. Called for each step: it allocates nothing. */
  rate(spec: Spec, moment: Moment): number;
  /** The momentum of the step, in place of the optimizer's own. @default {the optimizer's own} */
  momentum?(spec: Spec, moment: Moment): number | undefined;
  /** The schedule as text, `cosine to 0`; empty where the rate stays the same. */
  describe(spec: Spec): string;
}

/** Options for schedules with a warm-up. */
export interface WarmupOptions {
  /** Epochs (parts count) over which the rate rises linearly from 0 before the schedule begins. @default {0} */
  warmupEpochs?: number;
}

/** The schema of {@link WarmupOptions.warmupEpochs}. */
export const warmupEpochs: z.ZodDefault<z.ZodNumber> = z.number().min(0).default(0);

/** The share of the rate during a warm-up, and 1 after it. */
export function warmupShare(warmupEpochs: number, epochsDone: number): number {
  return epochsDone < warmupEpochs ? epochsDone / warmupEpochs : 1;
}

/** The warm-up as text that goes after the schedule's own. */
export function warmupText(warmupEpochs: number): string {
  return warmupEpochs === 0 ? "" : `warm-up of ${warmupEpochs} ${warmupEpochs === 1 ? "epoch" : "epochs"}`;
}

/** Texts of a schedule, those that there are. */
export function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join(", ");
}

/** Half a cosine from one number to another: `to + (from - to) (1 + cos(pi progress)) / 2`. */
export function cosineBetween(from: number, to: number, progress: number): number {
  return to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * progress));
}
