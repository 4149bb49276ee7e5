/** Finds and reads the file of a trained model. @module */
import { messageOf, RunError, UsageError } from "../core/errors.ts";
import { decodeSafetensors, type NamedTensor } from "../core/safetensors.ts";
import { modelSize, modelTensors, readModelMetadata } from "./tensors.ts";
import type { TrainedModel } from "./trained.ts";

/** Where a run has its model: exported, or as its train stage left it. Entries of the cache have the same below `files/`. */
const EXPORTED = "artifacts/model/model.safetensors", CHECKPOINTS = "checkpoints";

/** Where the merge of a sweep in a folder has its best model, if it has one. */
export function mergedModelFile(folder: string): string {
  return `${folder}/model/model.safetensors`;
}

/**
 * The file of a model: the path itself where it is a file, else the model in a run's folder, in that of a cached result, or the best model in
 * the folder of a merged sweep.
 *
 * @throws {UsageError} When nothing is there, or the folder has no model, or several.
 */
export function findModelFile(path: string): string {
  const folder = path.replace(/(?<=.)\/+$/, ""), found = kindOf(folder);
  if (found === "file") return folder;
  if (found === "nothing") {
    throw new UsageError(`"${path}" must be a model's file or the folder of a run, got nothing of that name`);
  }
  for (const root of [folder, `${folder}/files`]) {
    const exported = `${root}/${EXPORTED}`;
    if (kindOf(exported) === "file") return exported;
    const trained = modelsIn(`${root}/${CHECKPOINTS}`);
    if (trained.length === 1) return trained[0];
    if (trained.length > 1) {
      throw new UsageError(
        `"${path}" must have one model, got ${trained.join(", ")} (pass one of these files)`,
      );
    }
  }
  const merged = mergedModelFile(folder);
  if (kindOf(merged) === "file") return merged;
  throw new UsageError(
    `"${path}" must have a model, got neither ${EXPORTED} nor a file of a train stage in ${CHECKPOINTS}/ ` +
      "(a train stage writes its model at its end)",
  );
}

function kindOf(path: string): "file" | "folder" | "nothing" {
  try {
    return Deno.statSync(path).isDirectory ? "folder" : "file";
  } catch {
    return "nothing";
  }
}

/** The models of train stages, without the checkpoints to resume from. */
function modelsIn(folder: string): string[] {
  try {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    return names.filter((name) =>
      /^[^.].*\.safetensors$/.test(name) && !/\.(last|previous)\.safetensors$/.test(name)
    )
      .sort().map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

/**
 * Reads the model in a file.
 *
 * @throws {RunError} When the file is damaged, or its tensors are not those of the model it names.
 */
export function readModel(path: string): TrainedModel {
  const { tensors, metadata } = decodeSafetensors(readModelBytes(path), path);
  const described = readModelMetadata(metadata, path), { spec } = described;
  const parameters = new Float32Array(modelSize(spec));
  const found = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, shape, data } of modelTensors({ spec, parameters })) {
    const tensor = found.get(name);
    if (tensor === undefined || !fits(tensor, shape)) {
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

/** Whether a tensor has a shape, where a bias may be written as a row. */
function fits({ shape, data }: NamedTensor, wanted: readonly number[]): boolean {
  return data.length === wanted.reduce((product, size) => product * size, 1) &&
    shape.at(-1) === wanted.at(-1);
}

/** At most how many bytes of a model are read: beyond this no array of JavaScript holds them. */
const MOST_BYTES = 2 ** 32;

/** The bytes of a model's file. A pipe or a device, which would block forever, is refused. */
export function readModelBytes(path: string): Uint8Array {
  try {
    const { isFile, size } = Deno.statSync(path);
    if (!isFile) throw new Error("it is no regular file");
    if (size > MOST_BYTES) throw new Error(`it has ${size} bytes`);
    return Deno.readFileSync(path);
  } catch (thrown) {
    throw new RunError(`Cannot read "${path}": ${messageOf(thrown)}`);
  }
}
