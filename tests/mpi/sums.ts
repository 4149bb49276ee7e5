/** Numbers whose sum depends on the order of the additions. */
import { treeSums } from "../../src/core/parts.ts";

/** The numbers of a rank. */
export function numbersOf(rank: number, length: number, time: number): Float32Array {
  return Float32Array.from(
    { length },
    (_, at) => Math.sin(1 + at * 13 + rank * 101 + time * 7) * 10 ** (rank % 5),
  );
}

/** Their sum over ranks in the order of the tree. */
export function treeSum(ranks: number, length: number, time: number): Float32Array {
  const all = Array.from({ length: ranks }, (_, rank) => numbersOf(rank, length, time));
  for (const { to, from } of treeSums(ranks)) all[from].forEach((number, at) => all[to][at] += number);
  return all[0];
}
