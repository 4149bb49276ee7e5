/** A model's parameters, by name. @module */
import { modelLayers } from "./layers.ts";
import type { ModelSpec } from "./spec.ts";
import type { TrainedModel } from "./trained.ts";

/** A named block of numbers. */
export interface Tensor {
  readonly name: string;
  readonly shape: number[];
  readonly data: Float32Array;
}

/** The tensors of a model in the order of its layers: `<layer>.weight` [I, O] and `<layer>.bias` [O]. They share its memory. */
export function modelTensors({ spec, parameters }: Pick<TrainedModel, "spec" | "parameters">): Tensor[] {
  let offset = 0;
  const next = (length: number) => parameters.subarray(offset, offset += length);
  return modelLayers(spec).flatMap(({ name, inputs, outputs }) => [
    { name: `${name}.weight`, shape: [inputs, outputs], data: next(inputs * outputs) },
    { name: `${name}.bias`, shape: [outputs], data: next(outputs) },
  ]);
}

/** How many parameters a model has. */
export function modelSize(spec: ModelSpec): number {
  return modelLayers(spec).reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0);
}
