// P = numbers of a block, R = ranks; rank r sums range r of a block.

/** The sum of a block by messages among ranks. @module */
import type { ConnectedSum, SummedBlock } from "../../core/collective.ts";
import { treeSums } from "../../core/parts.ts";
import type { Communicator } from "./communicator.ts";
import { rangesOf } from "./ranges.ts";

/**
 * Each rank gets its range of all other ranks' blocks (P (R - 1) / R numbers), adds them up in the order of the tree, and gives the sum to
 * all others (as many again): what a ring would move, in two messages per pair of ranks.
 */
export function connectMessages(
  communicator: Communicator,
  { numbers, received, add }: SummedBlock,
): ConnectedSum {
  const { rank, size } = communicator, ranges = rangesOf(numbers.length, size), length = ranges.lengths[rank];
  if (received.length < size * length) {
    throw new RangeError(
      `a block of ${numbers.length} numbers must have room for ${
        size * length
      } of ${size} processes, got ${received.length}`,
    );
  }
  const places = ranges.lengths.map((_, from) => from * length), sums = treeSums(size);
  const exchange = communicator.exchanger({ vector: numbers, ranges }, {
    vector: received,
    ranges: { starts: places, lengths: places.map(() => length) },
  });
  const gather = communicator.rangeGatherer(numbers, ranges);
  const sum = received.subarray(0, length), start = ranges.starts[rank];
  return {
    run() {
      exchange();
      for (let at = 0; at < sums.length; at++) add(sums[at].to * length, sums[at].from * length, length);
      numbers.set(sum, start);
      gather();
    },
    close() {},
  };
}
