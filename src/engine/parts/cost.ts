// F = floating-point operations of a step, f = those of a process in a second, R = processes, M = bytes of the gradients (4 for each parameter),
// a = seconds before a message arrives, B = bytes per second of each process.

/**
 * A model of what a step costs that several processes share.
 *
 * Each process computes `1 / R` of the step, sends its sums of all ranges of the parameters but its own to those who add them up, and
 * gets back all but its own: `F / (R f) + 2 (R - 1) a + 2 (R - 1) / R M / B + (R - 1) / R M / A`, where A is the bytes that a process adds up in a second. These
 * are the costs of a pairwise-exchange reduce-scatter and a ring allgather (Thakur, Rabenseifner and Gropp 2005, Optimization of Collective
 * Communication Operations in MPICH, sections 4.1 and 4.4). Communication and computation do not overlap.
 *
 * @module
 */
import type { StepWork } from "../../core/parts.ts";

/** What processes compute and send with. */
export interface Machines {
  /** f, floating-point operations of a process in a second. */
  readonly flopRate: number;
  /** B, bytes per second that a process sends and, at the same time, receives. */
  readonly bandwidth: number;
  /** a, seconds from sending to receiving a short message. */
  readonly latency: number;
}

/** The seconds of a step. */
export interface StepCost {
  readonly compute: number;
  readonly sum: number;
  readonly update: number;
  readonly total: number;
}

/** A: bytes of gradients that a process adds up in a second; and those that it updates, by Adam, in a second. Both are bound by memory. */
const ADDED_BYTES = 4e9, UPDATED_BYTES = 2e9;

/** The cost of a step that so many processes share. */
export function stepCost({ flops, parameters }: StepWork, machines: Machines, processes: number): StepCost {
  const { flopRate } = machines, bytes = 4 * parameters;
  const compute = flops / processes / flopRate, sum = sumCost(bytes, machines, processes);
  const update = bytes / UPDATED_BYTES;
  return { compute, sum, update, total: compute + sum + update };
}

/** The seconds in which so many processes sum so many bytes. */
function sumCost(bytes: number, { bandwidth, latency }: Machines, processes: number): number {
  const others = processes - 1, share = others / processes * bytes;
  return 2 * others * latency + 2 * share / bandwidth + share / ADDED_BYTES;
}

/** The least rows of a batch for which so many processes are faster than one: what they save of computing exceeds the sum. */
export function leastRows(
  { flops, parameters, rows }: StepWork,
  machines: Machines,
  processes: number,
): number {
  const saved = flops / rows / machines.flopRate * (1 - 1 / processes);
  return Math.max(processes, Math.ceil(sumCost(4 * parameters, machines, processes) / saved));
}
