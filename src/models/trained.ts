/** A model with its weights. @module */
import type { Scale } from "../core/scale.ts";
import type { SampleShape } from "../core/shape.ts";
import type { ModelSpec } from "./options.ts";
import type { ModelUse } from "./use.ts";

/** A trained model: its topology, its parameters in the order of its layers, and what its samples are. */
export interface TrainedModel {
  /** Its topology. */
  readonly spec: ModelSpec;
  /** Layer by layer: its parameters in order, each row-major. */
  readonly parameters: Float32Array;
  /** The shape of a sample. */
  readonly shape: SampleShape;
  /** How values in the units of the data become what the model sees, and back. */
  readonly scale: Scale;
  /** The name of each value of a sample, where they have names. */
  readonly featureNames?: readonly string[];
  /** The epoch of the weights, where it is known; 0: before the first. */
  readonly epoch?: number;
  /** What using it without its run needs, where it is known. */
  readonly use?: ModelUse;
}
