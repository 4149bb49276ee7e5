// m = samples x_i, n = samples y_j, N = m + n, R = the sum of the ranks of x among all; ties have their middle rank.

/**
 * Statistics of ranks: they ask which number is larger, not by how much.
 *
 * @module
 */

/** The rank of each number, counted from 1; equal numbers share the middle of their ranks. */
export function middleRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, at) => at);
  order.sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let first = 0, next = 0; first < order.length; first = next) {
    for (next = first + 1; next < order.length && values[order[next]] === values[order[first]];) next++;
    for (let at = first; at < next; at++) ranks[order[at]] = (first + next + 1) / 2;
  }
  return ranks;
}

/**
 * How many standard deviations the first group's numbers are above what equal distributions give (Mann and Whitney 1947):
 * `U = R - m (m + 1) / 2` counts the pairs with `x_i > y_j`, ties half;
 * `z = (U - m n / 2) / sqrt(m n / 12 ((N + 1) - sum_ties (t^3 - t) / (N (N - 1))))`, without a correction for continuity.
 *
 * 0 when all numbers are the same; `undefined` when a group is empty. `U / (m n)` is the area of `roc.ts`.
 */
export function rankSumZ(first: ArrayLike<number>, second: ArrayLike<number>): number | undefined {
  const m = first.length, n = second.length, N = m + n;
  if (m === 0 || n === 0) return undefined;
  const all = Float64Array.from({ length: N }, (_, at) => at < m ? first[at] : second[at - m]);
  const ranks = middleRanks(all);
  const u = ranks.subarray(0, m).reduce((sum, rank) => sum + rank, 0) - m * (m + 1) / 2;
  const spread = Math.sqrt(m * n / 12 * (N + 1 - tieCorrection(ranks) / (N * (N - 1))));
  return spread > 0 ? (u - m * n / 2) / spread : 0;
}

/** `sum (t^3 - t)` over the groups of t equal numbers. */
function tieCorrection(ranks: Float64Array): number {
  const sorted = ranks.slice().sort();
  let sum = 0;
  for (let first = 0, next = 0; first < sorted.length; first = next) {
    for (next = first + 1; next < sorted.length && sorted[next] === sorted[first];) next++;
    sum += (next - first) ** 3 - (next - first);
  }
  return sum;
}
