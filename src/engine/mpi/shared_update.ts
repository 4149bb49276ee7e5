// R = ranks; rank r sums and updates range r.

/**
 * The sum of a block and the update by it, through memory that all ranks see: parameters, and what the optimizer keeps of each, are there once for all
 * ranks, and each rank changes a range of them.
 *
 * A step has two waits. When all ranks have computed their blocks, which are in that memory, too, each adds up its range of them in the order of the
 * tree, and updates that range of the state. When all have, the next step begins. What follows the gradients in a block, the losses and a flag, is
 * added up by each rank for itself.
 *
 * @module
 */
import type { ConnectedSum, SummedBlock, UpdatedState } from "../../core/collective.ts";
import { rowsBeforePart, rowsOfPart, treeSums } from "../../core/parts.ts";
import type { Communicator } from "./communicator.ts";
import { BARRIER_BYTES, rankBarrier } from "./rank_barrier.ts";
import { agree, type SharedMemory, shareMemory } from "./shared_memory.ts";
import { bounded, type Range, rangeAdder, spinMsOf } from "./shared_sum.ts";

/** Each range begins at a multiple of this many numbers, a cache line. */
const LINE = 16;

/** Connects a block and a state; `undefined` where the ranks have no memory that all see, or these cannot be moved there. */
export function connectUpdate(
  communicator: Communicator,
  { numbers, hasPages = false }: Pick<SummedBlock, "numbers" | "hasPages">,
  { numbers: state, gradients }: UpdatedState,
): ConnectedSum | undefined {
  if (!hasPages) return undefined;
  const { rank, size } = communicator, rest = numbers.subarray(gradients);
  const firstRest = bounded(BARRIER_BYTES), firstBlock = bounded(firstRest + 4 * size * rest.length);
  const bytes = bounded(4 * numbers.length), firstState = firstBlock + size * bytes;
  const memory = shareMemory(communicator, firstState + bounded(4 * state.length));
  if (memory === undefined) return undefined;
  const moved = moveAll(communicator, memory, [[numbers, firstBlock + rank * bytes], [state, firstState]]);
  if (moved === undefined) return undefined;
  const blocks = Array.from(
    { length: size },
    (_, at) => at === rank ? numbers : memory.floats(firstBlock + at * bytes, numbers.length),
  );
  const ranges = blocks.map((_, at) => rangeOf(gradients, size, at)), own = ranges[rank];
  const add = rangeAdder(communicator, blocks, own);
  const sumRest = restSum(rest, memory.floats(firstRest, size * rest.length), communicator);
  const wait = rankBarrier(memory, size, spinMsOf(size));
  const copies = ranges.map(({ from, to }, at) => [blocks[at].subarray(from, to), from] as const)
    .filter((_, at) => at !== rank);
  return {
    run() {
      sumRest.give();
      wait();
      add();
      sumRest.take();
    },
    update: {
      range: { first: own.from, count: own.to - own.from },
      end: wait,
      gather: () => copies.forEach(([range, at]) => numbers.set(range, at)),
    },
    close() {
      moved.back();
      memory.close();
    },
  };
}

/** The range of a rank: whole lines, as many as any other or one more. */
function rangeOf(count: number, size: number, rank: number): Range {
  const lines = Math.ceil(count / LINE), from = LINE * rowsBeforePart(lines, size, rank);
  return {
    from: Math.min(count, from),
    to: Math.min(count, from + LINE * rowsOfPart(lines, size, rank)),
  };
}

/** Moves numbers to memory that all ranks see, and waits until all have; `undefined` on all of them where one cannot, with the memory closed. */
function moveAll(
  communicator: Communicator,
  memory: SharedMemory,
  places: readonly (readonly [numbers: Float32Array, at: number])[],
): { back(): void } | undefined {
  const moves = places.map(([numbers, at]) => memory.move(numbers, at));
  const back = () => moves.forEach((moveBack) => moveBack?.());
  if (agree(communicator, moves.every((move) => move !== undefined))) return { back };
  back();
  memory.close();
  return undefined;
}

/** The sum of the few numbers that follow the gradients, on each rank: given before a wait, taken after it. */
function restSum(
  own: Float32Array,
  shared: Float32Array,
  { rank, size }: Pick<Communicator, "rank" | "size">,
): { give(): void; take(): void } {
  const { length } = own, sums = treeSums(size), all = new Float32Array(shared.length);
  return {
    give: () => shared.set(own, rank * length),
    take() {
      all.set(shared);
      for (let at = 0; at < sums.length; at++) {
        const to = sums[at].to * length, from = sums[at].from * length;
        for (let number = 0; number < length; number++) all[to + number] += all[from + number];
      }
      for (let number = 0; number < length; number++) own[number] = all[number];
    },
  };
}
