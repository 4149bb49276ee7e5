// P = numbers of a block, R = ranks; rank r sums range r of a block.

/**
 * The ranks of a program as the {@link Collective} of a training.
 *
 * @module
 */
import type { Collective, ConnectedSum, SummedBlock } from "../../core/collective.ts";
import { rowsBeforePart, rowsOfPart, treeSums } from "../../core/parts.ts";
import type { Communicator, Ranges } from "./communicator.ts";

/** The collective of all ranks. */
export function rankCollective(communicator: Communicator): Collective {
  const { rank, size } = communicator, totals = new Map<number, (numbers: Float64Array) => void>();
  return {
    rank,
    size,
    connect: (block) => connectSum(communicator, block),
    total(numbers) {
      let total = totals.get(numbers.length);
      if (total === undefined) {
        total = totalOf(communicator, numbers.length);
        totals.set(numbers.length, total);
      }
      total(numbers);
    },
  };
}

/** Prepares totals of `count` numbers. */
function totalOf(communicator: Communicator, count: number): (numbers: Float64Array) => void {
  const { size } = communicator, room = (length: number) => new Float64Array(new ArrayBuffer(8 * length));
  const own = room(count), all = room(size * count), gather = communicator.gatherer(own, all);
  return (numbers) => {
    own.set(numbers);
    gather();
    for (let at = 0; at < count; at++) {
      let sum = all[at];
      for (let rank = 1; rank < size; rank++) sum += all[rank * count + at];
      numbers[at] = sum;
    }
  };
}

/** The range of each rank: as long as any other, or one number longer. */
function rangesOf(count: number, size: number): Ranges {
  const ranks = Array.from({ length: size }, (_, rank) => rank);
  return {
    starts: ranks.map((rank) => rowsBeforePart(count, size, rank)),
    lengths: ranks.map((rank) => rowsOfPart(count, size, rank)),
  };
}

/**
 * Each rank gets its range of all other ranks' blocks (P (R - 1) / R numbers), adds them up in the order of the tree, and gives the sum to
 * all others (as many again): what a ring would move, in two messages per pair of ranks.
 */
function connectSum(communicator: Communicator, { numbers, received, add }: SummedBlock): ConnectedSum {
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
