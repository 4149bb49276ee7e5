// K = latent size; points are arrays of K numbers.

/**
 * Ways through the latent space, and points of it.
 *
 * @module
 */
import { type DrawKey, fillNormal } from "../../core/random.ts";
import { toNormal } from "../../core/normal.ts";

/** A point of the latent space. */
export type LatentPoint = ArrayLike<number>;

/** `steps` points from `from` to `to` on the straight line, both ends included. */
export function linearPath(from: LatentPoint, to: LatentPoint, steps: number): number[][] {
  return ticks(steps).map((t) => Array.from(from, (value, k) => (1 - t) * value + t * to[k]));
}

/**
 * `steps` points on the great circle (Shoemake 1985; for latent spaces White 2016, arXiv:1609.04468), the length changing evenly:
 * `sin((1-t) w)/sin(w) a + sin(t w)/sin(w) b` on the directions. Nearly parallel or opposite ends take the straight line.
 */
export function sphericalPath(from: LatentPoint, to: LatentPoint, steps: number): number[][] {
  const lengthFrom = length(from), lengthTo = length(to);
  const cosine = Array.from(from).reduce((sum, value, k) => sum + value * to[k], 0) / (lengthFrom * lengthTo);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  if (!(Math.sin(angle) > 1e-6)) return linearPath(from, to, steps);
  return ticks(steps).map((t) => {
    const radius = (1 - t) * lengthFrom + t * lengthTo;
    const a = Math.sin((1 - t) * angle) / Math.sin(angle) / lengthFrom;
    const b = Math.sin(t * angle) / Math.sin(angle) / lengthTo;
    return Array.from(from, (value, k) => radius * (a * value + b * to[k]));
  });
}

function ticks(steps: number): number[] {
  return Array.from({ length: steps }, (_, step) => steps === 1 ? 0 : step / (steps - 1));
}

function length(point: LatentPoint): number {
  return Math.hypot(...Array.from(point));
}

/** The mean of the points [n, K] that are chosen. */
export function meanPoint(points: Float32Array, latent: number, chosen: readonly number[]): number[] {
  const mean = new Array<number>(latent).fill(0);
  for (const row of chosen) {
    for (let k = 0; k < latent; k++) mean[k] += points[row * latent + k] / chosen.length;
  }
  return mean;
}

/** The mean, variance (with n) and standard deviation of each dimension of points [n, K]. */
export function moments(
  points: Float32Array,
  latent: number,
): { mean: number[]; variance: number[]; std: number[] } {
  const count = points.length / latent;
  const rows = Array.from({ length: count }, (_, row) => row);
  const mean = meanPoint(points, latent, rows);
  const variance = new Array<number>(latent).fill(0);
  points.forEach((value, at) => variance[at % latent] += (value - mean[at % latent]) ** 2 / count);
  return { mean, variance, std: variance.map(Math.sqrt) };
}

/** Points drawn from N(mean, diag(std^2)). Shape [count, K]. */
export function drawPoints(
  count: number,
  { mean, std }: { mean: number[]; std: number[] },
  key: DrawKey,
): Float32Array {
  const latent = mean.length;
  const points = new Float32Array(count * latent);
  fillNormal(points, count, latent, Array.from({ length: count }, (_, row) => row), key);
  return points.map((value, at) => mean[at % latent] + std[at % latent] * value);
}

/**
 * The points of a side x side grid, row by row from the top left: each axis at evenly spaced quantiles of N(mean, std), so that each
 * cell holds the same share of the distribution (Kingma and Welling 2014, App. A). Shape [side^2, 2].
 */
export function quantileGrid(side: number, { mean, std }: { mean: number[]; std: number[] }): Float32Array {
  const quantile = (step: number) => toNormal((step + 0.5) / side);
  const points = new Float32Array(side * side * 2);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      points[(row * side + column) * 2] = mean[0] + std[0] * quantile(column);
      points[(row * side + column) * 2 + 1] = mean[1] - std[1] * quantile(row);
    }
  }
  return points;
}

/** The middles of the cells of a side x side grid over `centre -+ half` of each axis, row by row from the top left. Shape [side^2, 2]. */
export function evenGrid(
  side: number,
  { centre, half }: { centre: readonly [number, number]; half: readonly [number, number] },
): Float32Array {
  const points = new Float32Array(side * side * 2);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      points[(row * side + column) * 2] = centre[0] + half[0] * ((2 * column + 1) / side - 1);
      points[(row * side + column) * 2 + 1] = centre[1] - half[1] * ((2 * row + 1) / side - 1);
    }
  }
  return points;
}
