/**
 * Shards: the parts of a sweep that several machines compute without talking to each other.
 *
 * @module
 */
import { shortened, UsageError } from "../../core/errors.ts";

/** One part of a sweep: `{ index: 2, count: 4 }` is the second of four. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  /** The number of shards. */
  readonly count: number;
}

/** The most shards of a sweep. Kubernetes has the highest limit of the schedulers for which files are written. */
export const MOST_SHARDS = 100_000;

/** A shard as `--shard` takes it: `2/4`. */
export function shardText({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/**
 * Parses a shard: `2/4` is the second of four.
 *
 * @throws {UsageError} When it is none.
 */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(text)?.map(Number) ?? [];
  if (index >= 1 && index <= count && count <= MOST_SHARDS) return { index, count };
  throw new UsageError(
    `--shard must be i/n with i from 1 to n and n at most ${MOST_SHARDS}, as in 2/4, or auto, got "${
      shortened(text)
    }"`,
  );
}

/** What decides the shard of a trial. */
interface Costed {
  readonly id: string;
  /** An estimate of its work, in any unit. */
  readonly cost: number;
}

/**
 * The trials of one shard, in the order of the plan.
 *
 * Longest processing time first: trials in the order of their cost, equal ones in the order of their ids, each to the shard that has the
 * least to do so far, the first of equals. The longest shard is at most 4/3 - 1/(3 count) times the optimum (R. L. Graham, Bounds on
 * multiprocessing timing anomalies, 1969). It depends on the trials alone, so every machine finds the same shards.
 */
export function trialsOfShard<Trial extends Costed>(
  trials: readonly Trial[],
  { index, count }: Shard,
): Trial[] {
  if (count === 1) return [...trials];
  const indices = shardIndices(trials, count);
  return trials.filter((_, place) => indices[place] === index);
}

/** The index of each trial's shard, from 1. */
export function shardIndices(trials: readonly Costed[], count: number): Int32Array {
  const order = trials.map((_, place) => place).sort((one, other) => compare(trials[one], trials[other]));
  const shards = new Int32Array(trials.length), loads = new LeastLoaded(count);
  for (const place of order) shards[place] = loads.add(trials[place].cost) + 1;
  return shards;
}

function compare(one: Costed, other: Costed): number {
  return other.cost - one.cost || (one.id < other.id ? -1 : 1);
}

/** A binary heap of shards: the one with the least load on top, of equal ones the first. */
class LeastLoaded {
  readonly #loads: Float64Array;
  readonly #heap: Int32Array;

  constructor(count: number) {
    this.#loads = new Float64Array(count);
    // All loads are equal, so ascending numbers are a heap.
    this.#heap = Int32Array.from({ length: count }, (_, shard) => shard);
  }

  /** Gives the shard with the least load more to do, and returns it. */
  add(cost: number): number {
    const heap = this.#heap, top = heap[0];
    this.#loads[top] += cost;
    for (let at = 0;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && this.#isBefore(heap[child], heap[least])) least = child;
      }
      if (least === at) return top;
      [heap[at], heap[least]] = [heap[least], heap[at]];
      at = least;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const difference = this.#loads[one] - this.#loads[other];
    return difference < 0 || (difference === 0 && one < other);
  }
}
