/** Finds the run that is to be explored, and the file of its model. @module */
import { nearest, UsageError } from "../../core/errors.ts";
import { RunRecord } from "../../run/record.ts";

/** A run with a model. */
export interface ModelRun {
  /** The run's folder. */
  readonly folder: string;
  readonly record: RunRecord;
  /** The model's file, relative to the folder. */
  readonly file: string;
}

/**
 * The run by its id, or by its folder; without a name the newest one that has a model.
 *
 * @throws {UsageError} When there is none, or it has no model.
 */
export function findRun(name: string | undefined, root: string): ModelRun {
  const folders = runFolders(root);
  if (name === undefined) {
    for (const folder of folders) {
      const run = modelRun(folder);
      if (run !== undefined) return run;
    }
    throw new UsageError(
      `Cannot explore as "${root}" must hold a run that has trained a model: ${
        folders.length === 0 ? "it holds no runs" : `none of its ${folders.length} runs has one`
      } (deno task run pipelines/glyphs-ae.ts makes one in seconds)`,
    );
  }
  const folder = isRunFolder(name) ? withoutSlash(name) : folders.find((folder) => idOf(folder) === name);
  if (folder === undefined) {
    const near = nearest(name, folders.map(idOf)),
      hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
    throw new UsageError(
      `Cannot explore as a run must be named by its id under "${root}" or by its folder: current value is "${name}"${hint}`,
    );
  }
  const run = modelRun(folder);
  if (run !== undefined) return run;
  throw new UsageError(
    `Cannot explore "${folder}" as it must hold a readable run.json and a model: it has neither ${EXPORTED} nor the ` +
      "checkpoint of a train stage",
  );
}

const EXPORTED = "artifacts/model/model.safetensors";

const withoutSlash = (path: string) => path.replace(/(?<=.)\/+$/, "");
const idOf = (folder: string) => folder.slice(folder.lastIndexOf("/") + 1);

/** All run folders, the newest first: an id begins with the time. */
function runFolders(root: string): string[] {
  const folders = namesIn(root).flatMap((pipeline) =>
    namesIn(`${root}/${pipeline}`).map((id) => `${root}/${pipeline}/${id}`)
  );
  return folders.filter(isRunFolder).sort((a, b) => idOf(a) < idOf(b) ? 1 : -1);
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function isRunFolder(folder: string): boolean {
  return isFile(`${folder}/run.json`);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The run of a folder; `undefined` when its record cannot be read or it has no model. */
function modelRun(folder: string): ModelRun | undefined {
  const record = readRecord(folder);
  if (record === undefined) return undefined;
  const trained = stagesOf(record).filter(({ kind }) => kind === "train");
  const files = [EXPORTED, ...trained.reverse().map(({ name }) => `checkpoints/${name}.safetensors`)];
  const file = files.find((file) => isFile(`${folder}/${file}`));
  return file === undefined ? undefined : { folder, record, file };
}

function readRecord(folder: string): RunRecord | undefined {
  try {
    return RunRecord.parse(JSON.parse(Deno.readTextFileSync(`${folder}/run.json`)));
  } catch {
    return undefined;
  }
}

/** A stage as the record has it, as far as it is one. */
export interface RecordedStage {
  readonly name: string;
  readonly kind: string;
  readonly options: unknown;
}

/** The stages of a recorded pipeline. */
export function stagesOf({ spec }: RunRecord): RecordedStage[] {
  const stages = (spec as { stages?: unknown } | null)?.stages;
  return Array.isArray(stages)
    ? stages.filter((stage) => typeof stage?.name === "string" && typeof stage?.kind === "string")
    : [];
}
