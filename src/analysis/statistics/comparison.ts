/**
 * Compares settings by the numbers of several runs of each.
 *
 * @module
 */
import { type Condition, holds } from "../../core/condition.ts";
import { metricAt } from "../../core/metric_address.ts";
import { type Estimate, meanInterval, wilson } from "./intervals.ts";

/** What `metrics.json` holds. */
export type RunMetrics = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** One run of a comparison. */
export interface ComparedRun {
  /** The setting as text; runs of the same setting differ in their seeds. */
  readonly label: string;
  /** By which runs of different labels are paired; among several of one seed and label, the first with the first, and so on. */
  readonly seed?: number;
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
  /** The numbers that the means are of, run by run. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** The share of all runs (a failed one is none) that met the condition, with its interval. */
  readonly success?: Required<Estimate>;
  /** How far each metric is from that of the setting that this one is compared with. */
  readonly differences?: Readonly<Record<string, Difference>>;
}

/** Which way a metric is better; `none`: neither. */
export type Better = "lower" | "higher" | "none";

/** The mean of the differences of runs of equal seeds, this setting's minus the other's, with its 95 % interval. */
export interface Difference extends Estimate {
  /** A tie where the interval holds 0; `unknown` with fewer than three pairs. */
  readonly verdict: "better" | "worse" | "tie" | "higher" | "lower" | "unknown";
}

/** Options of a comparison. */
export interface ComparisonOptions {
  /** What counts as a success. */
  readonly success?: Condition;
  /** The label of the setting that the others are compared with. */
  readonly baseline?: string;
  /** Which way a metric is better, by its address. @default {none} */
  readonly better?: (address: string) => Better;
}

/** Groups runs by their setting, in the order in which settings came. */
export function compareRuns(
  runs: readonly ComparedRun[],
  metrics: readonly string[],
  { success, baseline, better = () => "none" }: ComparisonOptions = {},
): ComparedGroup[] {
  const byLabel = Map.groupBy(runs, ({ label }) => label);
  return [...byLabel].map(([label, own]) => {
    const done = own.filter(({ metrics }) => metrics !== undefined);
    const values = Object.fromEntries(
      metrics.map((address) => [address, done.flatMap(({ metrics }) => metricAt(metrics, address) ?? [])]),
    );
    const means = metrics.flatMap((address): [string, Estimate][] => {
      const mean = meanInterval(values[address]);
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
      values,
      ...(good === undefined ? {} : { success: wilson(good, own.length) }),
      ...(baseline === undefined || baseline === label ? {} : {
        differences: differencesOf(own, byLabel.get(baseline) ?? [], metrics, better),
      }),
    };
  });
}

/** The fewest pairs that a verdict rests on. */
const FEWEST_PAIRS = 3;

/**
 * The differences of two labels, paired by their seeds, so that what a seed does to both (its split, its noise) has no part in it. Where a
 * label stands for several settings, as for each digit, the first of each are paired, and the second, and so on.
 */
function differencesOf(
  runs: readonly ComparedRun[],
  others: readonly ComparedRun[],
  metrics: readonly string[],
  better: (address: string) => Better,
): Record<string, Difference> {
  const bySeed = Map.groupBy(others, ({ seed }) => seed), taken = new Map<number | undefined, number>();
  const pairs = runs.flatMap((run) => {
    const place = taken.get(run.seed) ?? 0, other = bySeed.get(run.seed)?.[place];
    taken.set(run.seed, place + 1);
    return other === undefined ? [] : [[run, other] as const];
  });
  return Object.fromEntries(metrics.flatMap((address): [string, Difference][] => {
    const values = pairs.flatMap(([run, other]) => {
      const own = metricAt(run.metrics, address), theirs = metricAt(other.metrics, address);
      return own === undefined || theirs === undefined ? [] : [own - theirs];
    });
    const mean = meanInterval(values);
    if (mean === undefined) return [];
    return [[address, { ...mean, verdict: verdictOf(mean, values.length, better(address)) }]];
  }));
}

function verdictOf({ value, low, high }: Estimate, pairs: number, better: Better): Difference["verdict"] {
  if (pairs < FEWEST_PAIRS || low === undefined || high === undefined) return "unknown";
  if (low <= 0 && high >= 0) return "tie";
  const direction = value > 0 ? "higher" : "lower";
  if (better === "none") return direction;
  return direction === better ? "better" : "worse";
}
