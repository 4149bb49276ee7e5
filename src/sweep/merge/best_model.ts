/**
 * Copies the model of the best trial.
 *
 * @module
 */
import { messageOf, UsageError } from "../../core/errors.ts";
import { writeFileAtomically } from "../../core/files.ts";
import { isInnerPath } from "../../core/paths.ts";
import { findModelFile, readModel } from "../../models/model_file.ts";
import type { PooledResult } from "./pool.ts";
import { bestOfMerge } from "./summary.ts";

/** The folder of an exported model, in that of a run; the name of its weights. */
const EXPORTED = "artifacts/model", WEIGHTS = "model.safetensors";

/**
 * Copies the model of a trial's run, with all that was exported beside it, into a folder, which it makes. Where a shard is a merge itself,
 * that is the model which the merge has copied.
 *
 * @returns Why there is none to copy, as a sentence; `undefined` where it was copied.
 * @throws {UsageError} When it is damaged, as it is where only half of it was copied.
 */
export async function copyModel({ result, shards }: PooledResult, to: string): Promise<string | undefined> {
  const { folder, trial } = result;
  const merges = await Array.fromAsync(
    shards,
    async (shard) => (await bestOfMerge(shard.folder))?.trial === trial ? [shard] : [],
  );
  const copies = merges.flat().map((shard) => `${shard.folder}/model`);
  const copy = await firstFolder(copies);
  if (copy !== undefined) return await copyExported(copy, to, trial);
  if (folder === undefined || !isInnerPath(folder)) return `trial ${trial} names no folder of a run`;
  const candidates = shards.map(({ runs }) => `${runs}/${folder}`).sort(),
    run = await firstFolder(candidates);
  if (run === undefined) {
    return `"${candidates[0]}" is not there: only the results of the shard were copied, not its runs`;
  }
  const { file, problem } = modelIn(run);
  if (file === undefined) return problem;
  if (file === `${run}/${EXPORTED}/${WEIGHTS}`) return await copyExported(`${run}/${EXPORTED}`, to, trial);
  checkModel(file, trial);
  await Deno.mkdir(to);
  await copyFile(file, `${to}/${WEIGHTS}`);
}

/** Copies a folder of an exported model. */
async function copyExported(from: string, to: string, trial: string): Promise<undefined> {
  checkModel(`${from}/${WEIGHTS}`, trial);
  await Deno.mkdir(to);
  await copyFolder(from, to);
}

/** The first of some paths, in alphabetical order, that is a folder. */
async function firstFolder(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths.toSorted()) {
    if (await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false)) return path;
  }
  return undefined;
}

function modelIn(run: string): { readonly file?: string; readonly problem?: string } {
  try {
    return { file: findModelFile(run) };
  } catch (thrown) {
    if (thrown instanceof UsageError) return { problem: thrown.message };
    throw thrown;
  }
}

function checkModel(file: string, trial: string): void {
  try {
    readModel(file);
  } catch (thrown) {
    throw new UsageError(`the model of trial ${trial} must be whole: ${messageOf(thrown)} (copy it again)`);
  }
}

/** Copies the files in a folder and below. Links, which may lead anywhere, are left out. */
async function copyFolder(from: string, to: string): Promise<void> {
  for await (const { name, isFile, isDirectory } of Deno.readDir(from)) {
    if (isFile) await copyFile(`${from}/${name}`, `${to}/${name}`);
    else if (isDirectory) {
      await Deno.mkdir(`${to}/${name}`);
      await copyFolder(`${from}/${name}`, `${to}/${name}`);
    }
  }
}

async function copyFile(from: string, to: string): Promise<void> {
  await writeFileAtomically(to, await Deno.readFile(from));
}
