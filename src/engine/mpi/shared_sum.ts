// P = numbers of a block, R = ranks; rank r sums range r of a block.

/**
 * The sum of a block through memory that all ranks see: a barrier, the blocks of all ranks, and their sum.
 *
 * Each rank has its block there, where it has whole pages, or copies it, but not its own range. When all have, it adds up its range of all blocks
 * in the order of the tree; when all have, it copies the other ranges of the sum. No place is written while another rank may read it: blocks
 * change after the second wait, and the sum after the first.
 *
 * @module
 */
import type { ConnectedSum, SummedBlock } from "../../core/collective.ts";
import { type TreeSum, treeSums } from "../../core/parts.ts";
import type { Communicator } from "./communicator.ts";
import { BARRIER_BYTES, rankBarrier } from "./rank_barrier.ts";
import { rangesOf } from "./ranges.ts";
import { shareMemory } from "./shared_memory.ts";

/** Blocks begin at a multiple of this: on a page, which has 4 to 64 KiB. */
const BOUND_BYTES = 65_536;

/** Numbers that are added up at once: a piece of each of a few blocks fits into the second-level cache. */
const PIECE = 16_384;

/** Milliseconds for which a rank that waits looks for the others before it sleeps, where each has a core: waking takes up to half a millisecond. */
const SPIN_MS = 40;

/** How long a rank that waits for the others of `size` spins. */
export function spinMsOf(size: number): number {
  return size > navigator.hardwareConcurrency ? 0 : SPIN_MS;
}

/** Connects a block; `undefined` where the ranks have no memory that all see. */
export function connectShared(
  communicator: Communicator,
  { numbers, hasPages = false }: Pick<SummedBlock, "numbers" | "hasPages">,
): ConnectedSum | undefined {
  const { rank, size } = communicator, { length } = numbers;
  const first = bounded(BARRIER_BYTES), bytes = bounded(4 * length);
  const memory = shareMemory(communicator, first + (size + 1) * bytes);
  if (memory === undefined) return undefined;
  const blocks = Array.from({ length: size + 1 }, (_, at) => memory.floats(first + at * bytes, length));
  const sum = blocks.pop()!, { starts, lengths } = rangesOf(length, size);
  const own = { from: starts[rank], to: starts[rank] + lengths[rank] };
  const moveBack = hasPages ? memory.move(numbers, first + rank * bytes) : undefined;
  const give = moveBack === undefined ? copier(numbers, blocks[rank], own) : () => {};
  const take = copier(sum, numbers, own);
  const others = blocks.map((block, at) => at === rank ? numbers : block);
  const add = rangeAdder(communicator, others, own, sum);
  const wait = rankBarrier(memory, size, spinMsOf(size));
  return {
    run() {
      give();
      wait();
      add();
      wait();
      take();
    },
    close() {
      moveBack?.();
      memory.close();
    },
  };
}

/** The place behind so many bytes at which a block can begin. */
export function bounded(bytes: number): number {
  return Math.ceil(bytes / BOUND_BYTES) * BOUND_BYTES;
}

/** Numbers of a block from one place to another. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Prepares a call that copies all numbers of a block but those of a range. */
function copier(source: Float32Array, target: Float32Array, { from, to }: Range): () => void {
  const before = source.subarray(0, from), behind = source.subarray(to);
  return () => {
    target.set(before);
    target.set(behind, to);
  };
}

/**
 * Prepares a call that adds up a range of all blocks in the order of the tree, and writes what comes of it to the rank's own block, and to `sum`. In
 * the other blocks this range holds nothing of use afterwards.
 */
export function rangeAdder(
  { rank, adder }: Pick<Communicator, "rank" | "adder">,
  blocks: readonly Float32Array[],
  { from, to }: Range,
  sum?: Float32Array,
): () => void {
  const calls: (() => void)[] = [], order = sumsInto(rank, blocks.length);
  for (let start = from; start < to; start += PIECE) {
    const pieceOf = (block: Float32Array) => block.subarray(start, Math.min(to, start + PIECE));
    const pieces = blocks.map(pieceOf), own = pieces[rank], summed = sum && pieceOf(sum);
    calls.push(...order.map(({ to, from }) => adder(pieces[to], pieces[from])));
    if (summed !== undefined) calls.push(() => summed.set(own));
  }
  return () => {
    for (let at = 0; at < calls.length; at++) calls[at]();
  };
}

/** The additions of a tree, with the two blocks of some exchanged so that the sum ends in block `last`: a sum of two has the same bits in either order. */
function sumsInto(last: number, count: number): TreeSum[] {
  // Where the sum of a branch is, by its first block.
  const places = Array.from({ length: count }, (_, block) => block);
  return treeSums(count).map(({ to, from }) => {
    const [kept, added] = places[from] === last ? [from, to] : [to, from];
    const sum = { to: places[kept], from: places[added] };
    places[to] = sum.to;
    return sum;
  });
}
