/**
 * What the results of a sweep come to: ranked settings, the importance of each, and the command of the best. The page and its Markdown show
 * it.
 *
 * @module
 */
import { factorOf } from "../analysis/statistics/factor.ts";
import { FEWEST_ROWS, type Importance, importance } from "../analysis/statistics/importance.ts";
import type { Condition } from "../core/condition.ts";
import type { TrialCurve } from "./curves.ts";
import { type RankedSetting, rankSettings, seedShare } from "./ranking.ts";
import { bestTrial, type SweepView, type TrialView } from "./view.ts";

/** The fewest measured settings whose importance is computed, unless they are a whole grid. */
export const FEWEST_SETTINGS = FEWEST_ROWS;

/** One option that varies over the settings of a sweep. */
export interface SettingAxis {
  /** `train.optimizer.learningRate`. */
  readonly path: string;
  /** Its value in each ranked setting; `undefined` where a setting leaves it as the file has it. */
  readonly values: readonly unknown[];
  /** Whether its values are spread evenly by their logarithm. */
  readonly isLogarithmic: boolean;
}

/** The results of a sweep. */
export interface SweepResults {
  readonly view: SweepView;
  /** The success condition as it was written. */
  readonly success: string | null;
  /** The settings, the best first. */
  readonly ranked: readonly RankedSetting[];
  readonly axes: readonly SettingAxis[];
  /** The share of the metric's variance that each axis explains, in the order of the axes. */
  readonly importance?: Importance;
  /** The share of the variance over all trials that is between the seeds of a setting. */
  readonly seedShare?: number;
  /** The best trial of the best setting. */
  readonly best?: TrialView;
  /** The command that runs the best trial again. */
  readonly command?: string;
  /** The curves of as many trials as a page holds, the best last. They are read afterwards. */
  readonly curves: readonly TrialCurve[];
  /** What a reader must know, one sentence each. */
  readonly notices: readonly string[];
}

/** What results are made of, besides the view. */
export interface ResultOptions {
  readonly success?: { readonly text: string; readonly condition: Condition };
  /** The paths of axes that the sweep itself draws by their logarithm. */
  readonly logarithmic?: readonly string[];
  readonly notices?: readonly string[];
  /** The command that runs a trial again. */
  commandOf?(trial: TrialView): string;
}

/** Computes the results of a sweep. */
export function sweepResults(view: SweepView, options: ResultOptions = {}): SweepResults {
  const { success, logarithmic = [], notices = [], commandOf } = options;
  const ranked = rankSettings(view.trials, view.metric, success?.condition);
  const best = ranked.length === 0 ? undefined : bestTrial({ trials: ranked[0].trials, metric: view.metric });
  const axes = axesOf(ranked, logarithmic), seeds = seedShare(ranked), shares = sharesOf(ranked, axes);
  return {
    view,
    success: success?.text ?? null,
    ranked,
    axes,
    ...(shares === undefined ? {} : { importance: shares }),
    ...(seeds === undefined ? {} : { seedShare: seeds }),
    ...(best === undefined ? {} : { best, command: commandOf?.(best) }),
    curves: [],
    notices,
  };
}

/** The options that differ between settings. */
function axesOf(ranked: readonly RankedSetting[], logarithmic: readonly string[]): SettingAxis[] {
  const paths = [...new Set(ranked.flatMap(({ settings }) => Object.keys(settings)))];
  return paths.flatMap((path): SettingAxis[] => {
    const values = ranked.map(({ settings }) => settings[path]);
    const [first, ...others] = values.map((value) => JSON.stringify(value));
    if (others.every((other) => other === first)) return [];
    return [{ path, values, isLogarithmic: logarithmic.includes(path) || spansDecades(values) }];
  });
}

/** Whether all values are positive numbers, the largest more than twenty times the smallest. */
function spansDecades(values: readonly unknown[]): boolean {
  let low = Infinity, high = 0;
  for (const value of values) {
    if (typeof value !== "number" || !(value > 0)) return false;
    [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  return high > 20 * low;
}

/** The importance of the axes for the mean of the metric over the seeds. */
function sharesOf(ranked: readonly RankedSetting[], axes: readonly SettingAxis[]): Importance | undefined {
  const measured = ranked.flatMap(({ mean }, at) => mean === undefined ? [] : [{ at, value: mean.value }]);
  const factors = axes.map(({ values }) => factorOf(measured.map(({ at }) => values[at])));
  return importance(factors, measured.map(({ value }) => value));
}
