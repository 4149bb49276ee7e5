/** A model's parameters, by name. @module */
import { messageOf, RunError } from "../core/errors.ts";
import { encodeSafetensors } from "../core/safetensors.ts";
import { otherVersion, OtherVersionError, SCHEMA } from "../core/schema_version.ts";
import { sampleSize } from "../core/shape.ts";
import { modelLayers } from "./layers.ts";
import { ModelSpec } from "./spec.ts";
import type { TrainedModel } from "./trained.ts";

/** A named block of numbers. */
export interface Tensor {
  readonly name: string;
  readonly shape: number[];
  readonly data: Float32Array;
}

/** The tensors of a model in the order of its layers, `<layer>.<parameter>` each. They share its memory. */
export function modelTensors({ spec, parameters }: Pick<TrainedModel, "spec" | "parameters">): Tensor[] {
  let offset = 0;
  return modelLayers(spec).flatMap((layer) =>
    layer.parameters.map(({ name, shape }) => ({
      name: `${layer.name}.${name}`,
      shape: [...shape],
      data: parameters.subarray(offset, offset += sampleSize(shape)),
    }))
  );
}

/** The bytes of a model's file, safetensors with its topology: the same wherever the same model is written. */
export function encodeModel(
  { spec, parameters, epoch }: Pick<TrainedModel, "spec" | "parameters" | "epoch">,
): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(modelTensors({ spec, parameters }), {
    format: "hourglass",
    schema: String(SCHEMA.model),
    model: JSON.stringify(spec),
    ...(epoch === undefined ? {} : { epoch: String(epoch) }),
  });
}

/**
 * The topology in the metadata of a model's file.
 *
 * @throws {RunError} When it holds none, or another version wrote it.
 */
export function readModelSpec(
  { model, schema }: Readonly<Record<string, string | undefined>>,
  file: string,
): ModelSpec {
  const mustDescribe = `"${file}": the metadata must describe the model in "model"`;
  if (model === undefined) throw new RunError(`${mustDescribe}, got no such entry`);
  const other = otherVersion("model", schema === undefined ? undefined : Number(schema), file);
  if (other !== undefined) throw new OtherVersionError(other);
  try {
    return ModelSpec.parse(JSON.parse(model));
  } catch (thrown) {
    throw new RunError(`${mustDescribe}, got: ${messageOf(thrown)}`);
  }
}

/** How many parameters a model has. */
export function modelSize(spec: ModelSpec): number {
  return modelLayers(spec).flatMap(({ parameters }) => parameters)
    .reduce((sum, { shape }) => sum + sampleSize(shape), 0);
}
