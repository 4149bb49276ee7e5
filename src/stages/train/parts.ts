/** What a plan states of the parts of a training's steps, and refuses. @module */
import { plural } from "../../core/amounts.ts";
import type { Fault } from "../../core/fault.ts";
import { rowsOfPart } from "../../core/parts.ts";
import { branchesOf } from "../../engine/parts/branches.ts";
import { threadsForParts } from "../../engine/threads.ts";
import type { ModelSpec } from "../../models/spec.ts";
import type { ModelCost } from "./model_cost.ts";
import type { TrainSettings } from "./settings.ts";

type InParts = Pick<TrainSettings, "model" | "batchSize" | "parts">;

/** Why the steps of a training cannot be divided; nothing for one in one piece. */
export function faultsOfParts({ model, batchSize, parts }: InParts): Fault[] {
  if (parts === undefined) return [];
  const coupled = couplingOf(model);
  return [
    ...parts > batchSize
      ? [{ path: "parts", message: `must be at most the batchSize ${batchSize}, got ${parts}` }]
      : [],
    ...coupled === undefined ? [] : [{
      path: "parts",
      message: `(or --parts) must be left out with ${coupled} of a whole batch, got ${parts}`,
    }],
  ];
}

/** What of a loss is no sum over samples. */
function couplingOf(model: ModelSpec): string | undefined {
  if (model.kind !== "vae") return undefined;
  if (model.freeBits > 0) return "model.freeBits, which bounds the mean KL";
  if (model.klSchedule.kind === "capacity") {
    return "a capacity (model.klSchedule), which is compared with the mean KL";
  }
  if (model.totalCorrelation !== undefined) return "model.totalCorrelation, which is estimated by all pairs";
}

/** How a step is divided. */
export function partLines({ batchSize, parts }: InParts): string[] {
  if (parts === undefined) return [];
  const most = rowsOfPart(batchSize, parts, 0), least = rowsOfPart(batchSize, parts, parts - 1);
  const rows = most === least ? plural(most, "row") : `${least} or ${plural(most, "row")}`;
  return [`a step in ${plural(parts, "part")} of ${rows}: the bits depend on this number alone`];
}

/** The most threads that pay for a step. */
export function threadsOfStep({ parts }: InParts, { flops, threads }: ModelCost): number {
  return parts === undefined ? threads : threadsForParts(flops, parts);
}

/** Bytes of the blocks that are summed, besides that of the gradients. */
export function bytesOfParts({ parts }: InParts, parameters: number): number {
  return parts === undefined ? 0 : 4 * parameters * (branchesOf(parts).blocks - 1);
}
