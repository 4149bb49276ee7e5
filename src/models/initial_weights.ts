/** Initial weights from a file: of a model of this program, or of a `state_dict` of PyTorch. @module */
import { createHash } from "node:crypto";
import { RunError } from "../core/errors.ts";
import { decodeSafetensors, type NamedTensor } from "../core/safetensors.ts";
import { sampleSize } from "../core/shape.ts";
import { findModelFile, readModelBytes } from "./model_file.ts";
import { fromPytorch, pytorchName, pytorchShape } from "./pytorch/names.ts";
import type { ModelSpec } from "./spec.ts";
import { modelSize, modelTensors } from "./tensors.ts";

/** SHA-256 of the file of initial weights, in hexadecimal: results depend on its content, not on its name. */
export function initialHash(path: string): string {
  return createHash("sha256").update(readModelBytes(findModelFile(path))).digest("hex");
}

/** What our own files have in their metadata. PyTorch's have another format, or none. */
const OWN = "hourglass";

/**
 * The weights in a file or in a run's folder, for a model.
 *
 * @throws {RunError} When the file has not all tensors of the model in their shapes; all that do not fit are listed.
 */
export function initialWeights(path: string, spec: ModelSpec): Float32Array {
  const file = findModelFile(path), { tensors, metadata } = decodeSafetensors(readModelBytes(file), file);
  const isOwn = metadata.format === OWN, faults: string[] = [];
  const parameters = new Float32Array(modelSize(spec)),
    found = new Map(tensors.map((one) => [one.name, one]));
  for (const wanted of modelTensors({ spec, parameters })) {
    const name = isOwn ? wanted.name : pytorchName(wanted.name);
    const shape = isOwn ? wanted.shape : pytorchShape(wanted.shape);
    const tensor = found.get(name);
    found.delete(name);
    if (tensor === undefined || !isOfShape(tensor, shape)) {
      faults.push(`${name} [${shape}], got ${tensor === undefined ? "none" : `[${tensor.shape}]`}`);
    } else wanted.data.set(isOwn ? tensor.data : fromPytorch(tensor.data, wanted.shape));
  }
  const others = [...found.keys()].map((name) => `no ${name}, got [${found.get(name)!.shape}]`);
  if (faults.length + others.length === 0) return parameters;
  const kind = isOwn ? "" : " as a state_dict of PyTorch";
  throw new RunError(`initial: "${file}"${kind} must have ${[...faults, ...others].join("; ")}`);
}

/** Whether a tensor has a shape; a vector may be written as a row. */
function isOfShape({ shape, data }: NamedTensor, wanted: readonly number[]): boolean {
  const dimensions = shape.length > wanted.length ? shape.filter((size) => size !== 1) : shape;
  return data.length === sampleSize(wanted) &&
    (dimensions.join() === wanted.join() || shape.join() === `1,${wanted}`);
}
