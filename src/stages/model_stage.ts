/** Stages that work with a trained model. @module */
import type { ModelSupport } from "../models/family.ts";
import type { StageDefinition } from "../pipeline/stage.ts";

/** The definition of a stage that works with a trained model: it states what it does with each family of models. */
export interface ModelStageDefinition<Options, Inputs, Outputs>
  extends StageDefinition<Options, Inputs, Outputs> {
  readonly models: ModelSupport;
}
