/**
 * Merges the shards of a sweep.
 *
 * @module
 */
import { UsageError } from "../../core/errors.ts";
import { writeFileAtomically } from "../../core/files.ts";
import { planText, type SweepRecord } from "../folder.ts";
import type { PooledSweep } from "../tables/trial_summary.ts";
import { writeSweepTables } from "../tables/write_tables.ts";
import type { ListedTrial } from "../trial.ts";
import { type BestTrial, bestTrial } from "./best.ts";
import { copyModel } from "./best_model.ts";
import { missingNames, missingText } from "./missing.ts";
import { checkOutput, fillOutput, type Merger } from "./output_folder.ts";
import { type PooledResult, poolResults } from "./pool.ts";
import { resourceNotices } from "./resources.ts";
import { openResultWriter } from "./result_writer.ts";
import { openResults, type ShardResults } from "./shard_results.ts";
import { findShards, type ShardFolder } from "./shards.ts";
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
  /** The most trials of which each result has a file; of more, all are in `trials.jsonl`. @default {10,000} */
  readonly mostFiles?: number;
}

/** What a merge has found and written. */
export interface Merged {
  readonly pooled: PooledSweep;
  /** The folders of runs of the shards, in alphabetical order. */
  readonly runs: readonly string[];
  /** The trials without a result. */
  readonly missing: readonly ListedTrial[];
  readonly best?: BestTrial;
  /** Notices, a sentence each. */
  readonly notices: readonly string[];
}

/** Adds to a merge what other layers make of it, the page for example, in the folder that becomes the output. */
export type WriteMore = (folder: string, merged: Merged) => Promise<void>;

/**
 * Pools the results of the shards of a sweep into one folder: its plan, the results, the tables and the best model. Where anything is wrong,
 * nothing of it is left, and what an earlier merge has written stays. The same results give the same bytes, whichever shards they are in
 * and in whatever order these are named; no time of any machine's clock has a part in it.
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
  const opened: ShardResults[] = [];
  try {
    for (const shard of shards) opened.push(await openResults(shard, plan));
    const missing = plan.trials.filter(({ id }) => !opened.some(({ ids }) => ids.has(id)));
    if (missing.length === plan.trials.length || (missing.length > 0 && !allowPartial)) {
      throw new UsageError(await missingText(plan, missing, shards));
    }
    let merged: Merged | undefined;
    await fillOutput(out, merger, async (folder) => {
      const writer = await openResultWriter(folder, plan.trials.length, options.mostFiles);
      const found = await poolResults(plan, opened, writer).finally(writer.abort);
      merged = await writeMerged(folder, { plan, found, missing, shards, metric: options.metric });
      await writeMore(folder, merged);
      await writeFileAtomically(`${folder}/${SUMMARY_FILE}`, summaryText(merged.pooled, merged));
    });
    return { ...merged!, notices: [...notices, ...merged!.notices] };
  } finally {
    opened.forEach(({ close }) => close());
  }
}

/** Writes the plan, the tables and the best model. */
async function writeMerged(
  folder: string,
  { plan, found, missing, shards, metric }: {
    readonly plan: SweepRecord;
    readonly found: ReadonlyMap<string, PooledResult>;
    readonly missing: readonly ListedTrial[];
    readonly shards: readonly ShardFolder[];
    readonly metric?: string;
  },
): Promise<Merged> {
  const pooled = { plan, results: new Map([...found].map(([id, { result }]) => [id, result])) };
  const best = bestTrial(pooled, metric);
  await writeFileAtomically(`${folder}/sweep.json`, planText(plan));
  await writeSweepTables(folder, pooled);
  const problem = best === undefined
    ? "no complete trial has a metric with a direction"
    : await copyModel(found.get(best.trial)!, `${folder}/model`);
  return {
    pooled,
    runs: [...new Set(shards.map(({ runs }) => runs))].sort(),
    missing,
    ...(best === undefined ? {} : { best }),
    notices: [
      ...(missing.length === 0 ? [] : [`without ${missingNames(missing)}, which are missing`]),
      ...resourceNotices(pooled.results.values()),
      ...(problem === undefined ? [] : [`the best model is not copied: ${problem}`]),
    ],
  };
}
