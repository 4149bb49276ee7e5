// m = anomalous samples with scores X_i, n = normal samples with scores Y_j; a higher score is more anomalous.

/**
 * How well a score separates two groups: the receiver operating characteristic and the area below it.
 *
 * @module
 */
import { meanOf } from "../../core/statistics.ts";
import { type Estimate, Z_95 } from "../statistics/intervals.ts";
import { middleRanks } from "../statistics/ranks.ts";

/** An area below the curve with its 95 % interval. */
export interface Auroc {
  /** The chance that an anomalous sample scores higher than a normal one, ties half. 0.5 is guessing, 1 is perfect. */
  readonly value: number;
  /** The standard error of DeLong et al.; 0 where the groups do not overlap. `undefined` with a single sample in a group. */
  readonly standardError?: number;
  /** The 95 % interval; see {@link auroc}. It has a width for a perfect separation too. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * The area below the ROC curve as a rank statistic (Mann and Whitney 1947) with a 95 % interval that holds for few samples too.
 *
 * `A = 1/(m n) sum_ij psi(X_i, Y_j)`, psi = 1, 1/2 or 0 for X above, equal to or below Y. With the placements
 * `V10_i = 1/n sum_j psi(X_i, Y_j)` and `V01_j = 1/m sum_i psi(X_i, Y_j)`: `var A = s10 / m + s01 / n`, the sample variances of both
 * (DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837), computed from middle ranks as in Sun and Xu 2014.
 *
 * That variance is 0 for groups that do not overlap and too small for groups that hardly do, so `A -+ 1.96 sd` is no interval there. Its
 * place takes the score interval of Newcombe 2006 (Statistics in Medicine 25:559, method 5), all t with `|A - t| <= 1.96 sqrt(f V(t))`,
 * `V(t) = t (1 - t) / (m n) (1 + N (1 - t) / (2 - t) + N t / (1 + t))`, `N = (m + n) / 2 - 1`. Newcombe's f is 1, which is wider than
 * need be for large groups; here it goes to DeLong's variance over V(A) with the evidence for that, see {@link varianceRatio}.
 *
 * @throws {RangeError} When a group is empty or a score is not a number.
 */
export function auroc(normal: ArrayLike<number>, anomalous: ArrayLike<number>): Auroc {
  const { above, below } = placements(normal, anomalous), m = above.length, n = below.length;
  const value = meanOf(above), model = modelVariance(m, n);
  if (m < 2 || n < 2) return { value, interval: scoreInterval(value, model) };
  const variance = sampleVariance(above) / m + sampleVariance(below) / n;
  const f = varianceRatio(variance, model(value), Math.min(overlapping(above), overlapping(below)));
  return {
    value,
    standardError: Math.sqrt(variance),
    interval: scoreInterval(value, (area) => f * model(area)),
  };
}

/** The rank of each sample among those of the other group. */
interface Placements {
  /** `V10`, the share of normal samples below each anomalous one, ties half. Length m. */
  readonly above: Float64Array;
  /** `V01`, the share of anomalous samples above each normal one, ties half. Length n. */
  readonly below: Float64Array;
}

function placements(normal: ArrayLike<number>, anomalous: ArrayLike<number>): Placements {
  checkGroups(normal, anomalous);
  const m = anomalous.length, n = normal.length;
  const all = middleRanks([...Array.from(anomalous), ...Array.from(normal)]);
  const within = [middleRanks(anomalous), middleRanks(normal)];
  // A sample's rank among all, less its rank in its own group, counts the samples of the other group below it.
  return {
    above: Float64Array.from({ length: m }, (_, i) => (all[i] - within[0][i]) / n),
    below: Float64Array.from({ length: n }, (_, j) => 1 - (all[m + j] - within[1][j]) / m),
  };
}

/** The scores of normal and of anomalous samples. */
export type ScoredGroups = readonly [normal: ArrayLike<number>, anomalous: ArrayLike<number>];

/**
 * The area A of one score minus the area B of another on the same samples, in the same order, with a 95 % interval that is paired by
 * sample.
 *
 * From the intervals [a, a'] and [b, b'] of both areas (see {@link auroc}) and the correlation r of their estimates, by the placements as
 * in DeLong et al. 1988: `A - B - sqrt((A - a)^2 - 2 r (A - a) (b' - B) + (b' - B)^2)` to
 * `A - B + sqrt((a' - A)^2 - 2 r (a' - A) (B - b) + (B - b)^2)`, Newcombe 1998 (Statistics in Medicine 17:2635, method 10) with areas in
 * place of shares. For large groups that is DeLong's interval; it has a width for groups that do not overlap, too.
 *
 * @throws {RangeError} When a group is empty, a score is not a number, or the groups differ in size.
 */
export function aurocDifference(first: ScoredGroups, second: ScoredGroups): Required<Estimate> {
  const [a, b] = [first, second].map((groups) => ({ ...auroc(...groups), ...placements(...groups) }));
  if (a.above.length !== b.above.length || a.below.length !== b.below.length) {
    throw new RangeError(
      `aurocDifference: both scores must be of the same ${a.above.length} anomalous and ${a.below.length} normal samples, got ${b.above.length} and ${b.below.length}`,
    );
  }
  const r = correlation(a, b);
  const half = (x: number, y: number) => Math.sqrt(Math.max(0, x * x - 2 * r * x * y + y * y));
  const value = a.value - b.value;
  return {
    value,
    low: value - half(a.value - a.interval[0], b.interval[1] - b.value),
    high: value + half(a.interval[1] - a.value, b.value - b.interval[0]),
  };
}

/** The correlation of two areas on the same samples; 0 where one of them has no variance by which to know it. */
function correlation(a: Placements, b: Placements): number {
  const m = a.above.length, n = a.below.length;
  if (m < 2 || n < 2) return 0;
  const covarianceOfAreas = (a: Placements, b: Placements) =>
    sampleCovariance(a.above, b.above) / m + sampleCovariance(a.below, b.below) / n;
  const variances = covarianceOfAreas(a, a) * covarianceOfAreas(b, b);
  return variances > 0 ? covarianceOfAreas(a, b) / Math.sqrt(variances) : 0;
}

/** Newcombe's `V(t)` for groups of m and n samples. */
function modelVariance(m: number, n: number): (area: number) => number {
  const N = (m + n) / 2 - 1;
  return (t) => t * (1 - t) / (m * n) * (1 + N * (1 - t) / (2 - t) + N * t / (1 + t));
}

/** Samples that the model's variance counts for, besides those that overlap. */
const MODEL_WEIGHT = 10;

/**
 * What the model's variance is multiplied by. A larger variance of the data is taken as it is; a smaller one as far as the samples that
 * overlap with the other group, from which alone it is known, outweigh the model.
 */
function varianceRatio(measured: number, modelled: number, overlap: number): number {
  const ratio = modelled === 0 ? 1 : measured / modelled;
  return ratio >= 1 ? ratio : (overlap * ratio + MODEL_WEIGHT) / (overlap + MODEL_WEIGHT);
}

/** How many samples have some of the other group above and some below them. */
function overlapping(placements: Float64Array): number {
  return placements.reduce((count, placement) => count + Number(placement > 0 && placement < 1), 0);
}

/** All areas t with `|A - t| <= 1.96 sqrt(variance(t))`; the ends are found by halving. */
function scoreInterval(
  value: number,
  variance: (area: number) => number,
): [low: number, high: number] {
  const end = (bound: 0 | 1) => {
    let inside = value, outside: number = bound;
    if (inside === outside) return value;
    for (let step = 0; step < 60; step++) {
      const middle = (inside + outside) / 2;
      if ((value - middle) ** 2 <= Z_95 ** 2 * variance(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return [end(0), end(1)];
}

/** A point of the curve. */
export interface RocPoint {
  /** The share of normal samples that score at or above the threshold. */
  readonly falseAlarms: number;
  /** The share of anomalous samples that do. */
  readonly found: number;
  /** The threshold; infinite for the first point. */
  readonly threshold: number;
}

/**
 * The corners of the ROC curve from (0, 0) to (1, 1), one a distinct score; ties are one slanted step, so that the area below the
 * straight lines between the points is {@link auroc}.
 *
 * @throws {RangeError} When a group is empty or a score is not a number.
 */
export function rocPoints(normal: ArrayLike<number>, anomalous: ArrayLike<number>): RocPoint[] {
  checkGroups(normal, anomalous);
  const scored = [
    ...Array.from(anomalous, (score) => ({ score, isAnomalous: true })),
    ...Array.from(normal, (score) => ({ score, isAnomalous: false })),
  ].sort((a, b) => a.score === b.score ? 0 : b.score - a.score);
  const points: RocPoint[] = [{ falseAlarms: 0, found: 0, threshold: Infinity }];
  let found = 0, falseAlarms = 0;
  scored.forEach(({ score, isAnomalous }, position) => {
    if (isAnomalous) found++;
    else falseAlarms++;
    if (scored[position + 1]?.score === score) return;
    points.push({
      falseAlarms: falseAlarms / normal.length,
      found: found / anomalous.length,
      threshold: score,
    });
  });
  return points;
}

/** The points of a curve thinned to at most about `most`, for a plot: both ends stay. */
export function thinnedRoc(points: readonly RocPoint[], most = 200): RocPoint[] {
  const step = Math.max(1, Math.ceil((points.length - 1) / most));
  return points.filter((_, position) => position % step === 0 || position === points.length - 1);
}

function checkGroups(normal: ArrayLike<number>, anomalous: ArrayLike<number>): void {
  for (const [name, scores] of [["normal", normal], ["anomalous", anomalous]] as const) {
    const wrong = Array.from(scores).findIndex(Number.isNaN);
    if (scores.length > 0 && wrong < 0) continue;
    throw new RangeError(
      `${name} samples must be at least 1, without NaN, got ${wrong < 0 ? "none" : `NaN at ${wrong}`}`,
    );
  }
}

function sampleVariance(values: Float64Array): number {
  return sampleCovariance(values, values);
}

function sampleCovariance(first: Float64Array, second: Float64Array): number {
  const means = [meanOf(first), meanOf(second)];
  return first.reduce((sum, value, at) => sum + (value - means[0]) * (second[at] - means[1]), 0) /
    (first.length - 1);
}
