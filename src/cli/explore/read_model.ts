/** Reads a model from the safetensors file of a run. @module */
import { messageOf, RunError } from "../../core/errors.ts";
import { decodeSafetensors } from "../../core/safetensors.ts";
import { modelSize, modelTensors, readModelMetadata } from "../../models/tensors.ts";
import type { TrainedModel } from "../../models/trained.ts";

/**
 * Reads the model in a file.
 *
 * @throws {RunError} When the file is damaged, or its tensors are not those of the model it names.
 */
export function readModel(path: string): TrainedModel {
  const { tensors, metadata } = decodeSafetensors(readBytes(path), path);
  const described = readModelMetadata(metadata, path), { spec } = described;
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
  return { ...described, parameters };
}

function readBytes(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (thrown) {
    throw new RunError(`Cannot read "${path}": ${messageOf(thrown)}`);
  }
}
