// F = floating-point operations of a step, f = those of a process in a second, R = processes, n = parts, M = bytes of the gradients (4 for each
// parameter), a = seconds before a message arrives, B = bytes per second of each process.

/**
 * A model of what a step costs that several processes share.
 *
 * Each process computes `1 / R` of the step, sends its sums of all ranges of the parameters but its own to those who add them up, gets
 * back all but its own, and updates all parameters:
 * `F / (R f) + (n / R - 1) M / W + 2 (R - 1) a + 2 (R - 1) / R M / B + (R - 1) / R M / A + M / U`. W, A and U are bytes of gradients in a
 * second: those of one more part, which are written and added; those that are received and added; those that the optimizer reads. The terms
 * with R - 1 are the cost of a pairwise-exchange reduce-scatter and a ring allgather (Thakur, Rabenseifner and Gropp 2005, Optimization of
 * Collective Communication Operations in MPICH, section 5.3). Communication and computation do not overlap.
 *
 * On one machine each process adds up its range of all blocks where these are, and updates that range of the parameters. Processes that share a
 * core take turns, so all of it takes `t = max(1, R / cores)` times as long:
 * `t (F / (R f) + (n / R - 1) M / W + (R - 1) / R M / A + M / (R U)) + 2 w`. w is how long a process waits until the last one is where it is.
 *
 * @module
 */
import type { StepWork } from "../../core/parts.ts";

/** What processes on machines of their own compute and send with. */
export interface Machines {
  /** f, floating-point operations of a process in a second. */
  readonly flopRate: number;
  /** B, bytes per second that a process sends and, at the same time, receives. */
  readonly bandwidth: number;
  /** a, seconds from sending to receiving a short message. */
  readonly latency: number;
}

/** What processes of one machine compute with, which sum through memory. Those that share a core take turns. */
export interface OneMachine {
  /** f, of a core. */
  readonly flopRate: number;
  readonly cores: number;
}

/** The seconds of a step. */
export interface StepCost {
  readonly compute: number;
  readonly sum: number;
  readonly update: number;
  readonly total: number;
}

/**
 * A: bytes of gradients that a process adds up in a second; U: those by which it updates parameters in a second, with Adam. Both are bound by memory:
 * measured on one core of an AMD EPYC (Zen 4) with 16 million parameters; with 1 million, which fit the caches, 21 and 6 GB.
 */
const ADDED_BYTES = 1e10, UPDATED_BYTES = 5e9;
/**
 * W: what one more part costs, by `bench/parts.ts --processor-time` (1 to 5.3 million parameters: 2.7 to 3.5 GB). Products of
 * fewer rows write as many gradients.
 */
const PART_BYTES = 3e9;

/** w, which is assumed. */
const WAIT_SECONDS = 20e-6;

/** How a step is shared. */
export interface Sharing {
  readonly processes: number;
  /** n; as many as processes or a multiple. */
  readonly parts: number;
}

/** A step of one process in one piece. */
export const IN_ONE_PIECE: Sharing = { processes: 1, parts: 1 };

/** The cost of a step that several processes share. */
export function stepCost(work: StepWork, machines: Machines | OneMachine, sharing: Sharing): StepCost {
  const { flops, parameters } = work, { processes } = sharing;
  const isOne = "cores" in machines, turns = isOne ? Math.max(1, processes / machines.cores) : 1;
  const compute = turns * (flops / processes / machines.flopRate + partCost(work, sharing));
  const sum = isOne ? memorySumCost(work, processes, turns) : sumCost(work, machines, processes);
  const update = turns * 4 * parameters / (isOne ? processes : 1) / UPDATED_BYTES;
  return { compute, sum, update, total: compute + sum + update };
}

/** The seconds in which `processes` processes of one machine sum their gradients. */
function memorySumCost({ parameters }: StepWork, processes: number, turns: number): number {
  if (processes === 1) return 0;
  const share = (processes - 1) / processes * 4 * parameters;
  return 2 * WAIT_SECONDS + turns * share / ADDED_BYTES;
}

/** The seconds that the parts of a process cost beyond the first. */
function partCost({ parameters }: StepWork, { processes, parts }: Sharing): number {
  return (parts / processes - 1) * 4 * parameters / PART_BYTES;
}

/** The seconds in which `processes` processes sum their gradients by messages. */
function sumCost({ parameters }: StepWork, { bandwidth, latency }: Machines, processes: number): number {
  const others = processes - 1, share = others / processes * 4 * parameters;
  return 2 * others * latency + 2 * share / bandwidth + share / ADDED_BYTES;
}

/** The least rows of a batch for which sharing is faster than one piece: what it saves of computing exceeds what it costs. */
export function leastRows(work: StepWork, machines: Machines, sharing: Sharing): number {
  const { processes, parts } = sharing,
    saved = work.flops / work.rows / machines.flopRate * (1 - 1 / processes);
  const costs = sumCost(work, machines, processes) + partCost(work, sharing);
  return Math.max(parts, Math.ceil(costs / saved));
}
