// n = parts of a step.

/**
 * Which parts of each step a process computes.
 *
 * @module
 */
import { ALONE, type Collective } from "../core/collective.ts";
import { canShare, rowsOfPart } from "../core/parts.ts";
import type { PartOptions } from "../engine/engine.ts";

/** The parts of a step, and those of them that this process computes. */
export interface Share {
  /** All parts; `undefined`: a step in one piece. */
  readonly parts?: number;
  /** The first of this process, and how many it computes. */
  readonly first: number;
  readonly count: number;
  readonly collective: Collective;
  /** Whether this process has samples of its own, of which it takes its rows. @default {all have the same samples} */
  readonly isSharded?: boolean;
}

/** The share of a process. The parts are dealt out in order, as many to each process. */
export function shareOf(parts: number | undefined, collective: Collective = ALONE): Share {
  const { rank, size } = collective;
  if (parts === undefined) {
    if (size === 1) return { first: 0, count: 1, collective };
    throw new RangeError(`parts must be set for a training that ${size} processes share`);
  }
  if (!canShare(parts, size)) {
    throw new RangeError(`parts must be ${size} times a power of two for ${size} processes, got ${parts}`);
  }
  const count = parts / size;
  return { parts, first: rank * count, count, collective };
}

/** How a program is compiled for a share, for batches of at most `batchSize`. */
export function partOptions(
  { parts, count, collective: { size } }: Share,
  batchSize: number,
): { readonly capacity: number; readonly parts?: PartOptions } {
  if (parts === undefined) return { capacity: batchSize };
  return { capacity: rowsOfPart(batchSize, parts, 0), parts: { count, processes: size } };
}
