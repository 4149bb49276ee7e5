/** A model with its weights. @module */
import type { ModelSpec } from "./spec.ts";

/** A trained model: its topology, its parameters in the order of its layers, and the size of its images. */
export interface TrainedModel {
  readonly spec: ModelSpec;
  /** Layer by layer: weight [I, O] row-major, then bias [O]. */
  readonly parameters: Float32Array;
  readonly height: number;
  readonly width: number;
}
