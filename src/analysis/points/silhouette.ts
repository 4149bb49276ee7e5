// n = points, d = their dimensions, k = clusters.

/**
 * How well points fit the clusters they are in.
 *
 * @module
 */
import { meanOf } from "../../core/statistics.ts";
import { squaredDistance } from "./kmeans.ts";

/**
 * The silhouette of each point (Rousseeuw 1987, J. Comput. Appl. Math. 20:53): `s = (b - a) / max(a, b)`, where `a` is its mean
 * Euclidean distance to the other points of its cluster and `b` the least mean distance to those of another cluster. From -1 (in
 * the wrong cluster) to 1 (well inside its own); 0 for the only point of a cluster, and where all distances are 0.
 *
 * Shapes: points [n, d], assignment [n] -> [n]. Takes n^2 d steps.
 *
 * @throws {RangeError} With fewer than two clusters.
 */
export function silhouettes(
  points: ArrayLike<number>,
  d: number,
  assignment: ArrayLike<number>,
): Float64Array {
  const n = assignment.length;
  const sizes = sizesOf(assignment), k = sizes.length;
  if (sizes.filter((size) => size > 0).length < 2) {
    throw new RangeError(
      `clusters must be at least 2, got ${Math.min(1, sizes.length)}`,
    );
  }
  // sums[i, c] = the distances from point i to all points of cluster c.
  const sums = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const distance = Math.sqrt(squaredDistance(points, i, points, j, d));
      sums[i * k + assignment[j]] += distance;
      sums[j * k + assignment[i]] += distance;
    }
  }
  return Float64Array.from({ length: n }, (_, i) => {
    const own = assignment[i];
    if (sizes[own] === 1) return 0;
    const a = sums[i * k + own] / (sizes[own] - 1);
    let b = Infinity;
    for (let c = 0; c < k; c++) if (c !== own && sizes[c] > 0) b = Math.min(b, sums[i * k + c] / sizes[c]);
    return Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
  });
}

/** The mean of all silhouettes: the number by which a k is chosen. */
export function meanSilhouette(
  points: ArrayLike<number>,
  d: number,
  assignment: ArrayLike<number>,
): number {
  return meanOf(silhouettes(points, d, assignment));
}

function sizesOf(assignment: ArrayLike<number>): number[] {
  const sizes: number[] = [];
  for (let i = 0; i < assignment.length; i++) {
    while (sizes.length <= assignment[i]) sizes.push(0);
    sizes[assignment[i]]++;
  }
  return sizes;
}
