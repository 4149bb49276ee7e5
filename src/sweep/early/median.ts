/**
 * The median stopping rule (Golovin, Solnik, Moitra, Kochanski, Karro and Sculley 2017, "Google Vizier: a service for black-box
 * optimization", sec. 3.2.2): a trial is stopped after an epoch if its best value so far is worse than the median of the means, up to the
 * same epoch, of all complete trials.
 *
 * @module
 */
import { quantile } from "../../core/statistics.ts";
import type { EarlyStop } from "../../pipeline/sweep/early_stop_schema.ts";
import { type Course, lossOf } from "./decision.ts";

type Median = Extract<EarlyStop, { kind: "median" }>;

/** Whether a trial is compared after an epoch. */
export function isCompared(epoch: number, { minimumEpochs, everyEpochs }: Median): boolean {
  return epoch >= minimumEpochs && (epoch - minimumEpochs) % everyEpochs === 0;
}

/**
 * Whether a trial is stopped.
 *
 * @param averages The means of complete trials up to the epoch, or up to their last one before it.
 */
export function isBelowMedian(
  { best }: Course,
  averages: readonly (number | null)[],
  { minimumTrials, direction }: Median,
): boolean {
  if (averages.length < minimumTrials) return false;
  const losses = averages.map((average) => lossOf(average, direction)).sort((a, b) => a - b);
  return lossOf(best, direction) > middle(losses);
}

/** The median, also where numbers are infinite: those are never interpolated with others. */
function middle(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  return Number.isFinite(sorted[Math.floor(half)]) ? quantile(sorted, 0.5) : Infinity;
}
