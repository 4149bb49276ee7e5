/**
 * The settings of a sweep, ranked by a metric over their seeds.
 *
 * @module
 */
import { type Estimate, meanInterval, wilson } from "../analysis/statistics/intervals.ts";
import { type Condition, holds } from "../core/condition.ts";
import { meanOf, varianceOf } from "../core/statistics.ts";
import type { RankedMetric } from "./ranked_metric.ts";
import { metricOf, type TrialView } from "./view.ts";

/** A setting with the trials of all its seeds. */
export interface RankedSetting {
  readonly label: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** In the order of the plan. */
  readonly trials: readonly TrialView[];
  /** The metric of its complete trials; empty where none is. */
  readonly values: readonly number[];
  /** Their mean with its 95 % interval. */
  readonly mean?: Estimate;
  /**
   * The share of ended trials that met the success condition, with its 95 % interval. A trial that failed did not; one that was stopped early
   * is not compared.
   */
  readonly success?: Required<Estimate>;
}

/** The settings of trials, in the order of their first. Settings are the same where all their values are. */
function settingsOf(trials: readonly TrialView[]): Map<string, TrialView[]> {
  return Map.groupBy(trials, ({ settings }) => settingKey(settings));
}

function settingKey(settings: TrialView["settings"]): string {
  return JSON.stringify(Object.entries(settings).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0));
}

/** Ranks settings by the mean of a metric in its own direction, ties in the order of the plan; those without a number come last. */
export function rankSettings(
  trials: readonly TrialView[],
  metric: RankedMetric | null,
  success?: Condition,
): RankedSetting[] {
  const ranked = [...settingsOf(trials).values()].map((own): RankedSetting => {
    const values = metric === null ? [] : own.flatMap((trial) => metricOf(trial, metric.address) ?? []);
    const mean = meanInterval(values);
    return {
      label: own[0].label,
      settings: own[0].settings,
      trials: own,
      values,
      ...(mean === undefined ? {} : { mean }),
      ...successOf(own, success),
    };
  });
  const sign = metric?.info.direction === "higher" ? -1 : 1;
  const place = ({ mean }: RankedSetting) => mean === undefined ? Infinity : sign * mean.value;
  return ranked.sort((a, b) => place(a) === place(b) ? 0 : place(a) - place(b));
}

function successOf(
  trials: readonly TrialView[],
  condition: Condition | undefined,
): Pick<RankedSetting, "success"> {
  const ended = trials.filter(({ state }) => ["complete", "failed"].includes(state));
  if (condition === undefined || ended.length === 0) return {};
  const good = ended.filter((trial) => holds(condition, metricOf(trial, condition.what) ?? NaN)).length;
  return { success: wilson(good, ended.length) };
}

/**
 * The share of the variance of a metric over all trials that is between the seeds of one setting: what no setting can explain. It is the
 * sum of squares within settings over that around the mean, as in a one-way analysis of variance. `undefined` where no setting has two
 * numbers, or all numbers are equal.
 */
export function seedShare(ranked: readonly RankedSetting[]): number | undefined {
  const measured = ranked.filter(({ values }) => values.length > 0),
    all = measured.flatMap(({ values }) => values);
  if (!measured.some(({ values }) => values.length > 1)) return undefined;
  const total = (all.length - 1) * varianceOf(all), mean = meanOf(all);
  if (!(total > 1e-24 * mean * mean * all.length)) return undefined;
  const within = measured.reduce(
    (sum, { values }) => sum + (values.length > 1 ? (values.length - 1) * varianceOf(values) : 0),
    0,
  );
  return within / total;
}
