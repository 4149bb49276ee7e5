/** Finds the run to explore, and the file of its model. @module */
import { UsageError } from "../../core/errors.ts";
import { isFileName } from "../../core/paths.ts";
import { typed } from "../../core/typed_command.ts";
import { findOwnRun, listRuns, type RunEntry } from "../../run/list.ts";
import { refuseSweep } from "../refuse_sweep.ts";
import { type RecordedSpec, recordedSpec, type RunRecord } from "../../run/record.ts";

/** A run with a model. */
export interface ModelRun {
  /** The run's folder. */
  readonly folder: string;
  readonly record: RunRecord;
  /** The model's file, relative to the folder. */
  readonly file: string;
}

/**
 * The run by its id, the end of its id, or its folder; without a name the newest one that has a model.
 *
 * @throws {UsageError} When there is none, or it has no model.
 */
export async function findModelRun(name: string | undefined, root: string): Promise<ModelRun> {
  if (name !== undefined) {
    await refuseSweep(name);
    const entry = await findOwnRun(root, name), run = modelRun(entry);
    if (run !== undefined) return run;
    throw new UsageError(
      `"${entry.folder}" must hold a readable run.json and a model, got: ${missing(entry)}`,
    );
  }
  const entries = await listRuns(root), newest = entries.map(modelRun).find((run) => run !== undefined);
  if (newest !== undefined) return newest;
  throw new UsageError(
    `"${root}" must hold a run that has trained a model, got: ${
      entries.length === 0 ? "it holds no runs" : `none of its ${entries.length} runs has one`
    } (${typed("run FILE")} makes one)`,
  );
}

const EXPORTED = "artifacts/model/model.safetensors";

/** The run with its model; `undefined` when its record cannot be read or it has none. */
function modelRun({ folder, record }: RunEntry): ModelRun | undefined {
  if (record === undefined) return undefined;
  const trained = stagesOf(record).filter(({ kind }) => kind === "train");
  const files = [EXPORTED, ...trained.reverse().map(({ name }) => `checkpoints/${name}.safetensors`)];
  const file = files.find((file) => isFile(`${folder}/${file}`));
  return file === undefined ? undefined : { folder, record, file };
}

/** Why a run has no model. */
function missing({ folder, record, status }: RunEntry): string {
  const started = record === undefined
    ? undefined
    : stagesOf(record).find(({ name }) => isFile(`${folder}/checkpoints/${name}.last.safetensors`));
  if (started === undefined) return `it has neither ${EXPORTED} nor the checkpoint of a train stage`;
  return `its stage "${started.name}" has not ended, and writes its model at the end (${
    status === "running" ? typed(`monitor ${record!.id}`) : "--resume auto resumes it"
  })`;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The stages of a recorded pipeline. Paths are built from their names, so stages without a valid file name are left out. */
export function stagesOf(record: RunRecord): RecordedSpec["stages"] {
  return recordedSpec(record)?.stages.filter(({ name }) => isFileName(name)) ?? [];
}
