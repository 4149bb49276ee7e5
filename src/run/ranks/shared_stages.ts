/** Which stages of a pipeline all ranks run. @module */
import { inputsOf } from "../../pipeline/keys.ts";
import type { ResolvedPipeline, ResolvedStage } from "../../pipeline/resolve.ts";

/**
 * The stages that are distributed, and those whose outputs they need, in their order. All others (what measures a model, and what draws it)
 * are run by rank 0 alone.
 */
export function sharedStages({ stages }: Pick<ResolvedPipeline, "stages">): ResolvedStage[] {
  const shared = new Set<ResolvedStage>();
  const add = (stage: ResolvedStage): void => {
    if (shared.has(stage)) return;
    shared.add(stage);
    providersOf(stage, stages).forEach(add);
  };
  stages.filter(({ definition }) => definition.isDistributed).forEach(add);
  return stages.filter((stage) => shared.has(stage));
}

/** The stages before one that make its inputs: of each input the last. */
function providersOf(stage: ResolvedStage, stages: readonly ResolvedStage[]): ResolvedStage[] {
  const makers = new Map<string, ResolvedStage>();
  for (const before of stages.slice(0, stages.indexOf(stage))) {
    for (const output of before.definition.outputs) makers.set(output, before);
  }
  return inputsOf(stage.definition, Object.fromEntries(makers)).map((input) => makers.get(input)!);
}
