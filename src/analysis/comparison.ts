/**
 * The numbers of several runs of each of some settings, beside each other.
 *
 * @module
 */
import { type Condition, holds } from "../core/condition.ts";
import { type Estimate, meanInterval, wilson } from "./intervals.ts";

/** What `metrics.json` holds. */
export type RunMetrics = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** One run of a comparison. */
export interface ComparedRun {
  /** The setting in words; runs of the same setting differ in their seeds. */
  readonly label: string;
  /** `undefined`: it failed. */
  readonly metrics: RunMetrics | undefined;
}

/** What the runs of one setting came to. */
export interface ComparedGroup {
  readonly label: string;
  readonly runs: number;
  readonly failed: number;
  /** The mean of each metric over the seeds, by `stage.metric`, with its 95 % interval. */
  readonly means: Readonly<Record<string, Estimate>>;
  /** The share of all runs (a failed one is none) that met the condition, with its interval. */
  readonly success?: Required<Estimate>;
}

/** A metric by its address: `evaluate.pixelAccuracy@0.3`; the stage ends at the first dot. */
export function metricAt(metrics: RunMetrics | undefined, address: string): number | undefined {
  const dot = address.indexOf(".");
  const value = metrics?.[address.slice(0, dot)]?.[address.slice(dot + 1)];
  return value === undefined || value === null || !Number.isFinite(value) ? undefined : value;
}

/** Groups runs by their setting, in the order in which settings came. */
export function compareRuns(
  runs: readonly ComparedRun[],
  metrics: readonly string[],
  success?: Condition,
): ComparedGroup[] {
  const labels = [...new Set(runs.map(({ label }) => label))];
  return labels.map((label) => {
    const own = runs.filter((run) => run.label === label),
      done = own.filter(({ metrics }) => metrics !== undefined);
    const means = metrics.flatMap((address): [string, Estimate][] => {
      const values = done.flatMap(({ metrics }) => metricAt(metrics, address) ?? []);
      const mean = meanInterval(values);
      return mean === undefined ? [] : [[address, mean]];
    });
    const good = success === undefined
      ? undefined
      : done.filter(({ metrics }) => holds(success, metricAt(metrics, success.what) ?? NaN)).length;
    return {
      label,
      runs: own.length,
      failed: own.length - done.length,
      means: Object.fromEntries(means),
      ...(good === undefined ? {} : { success: wilson(good, own.length) }),
    };
  });
}
