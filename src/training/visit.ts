// b = rows of a batch, R = ranks.

/**
 * Which samples the steps of an epoch visit.
 *
 * @module
 */
import { type DrawKey, wholeNumber } from "../core/random.ts";
import type { Collective } from "../core/collective.ts";
import type { SampleFeed } from "../data/feed.ts";
import { epochBlocks, type ShuffleBlock } from "./order.ts";

/** The samples of an epoch, and how they are visited. */
export interface Visit {
  readonly feed: SampleFeed;
  /** The places of the program in which a block is shuffled. */
  readonly order: Uint32Array;
  /** Visits of an epoch; with shards, of this rank. */
  readonly samples: number;
  /** Samples that are shuffled among themselves. */
  readonly block: number;
  /** Rows of a step; with shards, those that this rank takes of its own samples. */
  readonly batchSize: number;
  readonly seed: number;
  /** The ranks, where each has samples of its own. @default {all processes have the same} */
  readonly shards?: Collective;
}

/** A block, and the visits of it. */
export interface VisitedBlock extends ShuffleBlock {
  /** The visits before it. */
  readonly at: number;
  /** How many of its samples are visited. */
  readonly visited: number;
}

/** The visits of an epoch. */
export interface EpochVisits {
  readonly blocks: readonly VisitedBlock[];
  /** All of them, on this rank. */
  readonly samples: number;
}

/**
 * The visits of an epoch. With shards there are whole batches only, and as many on each rank as on the one with the fewest: samples that
 * are left out differ from epoch to epoch. All ranks must call it.
 */
export function epochVisits({ samples, block, batchSize, shards }: Visit, key: DrawKey): EpochVisits {
  const blocks = epochBlocks(samples, block, key);
  if (shards === undefined) {
    return { samples, blocks: blocks.map((one) => ({ ...one, at: one.first, visited: one.count })) };
  }
  const batchesOf = ({ count }: ShuffleBlock) => Math.floor(count / batchSize);
  const most = leastOf(shards, blocks.reduce((sum, one) => sum + batchesOf(one), 0)) * batchSize;
  if (most === 0) {
    throw new RangeError(
      `each rank must have at least ${batchSize} samples, its share of a batch, got fewer on one`,
    );
  }
  let at = 0;
  const visited = blocks.map((one) => {
    const own = Math.min(batchesOf(one) * batchSize, most - at);
    const found = { ...one, at, visited: own };
    at += own;
    return found;
  });
  return { samples: most, blocks: visited };
}

/**
 * The epochs that a step of a whole batch takes. With shards, which an epoch visits in whole batches, it is that of the rank with the fewest
 * of them, on all: each would have a learning rate of its own otherwise. All ranks must call it.
 */
export function epochsOfStep(
  { samples, batchSize, shards }: Pick<Visit, "samples" | "batchSize" | "shards">,
): number {
  if (shards === undefined) return batchSize / samples;
  // An epoch refuses less than a batch.
  return 1 / Math.max(1, leastOf(shards, Math.floor(samples / batchSize)));
}

/** The least of the numbers of all ranks. */
function leastOf(shards: Collective, number: number): number {
  return Math.min(...numbersOfAll(shards, number));
}

/** The numbers of all ranks, given that of this one. */
function numbersOfAll(shards: Collective, number: number): Float64Array {
  const all = new Float64Array(shards.size);
  all[shards.rank] = number;
  shards.total(all);
  return all;
}

/** The seed by which a rank with samples of its own orders them and draws their noise: a function of the run's seed and the place of the rank. */
export function shardSeed(seed: number, { rank, size }: Collective): number {
  return wholeNumber(2 ** 32 - 1, { seed, stream: "shards", epoch: size * MOST_RANKS + rank });
}

/** More than a flag of a sum can count. */
const MOST_RANKS = 4096;

/**
 * Checks that all ranks have made a model of the same size of their own samples.
 *
 * @throws {RangeError} On all ranks.
 */
export function checkSameModel(shards: Collective, parameters: number): void {
  const all = numbersOfAll(shards, parameters);
  if (all.every((number) => number === all[0])) return;
  throw new RangeError(
    `the shards of all ranks must have samples of one shape, got models of ${all.join(", ")} parameters`,
  );
}
