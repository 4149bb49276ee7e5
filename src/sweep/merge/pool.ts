/**
 * Pools the results of shards.
 *
 * @module
 */
import { UsageError } from "../../core/errors.ts";
import type { SweepRecord } from "../folder.ts";
import { resultFile, resultText, type TrialResult } from "../result.ts";
import { summarizer, type TrialSummary } from "../tables/trial_summary.ts";
import { conflict } from "./conflict.ts";
import type { ResultWriter } from "./result_writer.ts";
import type { ShardResults } from "./shard_results.ts";
import type { ShardFolder } from "./shards.ts";

/** The result of a trial, and the shards that have it. */
export interface PooledResult {
  readonly result: TrialSummary;
  readonly shards: readonly ShardFolder[];
}

/** A result as it was read. */
interface FoundResult {
  readonly result: TrialResult;
  readonly shards: readonly ShardFolder[];
}

/** Trials that are read at once: a network file system answers each after a while, but several together. */
const AT_ONCE = 16;

/**
 * Reads the results of all shards in the order of the plan, and passes them to a writer, so that they are not in memory together. Where
 * several shards have the same trial, a result counts more than a failure; of equal ones the first by its text, so that the order of the
 * shards does not matter.
 *
 * @throws {UsageError} When one cannot be read or is of another sweep, or when two of a trial differ; the message names the files.
 */
export async function poolResults(
  { trials }: SweepRecord,
  shards: readonly ShardResults[],
  writer: ResultWriter,
): Promise<Map<string, PooledResult>> {
  const pooled = new Map<string, PooledResult>(), summarize = summarizer();
  const withResult = trials.map(({ id }) => id).filter((id) => shards.some(({ ids }) => ids.has(id)));
  for (let start = 0; start < withResult.length; start += AT_ONCE) {
    const ids = withResult.slice(start, start + AT_ONCE);
    const found = await Promise.all(
      ids.map((id) => readTrial(id, shards.filter(({ ids }) => ids.has(id)), summarize)),
    );
    await writer.write(found.map(({ result }) => result));
    for (const { result, shards } of found) pooled.set(result.trial, { result: summarize(result), shards });
  }
  writer.finish();
  checkMeasured(pooled.values());
  return pooled;
}

/** The result of a trial that counts. */
async function readTrial(
  id: string,
  shards: readonly ShardResults[],
  summarize: (result: TrialResult) => TrialSummary,
): Promise<FoundResult> {
  const found = await Promise.all(
    shards.map(async ({ shard, read }): Promise<FoundResult> => ({
      result: await read(id),
      shards: [shard],
    })),
  );
  return found.reduce((before, next) => joined(before, next, summarize));
}

/** Which of two results of a trial counts. @throws {UsageError} When they differ. */
function joined(
  before: FoundResult,
  next: FoundResult,
  summarize: (result: TrialResult) => TrialSummary,
): FoundResult {
  const both = [before, next], { trial } = next.result;
  const difference = conflict(summarize(before.result), summarize(next.result));
  if (difference !== undefined) {
    const files = both.map(({ shards: [{ folder }] }) => `\n    ${resultFile(folder, trial)}`).join("");
    throw new UsageError(
      `trial ${trial} must have one result, got two that differ in ${difference}:${files}\n` +
        "    (remove the one that is not to count)",
    );
  }
  const [first, second] = both.map(({ result }) => result.state === "failed" ? 1 : 0);
  if (first !== second) return first < second ? before : next;
  const [text, other] = both.map(({ result }) => resultText(result));
  if (text === other) return { ...before, shards: [...before.shards, ...next.shards] };
  return text < other ? before : next;
}

/** Refuses a complete trial without any metric where others have some. */
function checkMeasured(pooled: Iterable<PooledResult>): void {
  const complete = [...pooled].filter(({ result }) => result.state === "complete");
  const unmeasured = complete.find(({ result }) => result.values.length === 0);
  if (unmeasured === undefined || complete.every(({ result }) => result.values.length === 0)) return;
  const { result: { trial }, shards: [{ folder }] } = unmeasured;
  throw new UsageError(
    `"${
      resultFile(folder, trial)
    }" must have metrics as the other complete trials do, got none (copy it again)`,
  );
}
