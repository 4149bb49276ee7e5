/** Reads a model from the safetensors file of a run. @module */
import { messageOf, RunError } from "../../core/errors.ts";
import { decodeSafetensors } from "../../core/safetensors.ts";
import type { ModelSpec } from "../../models/spec.ts";
import { modelSize, modelTensors, readModelSpec } from "../../models/tensors.ts";

/** A model's topology and weights. */
export interface StoredModel {
  readonly spec: ModelSpec;
  /** In the order of the layers. */
  readonly parameters: Float32Array;
}

/**
 * Reads the model in a file.
 *
 * @throws {RunError} When the file is damaged, or its tensors are not those of the model it names.
 */
export function readModel(path: string): StoredModel {
  const { tensors, metadata } = decodeSafetensors(readBytes(path), path);
  const spec = readModelSpec(metadata, path);
  const parameters = new Float32Array(modelSize(spec));
  const found = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, shape, data } of modelTensors({ spec, parameters })) {
    const tensor = found.get(name);
    // A bias may be written as a row.
    if (tensor === undefined || tensor.data.length !== data.length || tensor.shape.at(-1) !== shape.at(-1)) {
      throw new RunError(
        `"${path}": tensor "${name}" must have the shape [${shape}], got ${
          tensor === undefined ? "no such tensor" : `[${tensor.shape}]`
        }`,
      );
    }
    data.set(tensor.data);
  }
  return { spec, parameters };
}

function readBytes(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (thrown) {
    throw new RunError(`Cannot read "${path}": ${messageOf(thrown)}`);
  }
}
