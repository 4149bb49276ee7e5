/**
 * Runs of parts by the kernels: one part after the other, and the sums of their blocks.
 *
 * @module
 */
import { rowsOfPart } from "../../core/parts.ts";
import type { Branches, PartStep } from "../parts/branches.ts";
import { BINARY, type Kernels } from "./kernels.ts";
import type { Call } from "./lowering.ts";
import { blocksOf } from "./part_plan.ts";
import type { WasmPlan } from "./plan.ts";

/** Computes one part, of at least one row. */
export type RunPart = (rows: number) => void;

/** The sums of a program's blocks; the flag is left as it is. */
export interface BlockSums {
  /** Sets a block to 0. */
  clear(block: number): void;
  /** Adds a block to another: `count` numbers from number `first` on. */
  add(to: number, from: number, first: number, count: number): void;
  /** How many numbers a block has. */
  readonly count: number;
}

/** What the sums need of a plan. */
export type BlockPlan = Pick<WasmPlan, "gradients" | "sums" | "summed" | "zeros">;

/** The sums of the blocks of a plan. */
export function blockSums(kernels: Kernels, layout: BlockPlan): BlockSums {
  const blocks = blocksOf(layout), count = layout.summed - 1;
  return {
    clear: (block) => kernels.fillRows(blocks[block], layout.zeros, 0, 1, count),
    add: (to, from, first, count) =>
      addNumbers(kernels, blocks[to] + 4 * first, blocks[from] + 4 * first, count),
    count,
  };
}

/** `to[i] += from[i]`; addresses in bytes. */
export function addNumbers(kernels: Kernels, to: number, from: number, count: number): void {
  kernels.binary(BINARY.add, to, to, 0, 16, from, 0, 16, 1, count, 0);
}

/** A branch that can be run: its parts of `rows` rows of all parts. Its sum ends in its first block. */
export function branchRunner(
  steps: readonly PartStep[],
  runs: readonly RunPart[],
  parts: number,
  { clear, add, count }: BlockSums,
): (rows: number) => void {
  return (rows) => {
    for (let at = 0; at < steps.length; at++) {
      const { part, block, sums } = steps[at], own = rowsOfPart(rows, parts, part);
      if (own === 0) clear(block);
      else runs[at](own);
      for (let sum = 0; sum < sums.length; sum++) add(sums[sum].to, sums[sum].from, 0, count);
    }
  };
}

/** The run of all parts by one thread. */
export function allParts(
  { first, second, secondBlock }: Branches,
  runOf: (step: PartStep) => RunPart,
  sums: BlockSums,
): Call {
  const parts = first.length + second.length;
  const runFirst = branchRunner(first, first.map(runOf), parts, sums);
  const runSecond = branchRunner(second, second.map(runOf), parts, sums);
  return (rows) => {
    runFirst(rows);
    if (second.length === 0) return;
    runSecond(rows);
    sums.add(0, secondBlock, 0, sums.count);
  };
}
