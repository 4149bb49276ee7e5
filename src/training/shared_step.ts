// b = rows of a batch, n = parts of a step.

/**
 * What a process does of each step: it fills the rows of its parts, and sums what all processes have computed.
 *
 * @module
 */
import { rowsBeforePart, rowsOfPart } from "../core/parts.ts";
import type { Program } from "../engine/engine.ts";
import type { StopSignal } from "./contract.ts";
import type { Share } from "./share.ts";

/** The rows of a batch that this process computes, and their sum with those of others. */
export interface SharedStep {
  /** Calls `fill` for the rows of each part: samples of the program's order from `start` on, from row `at` of its inputs on. Returns the rows. */
  fill(start: number, rows: number, fill: FillRows): number;
  /** Sums what all processes have computed. */
  sum(): void;
  /** The requests to stop that all processes have agreed on, as of the last step; one process alone has its own. */
  readonly signal: StopSignal;
  close(): void;
}

type FillRows = (start: number, rows: number, at: number) => void;

/** What the flag of a sum says: that rank 0 was asked to stop after the batch, or after the epoch. */
const ABORTED = 1, ENDING = 2;

/** Connects a program to the processes that share its steps. A call allocates nothing. */
export function sharedStep(
  { parts = 1, first, count, collective }: Share,
  { partRows, summed }: Pick<Program, "partRows" | "summed">,
  signal: StopSignal,
): SharedStep {
  function fill(start: number, rows: number, fillRows: FillRows): number {
    let total = 0;
    for (let part = 0; part < count; part++) {
      const own = rowsOfPart(rows, parts, first + part);
      if (own === 0) break;
      fillRows(start + rowsBeforePart(rows, parts, first + part), own, part * partRows);
      total += own;
    }
    return total;
  }
  if (collective.size === 1 || summed === undefined) return { fill, sum() {}, signal, close() {} };
  const connected = collective.connect(summed), { flag } = summed, { rank } = collective;
  return {
    fill,
    sum() {
      flag[0] = rank > 0 ? 0 : (signal.aborted ? ABORTED : 0) + (signal.ending === true ? ENDING : 0);
      connected.run();
    },
    signal: {
      get aborted() {
        return (flag[0] & ABORTED) !== 0;
      },
      get ending() {
        return (flag[0] & ENDING) !== 0;
      },
      get reason() {
        return signal.reason;
      },
    },
    close: () => connected.close(),
  };
}
