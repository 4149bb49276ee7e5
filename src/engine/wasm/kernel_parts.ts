/** Programs in parts that are computed by kernels alone. @module */
import type { Graph } from "../../graph/graph.ts";
import type { ProgramOptions } from "../engine.ts";
import { branchesOf, type PartStep } from "../parts/branches.ts";
import { fuse } from "./fuse.ts";
import { lower, lowerCopy } from "./lower.ts";
import { planStep } from "./part_plan.ts";
import { allParts, blockSums, type RunPart } from "./part_steps.ts";
import { plan } from "./plan.ts";
import type { ProgramMemory, Steps } from "./program_memory.ts";

/** The memory for the values in between of one part, and the steps of a program in parts on it. */
export function kernelParts(
  graph: Graph,
  options: ProgramOptions,
  count: number,
): { extra: number; steps: (memory: ProgramMemory) => Steps } {
  const instructions = fuse(graph), branches = branchesOf(count);
  const [step] = branches.first;
  return {
    extra: planStep(graph, instructions, plan(graph, [], options), { step, from: 0 }).end,
    steps({ kernels, layout }) {
      const runOf = (step: PartStep): RunPart => {
        const part = planStep(graph, instructions, layout, { step, from: layout.extra });
        const calls = [
          ...instructions.map((instruction) => lower(instruction, kernels, part)),
          ...part.copies.map((copy) => lowerCopy(copy, kernels)),
        ];
        return (rows) => {
          for (let at = 0; at < calls.length; at++) calls[at](rows);
        };
      };
      return { steps: [allParts(branches, runOf, blockSums(kernels, layout))], names: ["parts"] };
    },
  };
}
