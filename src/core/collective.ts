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

/** What an update changes by the sum of a block: numbers that are the same in all processes. */
export interface UpdatedState {
  /** All of them, on memory pages of their own (of 64 KiB), so that these may be replaced. */
  readonly numbers: Float32Array;
  /**
   * The first numbers of the block, one for each parameter: how many there are, rounded up to a multiple of 4. A range of them updates the same
   * range of parameters.
   */
  readonly gradients: number;
}

/** An update that processes share: each changes a range of one state, which all of them see. */
export interface SharedUpdate {
  /** The range of this process. It begins at a multiple of 16, and its length is one of 4. */
  readonly range: UpdateRange;
  /** Ends a step, updated or not: returns when all processes have changed their range. All must call it. Allocates nothing. */
  end(): void;
  /** After {@link end}: gives this process the sum in the ranges of the others, too. */
  gather(): void;
}

/** A range of parameters. */
export interface UpdateRange {
  readonly first: number;
  readonly count: number;
}

/** A connected sum. */
export interface ConnectedSum {
  /**
   * Sums the block over all processes; all must call it. Afterwards all have the same bits, with a {@link update} only those of its range and of what
   * follows the gradients. Allocates nothing.
   */
  run(): void;
  /** The update by the sum, where the processes share it. @default {each updates a state of its own} */
  readonly update?: SharedUpdate;
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
   *
   * @param state What is updated by it, the same in all processes. Where it can be in memory that all see, they share the update.
   * @default {each updates a state of its own}
   */
  connect(block: SummedBlock, state?: UpdatedState): ConnectedSum;
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
