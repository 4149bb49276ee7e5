/** A model with its weights. @module */
import type { ModelSpec } from "./options.ts";

/** A trained model: its topology, its parameters in the order of its layers, and the size of its images. */
export interface TrainedModel {
  /** Its topology. */
  readonly spec: ModelSpec;
  /** Layer by layer: its parameters in order, each row-major. */
  readonly parameters: Float32Array;
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
  /** The epoch of the weights, where it is known; 0: before the first. */
  readonly epoch?: number;
}
