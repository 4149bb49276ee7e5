/**
 * What a path on a command line holds, as samples of a model.
 *
 * @module
 */
import { UsageError } from "../core/errors.ts";
import { openSource, type SourceInput, SourceSpec } from "../data/source.ts";
import type { TrainedModel } from "../models/trained.ts";
import { arrayInput } from "./array_input.ts";
import { fileOfArray, isArrayName } from "./array_name.ts";
import { isPictureName, pictureInput, picturesAt } from "./picture_files.ts";
import { type SampleInput, splitInput } from "./sample_input.ts";
import { isTableName, tableInput } from "./table_input.ts";

/** The most memory that samples of a source may take. */
const MEMORY = 256e6;

/** The source that reads a file, by its name; its samples are all in one split, in their order. `undefined`: none does. */
function sourceOfInput(path: string): SourceInput | undefined {
  if (/(\.idx|idx\d-ubyte)(\.gz)?$/i.test(path)) return { source: "idx", images: path, testShare: 0 };
  return undefined;
}

/**
 * Opens a folder of pictures, a picture, or a file of arrays.
 *
 * @throws {UsageError} When nothing is there, or nothing reads it.
 */
export async function openInputFile(
  path: string,
  model: TrainedModel,
  note: (message: string) => void,
): Promise<SampleInput> {
  const isFolder = checkInputFile(path);
  if (isFolder || isPictureName(path)) {
    return pictureInput(await picturesAt(path, note), model, path);
  }
  if (isArrayName(path)) return await arrayInput(path, note);
  if (isTableName(path)) return await tableInput(path, model, note);
  const source = sourceOfInput(path);
  if (source === undefined) {
    throw new UsageError(
      `input must be a folder of pictures, a picture, a table (.csv, .tsv, .parquet), .npy, .npz:ARRAY or IDX, got "${path}"`,
    );
  }
  const { train, shape } = await openSource(SourceSpec.parse(source), { seed: 0, memory: MEMORY, log: note });
  return splitInput(train, shape);
}

/** Whether an input is a folder. @throws {UsageError} When it is not there, or is a pipe. */
export function checkInputFile(path: string): boolean {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(fileOfArray(path));
  } catch (thrown) {
    const reason = thrown instanceof Deno.errors.NotFound ? "which does not exist" : "which may not be read";
    throw new UsageError(`input must be a file or a folder, got "${path}", ${reason}`);
  }
  if (info.isDirectory || info.isFile) return info.isDirectory;
  throw new UsageError(`input must be a file or a folder, got "${path}", which is a pipe or device`);
}
