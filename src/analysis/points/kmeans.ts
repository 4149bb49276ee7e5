// n = points, d = their dimensions, k = clusters; points [n, d] and centres [k, d] are row-major.

/**
 * k-means: points parted into groups about their means.
 *
 * @module
 */
import { type DrawKey, fillUniform } from "../../core/random.ts";

/** A parting of points. */
export interface Clustering {
  /** The cluster of each point, from 0 on. Length n. */
  readonly assignment: Uint32Array;
  /** The means of the clusters [k, d]. */
  readonly centres: Float64Array;
  /** How many points each has; at least one. Length k. */
  readonly sizes: Uint32Array;
  /** The sum of squared distances from each point to its centre. */
  readonly inertia: number;
  /** Rounds until no point changed its cluster. */
  readonly rounds: number;
}

/** How points are parted. */
export interface KMeansOptions {
  /** How many clusters. */
  readonly k: number;
  /** Whether fewer will do where there are fewer distinct points; none without points. @default {false} */
  readonly fewer?: boolean;
  /** What the first centres are drawn from. */
  readonly key: DrawKey;
  /** Beginnings that are tried; the one of the least inertia is kept. @default {4} */
  readonly tries?: number;
  /** The most rounds of a try. @default {100} */
  readonly rounds?: number;
}

/**
 * Lloyd's algorithm (1982) from the first centres of k-means++ (Arthur and Vassilvitskii 2007): each next centre is a point drawn
 * with a chance that goes with its squared distance to the nearest centre so far. A cluster that lost all its points takes the
 * point that is farthest from its own centre.
 *
 * @throws {RangeError} When there are fewer distinct points than clusters, and `fewer` is not said.
 */
export function kMeans(points: ArrayLike<number>, d: number, options: KMeansOptions): Clustering {
  const { k, fewer = false, key, tries = 4, rounds = 100 } = options;
  let best: Clustering | undefined;
  for (let attempt = 0; attempt < tries; attempt++) {
    const draws = new Float64Array(k);
    fillUniform(draws, 1, k, [attempt], key);
    const centres = firstCentres(points, d, draws);
    if (!fewer && centres.length < k * d) {
      throw new RangeError(
        `distinct points must be at least as many as clusters, got ${centres.length / d} for ${k} clusters`,
      );
    }
    const found = lloyd(points, d, centres, rounds);
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  return best!;
}

/** The cluster of each point [n, d]: that of the nearest centre, a tie to the earlier one. Without a centre: 0. Length n. */
export function nearestCentres(
  points: ArrayLike<number>,
  d: number,
  centres: ArrayLike<number>,
): Uint32Array {
  const assignment = new Uint32Array(points.length / d);
  assign(points, d, centres, assignment, new Float64Array(assignment.length));
  return assignment;
}

/** The centres that k-means++ begins with, one per draw in (0, 1), as far as there are distinct points. Shape [k, d]. */
export function firstCentres(points: ArrayLike<number>, d: number, draws: ArrayLike<number>): Float64Array {
  const n = points.length / d, k = draws.length;
  const centres = new Float64Array(k * d), nearest = new Float64Array(n).fill(1);
  for (let centre = 0; centre < k; centre++) {
    const total = nearest.reduce((sum, value) => sum + value, 0);
    if (!(total > 0)) return centres.slice(0, centre * d);
    const chosen = drawn(nearest, draws[centre] * total);
    for (let j = 0; j < d; j++) centres[centre * d + j] = points[chosen * d + j];
    for (let i = 0; i < n; i++) {
      const distance = squaredDistance(points, i, centres, centre, d);
      nearest[i] = centre === 0 ? distance : Math.min(nearest[i], distance);
    }
  }
  return centres;
}

/** The position at which the running sum of weights passes `target`; never one of weight 0. */
function drawn(weights: Float64Array, target: number): number {
  let sum = 0, last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    sum += weights[i];
    last = i;
    if (sum > target) break;
  }
  return last;
}

function lloyd(points: ArrayLike<number>, d: number, centres: Float64Array, most: number): Clustering {
  const n = points.length / d, k = centres.length / d;
  const assignment = new Uint32Array(n).fill(k), sizes = new Uint32Array(k), distances = new Float64Array(n);
  let rounds = 0, changed = true;
  while (changed && rounds < most) {
    changed = assign(points, d, centres, assignment, distances);
    changed = refill(assignment, distances, sizes) || changed;
    moveCentres(points, d, centres, assignment, sizes);
    rounds++;
  }
  assign(points, d, centres, assignment, distances);
  sizes.fill(0);
  for (const cluster of assignment) sizes[cluster]++;
  return { assignment, centres, sizes, inertia: distances.reduce((sum, value) => sum + value, 0), rounds };
}

/** Gives each point to its nearest centre (a tie to the earlier one); whether any changed. */
function assign(
  points: ArrayLike<number>,
  d: number,
  centres: ArrayLike<number>,
  assignment: Uint32Array,
  distances: Float64Array,
): boolean {
  const k = centres.length / d;
  let changed = false;
  for (let i = 0; i < assignment.length; i++) {
    let nearest = 0, least = Infinity;
    for (let centre = 0; centre < k; centre++) {
      const distance = squaredDistance(points, i, centres, centre, d);
      if (distance < least) [nearest, least] = [centre, distance];
    }
    changed ||= assignment[i] !== nearest;
    assignment[i] = nearest;
    distances[i] = least;
  }
  return changed;
}

/** Counts the clusters' points, and gives each empty cluster the farthest point of a cluster with several. */
function refill(assignment: Uint32Array, distances: Float64Array, sizes: Uint32Array): boolean {
  sizes.fill(0);
  for (const cluster of assignment) sizes[cluster]++;
  let moved = false;
  for (let empty = sizes.indexOf(0); empty >= 0; empty = sizes.indexOf(0)) {
    let farthest = -1;
    distances.forEach((distance, i) => {
      if (sizes[assignment[i]] > 1 && (farthest < 0 || distance > distances[farthest])) farthest = i;
    });
    sizes[assignment[farthest]]--;
    sizes[empty]++;
    assignment[farthest] = empty;
    distances[farthest] = 0;
    moved = true;
  }
  return moved;
}

function moveCentres(
  points: ArrayLike<number>,
  d: number,
  centres: Float64Array,
  assignment: Uint32Array,
  sizes: Uint32Array,
): void {
  centres.fill(0);
  assignment.forEach((cluster, i) => {
    for (let j = 0; j < d; j++) centres[cluster * d + j] += points[i * d + j];
  });
  for (let at = 0; at < centres.length; at++) centres[at] /= sizes[Math.floor(at / d)];
}

/** The squared distance from row `row` of some points to row `other` of others. */
export function squaredDistance(
  points: ArrayLike<number>,
  row: number,
  others: ArrayLike<number>,
  other: number,
  d: number,
): number {
  let sum = 0;
  for (let j = 0, a = row * d, b = other * d; j < d; j++, a++, b++) sum += (points[a] - others[b]) ** 2;
  return sum;
}
