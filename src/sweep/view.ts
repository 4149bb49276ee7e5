/**
 * A sweep as its screen, its page and `monitor` show it: immutable plain data, made from the sweep's folder by `read_view.ts`.
 *
 * @module
 */
import type { RunMetrics } from "../analysis/statistics/comparison.ts";
import { metricAt } from "../core/metric_address.ts";
import type { RankedMetric } from "./ranked_metric.ts";

/**
 * The state of a trial. `waiting`: nobody has started it. `interrupted`: it has no result, and the process that began it has ended; the sweep
 * resumes it. `stoppedEarly`: the sweep stopped it as unpromising.
 */
export type TrialState = "waiting" | "running" | "interrupted" | "complete" | "failed" | "stoppedEarly";

/** How a trial's training continues, from the events of its run. */
export interface TrialTraining {
  /** The last completed epoch, and the maximum (0 if unknown). */
  readonly epoch: number;
  readonly epochs: number;
  /** The best monitored loss so far; `null` before the first. */
  readonly best: number | null;
  /** Seconds until the training is done; `null` if unknown or done. */
  readonly secondsLeft: number | null;
}

/** One trial. */
export interface TrialView {
  readonly id: string;
  /** Its place in the plan, from 1. */
  readonly number: number;
  /** The setting as text, without the seed. */
  readonly label: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Its expected arithmetic, in floating-point operations, or another measure in proportion to it. */
  readonly cost: number;
  readonly state: TrialState;
  /** The id and the folder of its run; `null` while unknown. */
  readonly run: string | null;
  readonly folder: string | null;
  /** Why it failed or was stopped. */
  readonly reason: string | null;
  /** The metrics of a complete trial. */
  readonly metrics: RunMetrics | null;
  readonly training: TrialTraining | null;
  /** How long it took; `null` until it has ended. */
  readonly seconds: number | null;
}

/** A sweep. */
export interface SweepView {
  /** The id of the sweep, and the pipeline's name. */
  readonly sweep: string;
  readonly pipeline: string;
  /** In the order of the plan, as far as their settings are chosen. */
  readonly trials: readonly TrialView[];
  /** How many trials there are in the end: more than are listed where settings are chosen by results. */
  readonly planned: number;
  /** The paths of the options that vary; none where settings are listed one by one, under names of their own. */
  readonly paths: readonly string[];
  /** `null` until a complete trial has measured one with a direction. */
  readonly metric: RankedMetric | null;
}

/** A metric of a trial by its address; `undefined` where it was not measured. */
export function metricOf({ metrics }: TrialView, address: string): number | undefined {
  return metricAt(metrics, address);
}

/** How many trials are in each state. */
export function stateCounts({ trials, planned }: SweepView): Readonly<Record<TrialState, number>> {
  const counts = {
    waiting: planned - trials.length,
    running: 0,
    interrupted: 0,
    complete: 0,
    failed: 0,
    stoppedEarly: 0,
  };
  for (const { state } of trials) counts[state]++;
  return counts;
}

/** Whether a trial has ended for good. */
export function hasEnded({ state }: TrialView): boolean {
  return state === "complete" || state === "failed" || state === "stoppedEarly";
}

/** Whether all trials of a sweep have ended. */
export function isOver({ trials, planned }: SweepView): boolean {
  return trials.length >= planned && trials.every(hasEnded);
}

/** The complete trial with the best value of the metric; of equal ones the first. */
export function bestTrial({ trials, metric }: Pick<SweepView, "trials" | "metric">): TrialView | undefined {
  if (metric === null) return undefined;
  const sign = metric.info.direction === "higher" ? -1 : 1;
  let best: TrialView | undefined, lowest = Infinity;
  for (const trial of trials) {
    const value = metricOf(trial, metric.address);
    if (value === undefined || sign * value >= lowest) continue;
    [best, lowest] = [trial, sign * value];
  }
  return best;
}

/**
 * Seconds until all trials have ended, with as many side by side as now: the time that complete trials took, by their cost, is carried over
 * to those that wait. `null` until a trial is complete, and while none is running.
 */
export function sweepSecondsLeft({ trials, planned }: SweepView): number | null {
  let seconds = 0, done = 0, all = 0, ahead = 0, running = 0;
  for (const trial of trials) {
    all += trial.cost;
    if (trial.state === "complete" && trial.seconds !== null) {
      seconds += trial.seconds;
      done += trial.cost;
    }
    if (trial.state === "running") running++;
  }
  if (running === 0 || done === 0) return null;
  const pace = seconds / done;
  for (const trial of trials) {
    if (trial.state === "running") ahead += trial.training?.secondsLeft ?? trial.cost * pace;
    else if (!hasEnded(trial)) ahead += trial.cost * pace;
  }
  // Those that are not chosen yet cost as much as the others.
  const unchosen = (planned - trials.length) * all / trials.length * pace;
  return (ahead + unchosen) / running;
}
