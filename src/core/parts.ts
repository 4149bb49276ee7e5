// n = parts of a step, b = rows of its batch; parts are counted from 0.

/**
 * How a training step divides into parts: which rows each has, and in which order their sums are added up. Both depend on the number of
 * parts alone, so the bits of a step are the same no matter who computes its parts: one thread, two, or several processes.
 *
 * @module
 */

/**
 * Rows of a part: as many as of any other, or one more; the first parts have the additional ones. A part of a batch with fewer rows than
 * parts may be empty.
 */
export function rowsOfPart(rows: number, parts: number, part: number): number {
  return Math.floor(rows / parts) + (part < rows % parts ? 1 : 0);
}

/** Rows of the parts before one. `part` may be the number of parts: all rows. */
export function rowsBeforePart(rows: number, parts: number, part: number): number {
  return Math.floor(rows / parts) * part + Math.min(part, rows % parts);
}

/**
 * The first part of the second branch of a tree over n parts: the largest power of two below n. The sum of n parts is the sum of
 * the first branch plus the sum of the second; a branch of one part is that part.
 */
export function secondBranch(parts: number): number {
  let first = 1;
  while (2 * first < parts) first *= 2;
  return first;
}

/** One addition of two blocks of a tree: block `from` is added to block `to`. */
export interface TreeSum {
  readonly to: number;
  readonly from: number;
}

/**
 * The additions of a tree over blocks 0 to `count - 1`, in order: neighbours, then neighbours of these, and so on. The sum ends in block 0.
 * For 6 blocks: `((0 + 1) + (2 + 3)) + (4 + 5)`. Each power of two of blocks from a multiple of it on is a branch, so processes with equal
 * such shares can each sum their own parts first: {@link canShare}.
 */
export function treeSums(count: number): TreeSum[] {
  const sums: TreeSum[] = [];
  for (let step = 1; step < count; step *= 2) {
    for (let to = 0; to + step < count; to += 2 * step) sums.push({ to, from: to + step });
  }
  return sums;
}

/** Whether `processes` processes can share `parts` parts: each computes the same number of parts, which is a power of two (or all). */
export function canShare(parts: number, processes: number): boolean {
  const each = parts / processes;
  return processes === 1 || (Number.isInteger(each) && Math.log2(each) % 1 === 0);
}

/** The work of a training step: floating-point operations, parameters, and the rows and parts of a batch. */
export interface StepWork {
  /** Floating-point operations of the whole step. */
  readonly flops: number;
  /** Parameters of the model. */
  readonly parameters: number;
  /** Rows of a batch. */
  readonly rows: number;
  /** Parts in which it is computed. @default {in one piece} */
  readonly parts?: number;
}
