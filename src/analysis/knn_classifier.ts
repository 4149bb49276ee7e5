// n = known points, m = asked points, d = their dimensions, k = neighbours; points are row-major.

/**
 * Nearest neighbours by a plain loop, and what they say: the class of a point, and how far it is from all that is known.
 *
 * @module
 */

/** The nearest known points of each asked point, nearest first. */
export interface Neighbours {
  /** Positions among the known points [m, k]; a tie goes to the earlier one. */
  readonly positions: Uint32Array;
  /** Squared Euclidean distances [m, k]. */
  readonly squaredDistances: Float64Array;
  /** k, or all known points where there are fewer. */
  readonly k: number;
}

/** What finds neighbours: {@link nearestNeighbours}, or another way to the same answer. */
export type NeighbourSearch = (
  known: ArrayLike<number>,
  asked: ArrayLike<number>,
  d: number,
  k: number,
) => Neighbours;

/** Dimensions that are summed up between two looks at whether a point is out of the race. */
const STRIDE = 32;

/** One type of numbers, so that the loop below is compiled once. */
const toDoubles = (points: ArrayLike<number>) =>
  points instanceof Float64Array ? points : Float64Array.from(points);

/** The k nearest known points of each asked point; a distance that is too long already is not summed up to its end. */
export const nearestNeighbours: NeighbourSearch = (knownPoints, askedPoints, d, wanted) => {
  const known = toDoubles(knownPoints), asked = toDoubles(askedPoints);
  const n = known.length / d, m = asked.length / d, k = Math.min(wanted, n);
  const positions = new Uint32Array(m * k), squaredDistances = new Float64Array(m * k).fill(Infinity);
  for (let row = 0; row < m; row++) {
    const first = row * k, last = first + k - 1;
    for (let other = 0; other < n; other++) {
      const distance = distanceUpTo(squaredDistances[last], known, other * d, asked, row * d, d);
      if (!(distance < squaredDistances[last])) continue;
      let at = last;
      for (; at > first && squaredDistances[at - 1] > distance; at--) {
        squaredDistances[at] = squaredDistances[at - 1];
        positions[at] = positions[at - 1];
      }
      squaredDistances[at] = distance;
      positions[at] = other;
    }
  }
  return { positions, squaredDistances, k };
};

/** A squared distance, or some number not below `limit` when it is not below it. */
function distanceUpTo(
  limit: number,
  a: Float64Array,
  startA: number,
  b: Float64Array,
  startB: number,
  d: number,
): number {
  let sum = 0;
  for (let from = 0; from < d && sum < limit; from += STRIDE) {
    const end = Math.min(d, from + STRIDE);
    for (let j = from; j < end; j++) {
      const difference = a[startA + j] - b[startB + j];
      sum += difference * difference;
    }
  }
  return sum;
}

/** The class that most of a point's neighbours have; a tie goes to the class whose neighbour is nearest. Length m. */
export function votes({ positions, k }: Neighbours, labels: ArrayLike<number>): Uint16Array {
  return Uint16Array.from({ length: positions.length / k }, (_, row) => {
    const counts = new Map<number, number>();
    for (let at = row * k; at < (row + 1) * k; at++) {
      const label = labels[positions[at]];
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    let winner = labels[positions[row * k]];
    // A map keeps its entries in the order in which they came: the nearest first.
    for (const [label, count] of counts) if (count > counts.get(winner)!) winner = label;
    return winner;
  });
}

/** The mean Euclidean distance from each point to its neighbours: how far it is from all that is known. Length m. */
export function meanDistances({ squaredDistances, k }: Neighbours): Float64Array {
  return Float64Array.from({ length: squaredDistances.length / k }, (_, row) => {
    const own = squaredDistances.subarray(row * k, (row + 1) * k);
    return own.reduce((sum, square) => sum + Math.sqrt(square), 0) / k;
  });
}

/** The share of points whose class their neighbours name. */
export function accuracyOf(named: ArrayLike<number>, labels: ArrayLike<number>): number {
  return Array.from(named).filter((label, row) => label === labels[row]).length / named.length;
}
