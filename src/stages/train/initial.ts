/** Where a training starts from, and what it leaves as it is. @module */
import { RunError } from "../../core/errors.ts";
import { initialWeights } from "../../models/initial_weights.ts";
import type { Fit } from "../../training/contract.ts";
import { freezableNames } from "../../training/frozen.ts";
import type { TrainSettings } from "./settings.ts";

/** The part of a training that says so. @throws {RunError} When weights do not fit, or a name is unknown. */
export function startOf({ model, initial, freeze }: TrainSettings): Pick<Fit, "initial" | "freeze"> {
  const names = freezableNames(model), unknown = freeze.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new RunError(`freeze must be some of ${names.join(", ")}, got "${unknown.join('", "')}"`);
  }
  return { initial: initial === null ? undefined : initialWeights(initial, model), freeze };
}
