/**
 * What processes that share a training do together. One process alone has {@link ALONE}.
 *
 * @module
 */

/** A block of numbers that is summed over all processes, as `Collective.connect` takes it. */
export interface SummedBlock {
  /** The numbers of this process; after the sum, those of all. */
  readonly numbers: Float32Array;
  /** Whether they have all of the memory pages on which they are (of 64 KiB), so that these may be replaced. @default {false} */
  readonly hasPages?: boolean;
  /** {@link receivedLength} numbers for what other processes send. Their content before and after a sum is of no meaning. */
  readonly received: Float32Array;
  /** Adds `count` numbers of {@link received} to others of it: `received[to + i] += received[from + i]`, in single precision. */
  add(to: number, from: number, count: number): void;
}

/** A connected sum. */
export interface ConnectedSum {
  /** Sums the block over all processes; all must call it. Afterwards all have the same bits. Allocates nothing. */
  run(): void;
  /** Frees what it holds. */
  close(): void;
}

/** The processes that share a training, as one of them sees them. Each method is called by all, in the same order. */
export interface Collective {
  /** The number of this process, from 0 on. */
  readonly rank: number;
  /** How many processes there are. */
  readonly size: number;
  /**
   * Prepares the sum of a block over all processes. Each number is summed over the processes in the order of `treeSums(size)`
   * (`core/parts.ts`), with each addition rounded to single precision, so that the bits do not depend on the number of processes.
   */
  connect(block: SummedBlock): ConnectedSum;
  /** Adds up few numbers over all processes, one after the other from rank 0 on, in place: all have the same afterwards. */
  total(numbers: Float64Array): void;
}

/** The one process of a training that is not shared. */
export const ALONE: Collective = {
  rank: 0,
  size: 1,
  connect: () => ({ run() {}, close() {} }),
  total() {},
};

/** How many numbers of other processes one receives that sums its range of a block: that range of each. */
export function receivedLength(numbers: number, processes: number): number {
  return processes === 1 ? 0 : processes * Math.ceil(numbers / processes);
}
