// m = anomalous samples with scores X_i, n = normal samples with scores Y_j; a higher score is more anomalous.

/**
 * How well a score tells two groups apart: the receiver operating characteristic and the area below it.
 *
 * @module
 */

/** An area below the curve with its 95 % interval. */
export interface Auroc {
  /** The chance that an anomalous sample scores higher than a normal one, ties half. 0.5 is guessing, 1 is perfect. */
  readonly value: number;
  /** The standard error of DeLong et al.; 0 where the groups do not overlap. `undefined` with a single sample in a group. */
  readonly standardError?: number;
  /** The 95 % interval `value -+ 1.96 standardError`, cut off at 0 and 1. */
  readonly interval?: readonly [low: number, high: number];
}

/** The quantile of N(0, 1) that leaves 2.5 % above it. */
const Z_95 = 1.959963984540054;

/**
 * The area below the ROC curve as a rank statistic (Mann and Whitney 1947), with its interval by DeLong, DeLong and Clarke-Pearson
 * 1988 (Biometrics 44:837), computed from mid-ranks as in Sun and Xu 2014, which takes the time of a sort.
 *
 * `A = 1/(m n) sum_ij psi(X_i, Y_j)`, psi = 1, 1/2 or 0 for X above, equal to or below Y. With the placements
 * `V10_i = 1/n sum_j psi(X_i, Y_j)` and `V01_j = 1/m sum_i psi(X_i, Y_j)`: `var A = s10 / m + s01 / n`, the sample variances of both.
 *
 * @throws {RangeError} When a group is empty or a score is not a number.
 */
export function auroc(normal: ArrayLike<number>, anomalous: ArrayLike<number>): Auroc {
  checkGroups(normal, anomalous);
  const m = anomalous.length, n = normal.length;
  const all = midRanks([...Array.from(anomalous), ...Array.from(normal)]);
  const within = [midRanks(Array.from(anomalous)), midRanks(Array.from(normal))];
  // A sample's rank among all, less its rank in its own group, counts the samples of the other group below it.
  const above = Float64Array.from({ length: m }, (_, i) => (all[i] - within[0][i]) / n);
  const below = Float64Array.from({ length: n }, (_, j) => 1 - (all[m + j] - within[1][j]) / m);
  const value = meanOf(above);
  if (m < 2 || n < 2) return { value };
  const standardError = Math.sqrt(sampleVariance(above) / m + sampleVariance(below) / n);
  const interval = [-1, 1].map((side) => Math.min(1, Math.max(0, value + side * Z_95 * standardError)));
  return { value, standardError, interval: [interval[0], interval[1]] };
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
export function thinned(points: readonly RocPoint[], most = 200): RocPoint[] {
  const step = Math.max(1, Math.ceil((points.length - 1) / most));
  return points.filter((_, position) => position % step === 0 || position === points.length - 1);
}

/** The ranks of values from 1 on; equal values share the mean of their ranks. */
export function midRanks(values: readonly number[]): Float64Array {
  const order = Uint32Array.from(values, (_, position) => position).sort((a, b) => {
    return values[a] === values[b] ? 0 : values[a] - values[b];
  });
  const ranks = new Float64Array(values.length);
  for (let first = 0, next = 0; first < order.length; first = next) {
    while (next < order.length && values[order[next]] === values[order[first]]) next++;
    for (let at = first; at < next; at++) ranks[order[at]] = (first + 1 + next) / 2;
  }
  return ranks;
}

function checkGroups(normal: ArrayLike<number>, anomalous: ArrayLike<number>): void {
  for (const [name, scores] of [["normal", normal], ["anomalous", anomalous]] as const) {
    const wrong = Array.from(scores).findIndex(Number.isNaN);
    if (scores.length > 0 && wrong < 0) continue;
    throw new RangeError(
      `Cannot rank scores as the ${name} samples must be at least one, with a number each: current value is ${
        wrong < 0 ? "none" : `NaN at ${wrong}`
      }`,
    );
  }
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sampleVariance(values: Float64Array): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
