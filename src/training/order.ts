/**
 * The order in which an epoch visits its samples: shuffled as a whole, or block by block, so that samples in a file are read
 * in one pass through a bounded memory. A function of seed and epoch alone.
 *
 * @module
 */
import { type DrawKey, permutation, wholeNumber } from "../core/random.ts";

/** Consecutive samples that are shuffled among themselves. */
export interface ShuffleBlock {
  readonly first: number;
  readonly count: number;
  /** Its place in the epoch, counted from 0. */
  readonly round: number;
}

/**
 * The blocks of an epoch in the order in which they are visited. Where they begin differs from epoch to epoch, so that neighbours of
 * one epoch are separated in another: the first block has a random length, all others (but the last) have `size`.
 */
export function epochBlocks(samples: number, size: number, key: DrawKey): ShuffleBlock[] {
  if (size >= samples) return [{ first: 0, count: samples, round: 0 }];
  const blocks: ShuffleBlock[] = [];
  for (
    let first = 0, end = wholeNumber(size, key) + 1;
    first < samples;
    first = end, end = Math.min(samples, end + size)
  ) {
    blocks.push({ first, count: Math.min(end, samples) - first, round: blocks.length });
  }
  return blocks;
}

/** Writes the samples of a block, shuffled, to the beginning of `order`. */
export function shuffleBlock({ first, count, round }: ShuffleBlock, key: DrawKey, order: Uint32Array): void {
  permutation(count, key, order, round);
  if (first > 0) { for (let at = 0; at < count; at++) order[at] += first; }
}
