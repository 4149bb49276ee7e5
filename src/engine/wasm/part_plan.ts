/**
 * The memory of one part of a run: its rows of the inputs, and the block into which its gradients and outputs go, in the places that these
 * have in the whole plan.
 *
 * @module
 */
import { type Graph, isBatch, sizeOf, type Value } from "../../graph/graph.ts";
import type { PartStep } from "../parts/branches.ts";
import type { Instruction } from "./instructions.ts";
import { type PartPlan, planPart, type WasmPlan } from "./plan.ts";

/** A part that one thread computes. */
export interface StepPlan extends PartPlan {
  /** Gradients to copy at the end. */
  readonly copies: WasmPlan["copies"];
}

/** The addresses of the blocks that are summed. */
export function blocksOf({ gradients, sums }: Pick<WasmPlan, "gradients" | "sums">): readonly number[] {
  return [gradients, ...sums];
}

/** The whole plan as a part sees it. */
export function layoutOfPart(base: WasmPlan, { part, block }: PartStep): WasmPlan {
  const { gradients, summed, partRows } = base, blockAt = blocksOf(base)[block];
  const moved = (address: number) =>
    address >= gradients && address < gradients + 4 * summed ? address - gradients + blockAt : address;
  const place = ({ shape }: Value, address: number) =>
    isBatch(shape[0]) ? address + 4 * part * partRows * sizeOf(shape, 1) : moved(address);
  return {
    ...base,
    gradients: blockAt,
    places: new Map([...base.places].map(([value, address]) => [value, place(value, address)])),
    copies: base.copies.map(({ from, to, bytes }) => ({ from: moved(from), to: moved(to), bytes })),
  };
}

/** Plans a part of a planned graph, with memory from `from` on for the values in between. */
export function planStep(
  graph: Graph,
  instructions: readonly Instruction[],
  base: WasmPlan,
  { step, from }: { readonly step: PartStep; readonly from: number },
): StepPlan {
  const layout = layoutOfPart(base, step);
  const plan = planPart(graph, instructions, { base: layout, capacity: base.capacity, from });
  return { ...plan, copies: layout.copies };
}
