/** What early stopping compares and decides. @module */

/** What was decided of a trial after an epoch. */
export interface Decision {
  /** The id of the trial. */
  readonly trial: string;
  readonly epoch: number;
  /** What is watched: `validation`. */
  readonly metric: string;
  /** The metric after this epoch; `null` where it is not finite. */
  readonly value: number | null;
  /** The mean of the metric over all epochs up to this one; `null` where that is not finite. */
  readonly average: number | null;
  readonly decision: "continue" | "stop";
}

/** That a trial is complete. */
export interface Completion {
  readonly trial: string;
  readonly complete: true;
}

/** One line of the log of a sweep's early stopping. */
export type LogEntry = Decision | Completion;

/** The metric of a trial up to an epoch. */
export interface Course {
  /** What is watched: `validation`. */
  readonly metric: string;
  readonly epoch: number;
  /** After this epoch. */
  readonly value: number | null;
  /** The best up to it. */
  readonly best: number | null;
  /** The mean up to it. */
  readonly average: number | null;
}

/** Which way a metric is better. */
export type Direction = "lower" | "higher";

/** A metric as a number that is better when it is lower; what is not finite is worse than all others. */
export function lossOf(value: number | null, direction: Direction): number {
  if (value === null) return Infinity;
  return direction === "higher" ? -value : value;
}
