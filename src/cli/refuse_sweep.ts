/** The folder of a sweep, or of a merge of its shards, where a command takes a run. @module */
import { UsageError } from "../core/errors.ts";
import { statIfThere } from "../core/files.ts";
import { mergedModelFile } from "../models/model_file.ts";
import { findSweep } from "../sweep/find_sweep.ts";
import { bestOfMerge, SUMMARY_FILE } from "../sweep/merge/summary.ts";

const isFile = (path: string) => statIfThere(path)?.isFile === true;

/** Whether a folder is that of a merge with the best model. */
export function hasMergedModel(folder: string): boolean {
  return isFile(`${folder}/${SUMMARY_FILE}`) && isFile(mergedModelFile(folder));
}

/**
 * Refuses the folder of a sweep, or of a merge, and names the run to give instead; does nothing for any other folder.
 *
 * @throws {UsageError}
 */
export async function refuseSweep(path: string): Promise<void> {
  const folder = await findSweep(path);
  if (folder === undefined) return;
  const found = isFile(`${folder}/${SUMMARY_FILE}`)
    ? await mergeText(folder)
    : "the folder of a sweep (pass the run of one of its trials)";
  const page = `${folder}/index.html`;
  throw new UsageError(`"${path}" must be a run, got ${found}${isFile(page) ? `: its page is ${page}` : ""}`);
}

async function mergeText(folder: string): Promise<string> {
  const best = await bestOfMerge(folder);
  if (best === undefined) return "a merge without a best trial (pass the run of one of its trials)";
  const run = best.run === null ? `trial ${best.trial}` : `run ${best.run}`;
  return `a merge whose best trial is ${run} (pass that run, with --runs FOLDER of its shard)`;
}
