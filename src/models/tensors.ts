/** A model's parameters, by name. @module */
import { z } from "zod";
import { messageOf, RunError } from "../core/errors.ts";
import { encodeSafetensors } from "../core/safetensors.ts";
import { ScaleRecord } from "../core/scale.ts";
import { otherVersion, OtherVersionError, SCHEMA } from "../core/schema_version.ts";
import { sampleSize } from "../core/shape.ts";
import { modelParameters } from "./layers.ts";
import { inputShape, ModelSpec } from "./spec.ts";
import type { TrainedModel } from "./trained.ts";
import { ModelUseRecord } from "./use.ts";

/** A named block of numbers. */
export interface Tensor {
  readonly name: string;
  readonly shape: number[];
  readonly data: Float32Array;
}

/** The tensors of a model in the order of its layers, `<layer>.<parameter>` each. They share its memory. */
export function modelTensors({ spec, parameters }: Pick<TrainedModel, "spec" | "parameters">): Tensor[] {
  let offset = 0;
  return modelParameters(spec).map(({ name, shape }) => ({
    name,
    shape: [...shape],
    data: parameters.subarray(offset, offset += sampleSize(shape)),
  }));
}

/** The bytes of a model's file, safetensors with all that using it needs in its metadata: the same wherever the same model is written. */
export function encodeModel(
  { spec, parameters, scale, featureNames, use, epoch }: Omit<TrainedModel, "shape">,
): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(modelTensors({ spec, parameters }), {
    format: "hourglass",
    schema: String(SCHEMA.model),
    model: JSON.stringify(spec),
    scale: JSON.stringify(scale),
    ...(featureNames && { features: JSON.stringify(featureNames) }),
    ...(use === undefined ? {} : { use: JSON.stringify(use) }),
    ...(epoch === undefined ? {} : { epoch: String(epoch) }),
  });
}

/**
 * What the metadata of a model's file hold: its topology, the shape of a sample, the scale of the data, and what else using it needs.
 *
 * @throws {RunError} When an entry is missing or damaged, or another version wrote it.
 */
export function readModelMetadata(
  { model, scale, features, use, epoch, schema }: Readonly<Record<string, string | undefined>>,
  file: string,
): Pick<TrainedModel, "spec" | "shape" | "scale" | "featureNames" | "use" | "epoch"> {
  if (model === undefined) {
    throw new RunError(`"${file}": the metadata must describe the model in "model", got no such entry`);
  }
  const other = otherVersion("model", schema === undefined ? undefined : Number(schema), file);
  if (other !== undefined) throw new OtherVersionError(other);
  const spec = readEntry(ModelSpec, model, `"${file}": the metadata must describe the model in "model"`);
  const mustHold = `"${file}": the metadata must hold the scale of the data in "scale"`;
  const mustName = `"${file}": the metadata must hold the names of the features in "features"`;
  const mustSay = `"${file}": the metadata must hold how to use the model in "use"`;
  return {
    spec,
    shape: inputShape(spec),
    scale: readEntry(ScaleRecord, scale, mustHold),
    ...(features !== undefined && { featureNames: readEntry(z.array(z.string()), features, mustName) }),
    ...(use === undefined ? {} : { use: readEntry(ModelUseRecord, use, mustSay) }),
    ...(epoch !== undefined && /^\d+$/.test(epoch) ? { epoch: Number(epoch) } : {}),
  };
}

function readEntry<Value>(schema: z.ZodType<Value>, text: string | undefined, must: string): Value {
  if (text === undefined) throw new RunError(`${must}, got no such entry`);
  try {
    return schema.parse(JSON.parse(text));
  } catch (thrown) {
    throw new RunError(`${must}, got: ${messageOf(thrown)}`);
  }
}

/** How many parameters a model has. */
export function modelSize(spec: ModelSpec): number {
  return modelParameters(spec).reduce((sum, { shape }) => sum + sampleSize(shape), 0);
}
