// n = samples, p = a share, s = the sample standard deviation, z = 1.96, r = a rank correlation.

/**
 * Estimates with their 95 % confidence intervals.
 *
 * @module
 */
import { middleRanks } from "./ranks.ts";
import { studentQuantile } from "./student.ts";

/** A number and, with enough samples, the ends of its 95 % interval. */
export interface Estimate {
  /** The number itself. */
  readonly value: number;
  /** The lower end. */
  readonly low?: number;
  /** The upper end. */
  readonly high?: number;
}

/** The quantile of N(0, 1) that leaves 2.5 % above it. */
export const Z_95 = 1.959963984540054;

/**
 * A share with its interval (Wilson 1927): `(p + z^2/2n -+ z sqrt(p (1 - p) / n + z^2/4n^2)) / (1 + z^2/n)`. It stays within 0 and 1,
 * and also holds for 0 of n. `undefined` for no trial.
 */
export function wilson(successes: number, trials: number): Required<Estimate> | undefined {
  if (trials === 0) return undefined;
  const p = successes / trials, z2 = Z_95 ** 2 / trials;
  const half = Math.sqrt(z2 * p * (1 - p) + z2 * z2 / 4);
  const end = (side: number) => Math.min(1, Math.max(0, (p + z2 / 2 + side * half) / (1 + z2)));
  // At the ends of the range the bound is exact, whatever is rounded.
  return { value: p, low: successes === 0 ? 0 : end(-1), high: successes === trials ? 1 : end(1) };
}

/** Quantiles that were computed: a table of many means needs the same few. */
const QUANTILES = new Map<number, number>();

/** Student's t within which 95 % lie, with some degrees of freedom. */
function quantile95(freedom: number): number {
  const known = QUANTILES.get(freedom) ?? studentQuantile(0.95, freedom);
  QUANTILES.set(freedom, known);
  return known;
}

/** A mean with its interval `mean -+ t s / sqrt(n)`, t of n - 1 degrees of freedom (Student 1908). `undefined` for no number. */
export function meanInterval(values: ArrayLike<number>): Estimate | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  let sum = 0, squares = 0;
  for (let at = 0; at < n; at++) sum += values[at];
  const value = sum / n;
  if (n === 1) return { value };
  for (let at = 0; at < n; at++) squares += (values[at] - value) ** 2;
  const half = quantile95(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { value, low: value - half, high: value + half };
}

/**
 * The rank correlation of pairs (Spearman 1904): Pearson's correlation of middle ranks, so ties are counted as they should be.
 *
 * The interval is Fisher's, `tanh(atanh(r) -+ z sqrt((1 + r^2/2) / (n - 3)))`, with the variance of Bonett and Wright 2000
 * (Psychometrika 65:23), from 4 pairs on. Its end away from 0 stays at a perfect correlation; the other one is that of a correlation
 * half a step less, see {@link withinReach}. `undefined` when one side is the same everywhere, as nothing is ranked then.
 */
export function spearman(first: ArrayLike<number>, second: ArrayLike<number>): Estimate | undefined {
  const n = first.length, a = middleRanks(first), b = middleRanks(second), middle = (n + 1) / 2;
  let both = 0, ofFirst = 0, ofSecond = 0;
  for (let at = 0; at < n; at++) {
    both += (a[at] - middle) * (b[at] - middle);
    ofFirst += (a[at] - middle) ** 2;
    ofSecond += (b[at] - middle) ** 2;
  }
  if (ofFirst === 0 || ofSecond === 0) return undefined;
  const value = Math.min(1, Math.max(-1, both / Math.sqrt(ofFirst * ofSecond)));
  if (n < 4) return { value };
  const near = withinReach(value, n), half = Z_95 * Math.sqrt((1 + near * near / 2) / (n - 3));
  const end = (side: number) => Math.tanh(Math.atanh(near) + side * half);
  return { value, low: Math.min(value, end(-1)), high: Math.max(value, end(1)) };
}

/**
 * A rank correlation kept half a step away from 1 and -1, where the interval would have no width: two neighbours that change places
 * lessen a perfect one by `12 / (n (n^2 - 1))`.
 */
function withinReach(value: number, n: number): number {
  const most = 1 - 6 / (n * (n * n - 1));
  return Math.min(most, Math.max(-most, value));
}

/**
 * The rank correlation within groups: the mean of each group's {@link spearman}, weighted by its pairs, so that what differs between groups
 * (Simpson 1951) has no part in it. Groups without an interval of their own are left out.
 *
 * The interval is normal, with the variance `(1 - r^2)^2 (1 + r^2/2) / (n - 3)` of each group (Bonett and Wright's, carried from
 * atanh r to r). `undefined` when no group is left.
 */
export function spearmanWithin(
  groups: readonly { readonly first: ArrayLike<number>; readonly second: ArrayLike<number> }[],
): Estimate | undefined {
  let pairs = 0, sum = 0, variance = 0;
  for (const { first, second } of groups) {
    const own = spearman(first, second), n = first.length;
    if (own?.low === undefined) continue;
    const square = withinReach(own.value, n) ** 2;
    pairs += n;
    sum += n * own.value;
    variance += n * n * (1 - square) ** 2 * (1 + square / 2) / (n - 3);
  }
  if (pairs === 0) return undefined;
  const value = sum / pairs, half = Z_95 * Math.sqrt(variance) / pairs;
  return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) };
}
