// n = runs of a group, s = their standard deviation, t = a quantile of Student's distribution.

/**
 * Means over seeds with their intervals, and whether two of them differ.
 *
 * @module
 */
import { meanOf, varianceOf } from "../../core/statistics.ts";

/** The 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom (Student 1908, as tabulated); beyond, that of the normal. */
const QUANTILES = [
  12.706,
  4.303,
  3.182,
  2.776,
  2.571,
  2.447,
  2.365,
  2.306,
  2.262,
  2.228,
  2.201,
  2.179,
  2.160,
  2.145,
  2.131,
  2.120,
  2.110,
  2.101,
  2.093,
  2.086,
  2.080,
  2.074,
  2.069,
  2.064,
  2.060,
  2.056,
  2.052,
  2.048,
  2.045,
  2.042,
];

/** A mean over runs. */
export interface SeedMean {
  readonly count: number;
  readonly mean: number;
  /** Half of the 95 % interval: `t s / sqrt(n)`; missing for a single run. */
  readonly half?: number;
}

const quantile = (freedom: number) => QUANTILES[freedom - 1] ?? 1.96;

/** The mean of values, with its 95 % interval. There must be at least one. */
export function seedMean(values: readonly number[]): SeedMean {
  const count = values.length, mean = meanOf(values);
  if (count < 2) return { count, mean };
  return { count, mean, half: quantile(count - 1) * Math.sqrt(varianceOf(values) / count) };
}

/** The fewest runs of a group that a comparison rests on. */
const FEWEST_RUNS = 3;

/** A difference of two means. */
export interface MeanDifference {
  readonly value: number;
  /** Half of the 95 % interval. */
  readonly half: number;
}

/**
 * The mean of a minus the mean of b, two groups of independent runs, with its 95 % interval; `undefined` with fewer than three runs on
 * either side. Degrees of freedom: `(u + v)^2 / (u^2 / (n - 1) + v^2 / (m - 1))` with `u = s^2 / n` of one group and v of the other,
 * rounded down (Welch 1947, eq. 28).
 */
export function meanDifference(a: readonly number[], b: readonly number[]): MeanDifference | undefined {
  if (a.length < FEWEST_RUNS || b.length < FEWEST_RUNS) return undefined;
  const meanA = meanOf(a), meanB = meanOf(b);
  const u = varianceOf(a) / a.length, v = varianceOf(b) / b.length;
  const freedom = u + v === 0 ? 1 : (u + v) ** 2 / (u ** 2 / (a.length - 1) + v ** 2 / (b.length - 1));
  return { value: meanA - meanB, half: quantile(Math.max(1, Math.floor(freedom))) * Math.sqrt(u + v) };
}

/**
 * Whether the second of two groups of runs is higher or lower: `tie` when the interval of {@link meanDifference} holds 0, `unknown` with
 * fewer than three runs on either side.
 */
export function compareGroups(
  a: readonly number[],
  b: readonly number[],
): "higher" | "lower" | "tie" | "unknown" {
  const difference = meanDifference(b, a);
  if (difference === undefined) return "unknown";
  if (Math.abs(difference.value) <= difference.half) return "tie";
  return difference.value > 0 ? "higher" : "lower";
}
