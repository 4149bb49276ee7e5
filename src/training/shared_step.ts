// b = rows of a batch, n = parts of a step.

/**
 * What a process does of each step: it fills the rows of its parts, and sums what all processes have computed.
 *
 * @module
 */
import type { UpdateRange } from "../core/collective.ts";
import { rowsBeforePart, rowsOfPart } from "../core/parts.ts";
import type { Program } from "../engine/engine.ts";
import type { StopSignal } from "./contract.ts";
import type { Share } from "./share.ts";

/** What decides whether a training continues that processes may see differently: their clocks, and what they compute of the weights. */
export interface EpochVerdict {
  /** Whether the model is good enough. */
  readonly isReached: boolean;
  /** The seconds of training so far. */
  readonly seconds: number;
}

/** The rows of a batch that this process computes, and their sum with those of others. */
export interface SharedStep {
  /** Calls `fill` for the rows of each part: samples of the program's order from `start` on, from row `at` of its inputs on. Returns the rows. */
  fill(start: number, rows: number, fill: FillRows): number;
  /** Sums what all processes have computed. */
  sum(): void;
  /** The parameters that this process updates by the sum. @default {all} */
  readonly range?: UpdateRange;
  /** Ends a step, after the update where there was one. */
  end(): void;
  /** Gives this process all gradients of the last step, where it has those of its range. */
  gather(): void;
  /** Between two epochs: gives all processes the verdict of the first, and brings {@link signal} up to date. */
  agree(verdict: EpochVerdict): EpochVerdict;
  /** The requests to stop any process, as of the last step or {@link agree}; one process alone has its own. */
  readonly signal: StopSignal;
  close(): void;
}

type FillRows = (start: number, rows: number, at: number) => void;

/** What a process adds to the flag of a sum that was asked to stop after the batch, or after the epoch: sums of both stay exact for 4095 of them. */
const ABORTED = 1, ENDING = 4096;

/** The part of a program that is connected to other processes; without a state, each process updates all parameters of its own. */
type SharedProgram = Pick<Program, "partRows" | "summed" | "state">;

/** Connects a program to the processes that share its steps. A call allocates nothing. */
export function sharedStep(
  { parts = 1, first, count, collective, isSharded }: Share,
  { partRows, summed, state }: SharedProgram,
  signal: StopSignal,
): SharedStep {
  function fill(start: number, rows: number, fillRows: FillRows): number {
    let total = 0;
    // Of a shard, the rows of the first part of this process are the first.
    const before = isSharded ? rowsBeforePart(rows, parts, first) : 0;
    for (let part = 0; part < count; part++) {
      const own = rowsOfPart(rows, parts, first + part);
      if (own === 0) break;
      fillRows(start + rowsBeforePart(rows, parts, first + part) - before, own, part * partRows);
      total += own;
    }
    return total;
  }
  if (collective.size === 1 || summed === undefined) {
    return { fill, sum() {}, end() {}, gather() {}, agree: (verdict) => verdict, signal, close() {} };
  }
  const connected = collective.connect(summed, state),
    { update } = connected,
    { flag } = summed,
    isFirst = collective.rank === 0;
  const requests = () => (signal.aborted ? ABORTED : 0) + (signal.ending === true ? ENDING : 0);
  const agreed = new Float64Array(3);
  return {
    fill,
    sum() {
      flag[0] = requests();
      connected.run();
    },
    range: update?.range,
    end: () => update?.end(),
    gather: () => update?.gather(),
    agree({ isReached, seconds }) {
      agreed[0] = requests();
      agreed[1] = isFirst && isReached ? 1 : 0;
      agreed[2] = isFirst ? seconds : 0;
      collective.total(agreed);
      flag[0] = agreed[0];
      return { isReached: agreed[1] > 0, seconds: agreed[2] };
    },
    signal: {
      get aborted() {
        return flag[0] % ENDING !== 0;
      },
      get ending() {
        return flag[0] >= ENDING;
      },
      get reason() {
        return signal.reason;
      },
    },
    close: () => connected.close(),
  };
}
