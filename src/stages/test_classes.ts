/** Whether a conditional model knows the classes of the test split that a stage gives to it. @module */
import type { Fault } from "../core/fault.ts";
import type { ModelFamily } from "../models/family.ts";
import type { PlanFacts } from "../pipeline/stage.ts";

/** Classes that a message names. */
const NAMED = 10;

/** Why a stage cannot give the test split to a conditional model: a class of it is none of the model's, as far as both are known. */
export function testClassFaults({ model, modelClasses, testClasses }: PlanFacts): Fault[] {
  if (model !== ("conditional" satisfies ModelFamily) || !modelClasses || !testClasses) return [];
  const known = new Set(modelClasses.map(({ label }) => label));
  const others = testClasses.filter(({ label }) => !known.has(label)).map(({ name }) => `"${name}"`);
  if (others.length === 0) return [];
  const shown = others.slice(0, NAMED).join(", ");
  const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : "";
  return [{
    path: "dataset",
    message:
      `must have a test split of the classes that the conditional model was trained on, got ${shown}${more} too ` +
      '(filterClasses({ ..., splits: ["train", "test"] }) leaves them out of both splits)',
  }];
}
