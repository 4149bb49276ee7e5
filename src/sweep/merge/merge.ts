/**
 * Merges the shards of a sweep.
 *
 * @module
 */
import { UsageError } from "../../core/errors.ts";
import { writeFileAtomically } from "../../core/files.ts";
import { planText, trialsFolder } from "../folder.ts";
import { resultFile } from "../result.ts";
import type { PooledSweep } from "../tables/trial_summary.ts";
import { writeSweepTables } from "../tables/write_tables.ts";
import type { ListedTrial } from "../trial.ts";
import { type BestTrial, bestTrial } from "./best.ts";
import { copyModel } from "./best_model.ts";
import { missingNames, missingText } from "./missing.ts";
import { checkOutput, fillOutput, type Merger } from "./output_folder.ts";
import { type PooledResult, poolResults } from "./pool.ts";
import { resourceNotices } from "./resources.ts";
import { findShards } from "./shards.ts";
import { SUMMARY_FILE, summaryText } from "./summary.ts";

/** What a merge is to do. */
export interface MergeOptions {
  /** Folders of runs, or of sweeps. */
  readonly folders: readonly string[];
  /** The folder that it writes. */
  readonly out: string;
  readonly merger: Merger;
  /** Which sweep, where the folders hold several: the name of its pipeline, or its id. */
  readonly sweep?: string;
  /** The metric by which the best trial is chosen. @default {see {@link bestTrial}} */
  readonly metric?: string;
  /** Whether trials may be missing. @default {false} */
  readonly allowPartial?: boolean;
}

/** What a merge has found and written. */
export interface Merged {
  readonly pooled: PooledSweep;
  /** The trials without a result. */
  readonly missing: readonly ListedTrial[];
  readonly best?: BestTrial;
  /** What is worth knowing, a sentence each. */
  readonly notices: readonly string[];
  /** The folders of runs of the shards, in alphabetical order. */
  readonly runs: readonly string[];
}

/** Adds to a merge what other layers make of it, the page for example, in the folder that becomes the output. */
export type WriteMore = (folder: string, merged: Merged) => Promise<void>;

/**
 * Pools the results of the shards of a sweep into one folder: its plan, the results, the tables and the best model. All is checked before
 * anything is written. The same results give the same bytes, whichever shards they are in and in whatever order these are named; no time of
 * any machine's clock has a part in it.
 *
 * @throws {UsageError} When the folders hold other sweeps, results that differ, or not all trials; or when the output is something else.
 */
export async function mergeShards(
  options: MergeOptions,
  writeMore: WriteMore = async () => {},
): Promise<Merged> {
  const { folders, out, merger, allowPartial = false } = options;
  const { plan, shards, notices } = await findShards(folders, options.sweep);
  await checkOutput(out, plan.sweep, shards.map(({ folder }) => folder));
  const found = await poolResults(plan, shards);
  const missing = plan.trials.filter(({ id }) => !found.has(id));
  if (missing.length === plan.trials.length || (missing.length > 0 && !allowPartial)) {
    throw new UsageError(await missingText(plan, missing, shards));
  }
  const pooled = { plan, results: new Map([...found].map(([id, { result }]) => [id, result])) };
  const best = bestTrial(pooled, options.metric);
  let merged: Merged = {
    pooled,
    missing,
    ...(best === undefined ? {} : { best }),
    notices: [...notices, ...partialNotice(missing), ...resourceNotices(pooled.results.values())],
    runs: [...new Set(shards.map(({ runs }) => runs))].sort(),
  };
  await fillOutput(out, merger, async (folder) => {
    const problem = await writeMerged(folder, merged, found);
    if (problem !== undefined) merged = { ...merged, notices: [...merged.notices, problem] };
    await writeMore(folder, merged);
    await writeFileAtomically(`${folder}/${SUMMARY_FILE}`, summaryText(pooled, merged));
  });
  return merged;
}

function partialNotice(missing: readonly ListedTrial[]): string[] {
  return missing.length === 0 ? [] : [`without ${missingNames(missing)}, which are missing`];
}

/** Writes everything but the summary; returns why the best model is not there, as a sentence. */
async function writeMerged(
  folder: string,
  { pooled, best }: Merged,
  found: ReadonlyMap<string, PooledResult>,
): Promise<string | undefined> {
  await writeFileAtomically(`${folder}/sweep.json`, planText(pooled.plan));
  await copyResults(folder, found.values());
  await writeSweepTables(folder, pooled);
  if (best === undefined) return "no model is copied, as no complete trial has a metric with a direction";
  const problem = await copyModel(found.get(best.trial)!, `${folder}/model`);
  return problem === undefined ? undefined : `the best model is not copied: ${problem}`;
}

/** Files that are copied at once. */
const AT_ONCE = 64;

/**
 * Copies the results. They are not taken to the disk one by one, which would take a hundred times as long: the folder gets its name only when
 * all are written, and after a power cut it can be merged again.
 */
async function copyResults(folder: string, found: Iterable<PooledResult>): Promise<void> {
  const all = [...found];
  await Deno.mkdir(trialsFolder(folder));
  for (let start = 0; start < all.length; start += AT_ONCE) {
    await Promise.all(
      all.slice(start, start + AT_ONCE).map(({ result: { trial }, shards: [from] }) =>
        Deno.copyFile(resultFile(from.folder, trial), resultFile(folder, trial))
      ),
    );
  }
}
