// m = query points, k = neighbours of each.

/**
 * What nearest neighbours say: the class of a point, and how far it is from all that is known.
 *
 * @module
 */
import { meanOf } from "../../core/statistics.ts";
import type { Neighbours } from "./neighbours.ts";

/** The class that most of a point's neighbours have; a tie goes to the class whose neighbour is nearest. Length m. */
export function votes(
  { positions, k }: Omit<Neighbours, "distances">,
  labels: ArrayLike<number>,
): Uint16Array {
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
export function meanDistances({ distances, k }: Neighbours): Float64Array {
  return Float64Array.from(
    { length: distances.length / k },
    (_, row) => meanOf(distances.subarray(row * k, (row + 1) * k)),
  );
}

/** The share of points whose class their neighbours name. */
export function accuracyOf(named: ArrayLike<number>, labels: ArrayLike<number>): number {
  return Array.from(named).filter((label, row) => label === labels[row]).length / named.length;
}
