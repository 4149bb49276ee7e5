// K = latent size, z_j = the latent point of training image j, n = training images.

/**
 * The latent point that lies farthest from all training images.
 *
 * @module
 */
import { type DrawKey, fillUniform } from "../../core/random.ts";

/** A point and how far it is from the nearest of some others. */
export interface FarthestPoint {
  readonly point: number[];
  /** Euclidean, in latent units. */
  readonly distance: number;
  /** Which of the others is the nearest. */
  readonly nearest: number;
}

/** Points tried at first, starts that are refined, and steps of each. */
const TRIALS = 4096, STARTS = 32, STEPS = 60;

/**
 * Finds the point within the range of each dimension that maximises `min_j |z - z_j|` (the centre of the largest empty ball), by
 * thousands of even draws of which the best are refined: a pattern search (Hooke and Jeeves 1961) that halves its step when no axis helps.
 *
 * @param points Shape [n, K], n at least 1.
 */
export function farthestPoint(points: Float32Array, latent: number, key: DrawKey): FarthestPoint {
  const low = new Array<number>(latent).fill(Infinity), high = new Array<number>(latent).fill(-Infinity);
  points.forEach((value, at) => {
    low[at % latent] = Math.min(low[at % latent], value);
    high[at % latent] = Math.max(high[at % latent], value);
  });
  const uniform = new Float64Array(TRIALS * latent);
  fillUniform(uniform, TRIALS, latent, Uint32Array.from({ length: TRIALS }, (_, at) => at), key);
  const starts = Array.from({ length: TRIALS }, (_, trial) => {
    const point = low.map((least, k) => least + uniform[trial * latent + k] * (high[k] - least));
    return measure(points, latent, point);
  }).sort((a, b) => b.distance - a.distance).slice(0, STARTS);
  return starts.map((start) => refine(points, latent, start, low, high)).reduce((best, own) =>
    own.distance > best.distance ? own : best
  );
}

function refine(
  points: Float32Array,
  latent: number,
  start: FarthestPoint,
  low: readonly number[],
  high: readonly number[],
): FarthestPoint {
  let best = start, share = 0.05;
  for (let step = 0; step < STEPS; step++) {
    const before = best;
    for (let k = 0; k < latent; k++) {
      for (const side of [-1, 1]) {
        const moved = before.point[k] + side * share * (high[k] - low[k]);
        const point = best.point.with(k, Math.min(high[k], Math.max(low[k], moved)));
        const tried = measure(points, latent, point);
        if (tried.distance > best.distance) best = tried;
      }
    }
    if (best === before) share /= 2;
  }
  return best;
}

function measure(points: Float32Array, latent: number, point: number[]): FarthestPoint {
  let least = Infinity, nearest = 0;
  for (let row = 0; row < points.length / latent; row++) {
    let square = 0;
    for (let k = 0; k < latent; k++) square += (point[k] - points[row * latent + k]) ** 2;
    if (square >= least) continue;
    least = square;
    nearest = row;
  }
  return { point, distance: Math.sqrt(least), nearest };
}
