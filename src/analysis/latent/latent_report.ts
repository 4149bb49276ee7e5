// n = images, K = latent size; every block is row-major.

/**
 * Measures of a latent space: whether neighbours share a class, and how the aggregate posterior compares with the prior.
 *
 * @module
 */
import { isActive } from "../../core/active_units.ts";
import type { Engine } from "../../engine/engine.ts";
import { accuracyOf, votes } from "../points/knn_classifier.ts";
import { nearestNeighbours } from "../points/neighbours.ts";
import { valuePoints } from "../points/points.ts";

/** Points with their classes. */
export interface LabelledPoints {
  /** [n, d]. */
  readonly points: ArrayLike<number>;
  /** Length n. */
  readonly labels: ArrayLike<number>;
}

/** Training points and points to classify. */
export interface LabelledSplits {
  readonly train: LabelledPoints;
  readonly test: LabelledPoints;
  /** Numbers of a point. */
  readonly dimensions: number;
}

/** The share of test points whose class most of their k nearest train points (all, if fewer) have; `undefined` where either side has none. */
export function neighbourAccuracy(
  engine: Engine,
  { train, test, dimensions }: LabelledSplits,
  k: number,
): number | undefined {
  if (train.labels.length === 0 || test.labels.length === 0) return undefined;
  const [points, queries] = [train, test].map(({ points }) =>
    valuePoints(points instanceof Float32Array ? points : Float32Array.from(points), dimensions)
  );
  const neighbours = nearestNeighbours({ engine, queries, points, k: Math.min(k, points.count) });
  return accuracyOf(votes(neighbours, train.labels), test.labels);
}

/** The numbers of one latent dimension over all images. */
export interface DimensionReport {
  /** The mean of KL(posterior || prior) in nats; `undefined` for an autoencoder. */
  readonly kl?: number;
  /** The mean and variance of the posterior means. */
  readonly mean: number;
  readonly varianceOfMeans: number;
  /** The mean of the posteriors' own variances; 0 for an autoencoder. */
  readonly meanVariance: number;
  /** The variance of the aggregate posterior: both together. 1 under the prior. */
  readonly variance: number;
  /** Whether the mean varies over the images: variance above 0.01 (Burda et al. 2016). */
  readonly active: boolean;
}

/** All posteriors together. */
export interface AggregateReport {
  readonly dimensions: readonly DimensionReport[];
  /** The covariance of the aggregate posterior [K, K]. */
  readonly covariance: Float64Array;
  /** The largest correlation of two active dimensions without its sign; 0 where there is one or none. */
  readonly largestCorrelation: number;
  /**
   * KL(N(m, S) || N(0, I)) in nats, m and S the mean and covariance of the aggregate posterior:
   * `0.5 (tr S + m'm - K - log det S)`; `undefined` where S is not positive definite.
   */
  readonly gapToPrior?: number;
}

/**
 * The aggregate posterior `q(z) = 1/n sum_i q(z | x_i)` against N(0, I) (Hoffman and Johnson 2016, "ELBO surgery"): its mean is
 * the mean of the means, its covariance that of the means plus the mean of the variances (the law of total variance).
 *
 * @param mean The posterior means [n, K].
 * @param logVariance Their log-variances [n, K]; none for an autoencoder.
 */
export function aggregateReport(
  mean: ArrayLike<number>,
  K: number,
  logVariance?: ArrayLike<number>,
): AggregateReport {
  const n = mean.length / K;
  const centre = columnMeans(mean, K);
  const spread = columnMeans(Float64Array.from(logVariance ?? [], Math.exp), K);
  const covariance = covarianceOf(mean, centre, K);
  const dimensions = Array.from(centre, (own, k): DimensionReport => {
    const varianceOfMeans = covariance[k * K + k];
    let kl = 0;
    for (let i = k; logVariance !== undefined && i < mean.length; i += K) {
      kl += 0.5 * (mean[i] ** 2 + Math.exp(logVariance[i]) - 1 - logVariance[i]) / n;
    }
    return {
      ...(logVariance === undefined ? {} : { kl }),
      mean: own,
      varianceOfMeans,
      meanVariance: spread[k],
      variance: varianceOfMeans + spread[k],
      active: isActive(varianceOfMeans),
    };
  });
  for (let k = 0; k < K; k++) covariance[k * K + k] += spread[k];
  return {
    dimensions,
    covariance,
    largestCorrelation: largestCorrelation(covariance, dimensions.map(({ active }) => active)),
    gapToPrior: gapToPrior(centre, covariance),
  };
}

function columnMeans(values: ArrayLike<number>, K: number): Float64Array {
  const means = new Float64Array(K), n = values.length / K;
  for (let at = 0; at < values.length; at++) means[at % K] += values[at] / n;
  return means;
}

function covarianceOf(points: ArrayLike<number>, centre: Float64Array, K: number): Float64Array {
  const n = points.length / K, covariance = new Float64Array(K * K);
  for (let row = 0; row < points.length; row += K) {
    for (let a = 0; a < K; a++) {
      const difference = (points[row + a] - centre[a]) / n;
      for (let b = 0; b < K; b++) covariance[a * K + b] += difference * (points[row + b] - centre[b]);
    }
  }
  return covariance;
}

function largestCorrelation(covariance: Float64Array, active: readonly boolean[]): number {
  const K = active.length;
  let largest = 0;
  for (let a = 0; a < K; a++) {
    for (let b = 0; b < a; b++) {
      if (!active[a] || !active[b]) continue;
      const scale = Math.sqrt(covariance[a * K + a] * covariance[b * K + b]);
      largest = Math.max(largest, Math.abs(covariance[a * K + b]) / scale);
    }
  }
  return largest;
}

function gapToPrior(centre: Float64Array, covariance: Float64Array): number | undefined {
  const K = centre.length, logDeterminant = logDeterminantOf(covariance, K);
  if (logDeterminant === undefined) return undefined;
  let gap = -K - logDeterminant;
  for (let k = 0; k < K; k++) gap += covariance[k * K + k] + centre[k] ** 2;
  return gap / 2;
}

/** The logarithm of a symmetric matrix's determinant, by its Cholesky factor; `undefined` when it is not positive definite. */
export function logDeterminantOf(matrix: Float64Array, K: number): number | undefined {
  const factor = matrix.slice();
  let logDeterminant = 0;
  for (let column = 0; column < K; column++) {
    for (let row = column; row < K; row++) {
      let sum = factor[row * K + column];
      for (let k = 0; k < column; k++) sum -= factor[row * K + k] * factor[column * K + k];
      if (row > column) factor[row * K + column] = sum / factor[column * K + column];
      // What rounding leaves of a variance that is not there.
      else if (!(sum > 1e-12 * Math.abs(matrix[row * K + row]))) return undefined;
      else factor[row * K + row] = Math.sqrt(sum);
    }
    logDeterminant += 2 * Math.log(factor[column * K + column]);
  }
  return logDeterminant;
}
