/** The range of a block that each rank sums. @module */
import { rowsBeforePart, rowsOfPart } from "../../core/parts.ts";
import type { Ranges } from "./communicator.ts";

/** The range of each rank: as long as any other, or one number longer. */
export function rangesOf(count: number, size: number): Ranges {
  const ranks = Array.from({ length: size }, (_, rank) => rank);
  return {
    starts: ranks.map((rank) => rowsBeforePart(count, size, rank)),
    lengths: ranks.map((rank) => rowsOfPart(count, size, rank)),
  };
}
