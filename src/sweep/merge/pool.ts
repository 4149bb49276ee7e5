/**
 * Pools the results of shards.
 *
 * @module
 */
import { UsageError } from "../../core/errors.ts";
import { type SweepRecord, trialsFolder } from "../folder.ts";
import { readResult, resultFile, type TrialResult } from "../result.ts";
import { conflict } from "./conflict.ts";
import type { ShardFolder } from "./shards.ts";

/** The result of a trial, and the shards that have it. */
export interface PooledResult {
  readonly result: TrialResult;
  readonly shards: readonly ShardFolder[];
}

/** Files that are read at once: a network file system answers each after a while, but many together. */
const AT_ONCE = 64;

/**
 * Reads the results of all shards. Where several have the same trial, a result counts more than a failure; of equal ones the first by its
 * text, so that the order of the shards does not matter.
 *
 * @throws {UsageError} When one cannot be read or is of another sweep, or when two of a trial differ; the message names the files.
 */
export async function poolResults(
  plan: SweepRecord,
  shards: readonly ShardFolder[],
): Promise<Map<string, PooledResult>> {
  const known = new Set(plan.trials.map(({ id }) => id)), pooled = new Map<string, PooledResult>();
  for (const shard of shards) {
    const ids = await resultsIn(shard, known);
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const results = await Promise.all(
        ids.slice(start, start + AT_ONCE).map((id) => checkedResult(shard, id, plan)),
      );
      for (const result of results) {
        pooled.set(result.trial, joined(pooled.get(result.trial), { result, shard }));
      }
    }
  }
  checkMeasured(pooled.values());
  return new Map(plan.trials.flatMap(({ id }) => {
    const found = pooled.get(id);
    return found === undefined ? [] : [[id, found]];
  }));
}

/** Refuses a complete trial without any metric where others have some. */
function checkMeasured(pooled: Iterable<PooledResult>): void {
  const complete = [...pooled].filter(({ result }) => result.state === "complete");
  const [measured, unmeasured] = [true, false].map((wanted) =>
    complete.find(({ result: { metrics } }) => Object.keys(metrics).length > 0 === wanted)
  );
  if (measured === undefined || unmeasured === undefined) return;
  const { result: { trial }, shards: [{ folder }] } = unmeasured;
  throw new UsageError(
    `"${
      resultFile(folder, trial)
    }" must have metrics as the other complete trials do, got none (copy it again)`,
  );
}

/** The trials with a result in a shard. */
async function resultsIn({ folder }: ShardFolder, known: ReadonlySet<string>): Promise<string[]> {
  const ids: string[] = [], trials = trialsFolder(folder);
  try {
    for await (const { name } of Deno.readDir(trials)) {
      if (!name.endsWith(".json")) continue;
      const id = name.slice(0, -".json".length);
      if (!known.has(id)) {
        throw new UsageError(
          `"${trials}/${name}" must be the result of a trial of the sweep, got one that "${folder}/sweep.json" does not list`,
        );
      }
      ids.push(id);
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    throw new UsageError(`"${folder}" must hold the folder "trials", got none (copy the whole folder)`);
  }
  return ids.sort();
}

async function checkedResult(
  { folder }: ShardFolder,
  id: string,
  { sweep }: SweepRecord,
): Promise<TrialResult> {
  const result = await readResult(folder, id), file = resultFile(folder, id);
  if (result === undefined) {
    throw new UsageError(`"${file}" must stay while it is read, got no file any more`);
  }
  if (typeof result === "string") throw new UsageError(`${result} (copy it again)`);
  if (result.sweep !== sweep) {
    throw new UsageError(`"${file}" must be a result of sweep ${sweep}, got one of ${result.sweep}`);
  }
  return result;
}

/** The result that counts of a trial, after one more. @throws {UsageError} When they differ. */
function joined(
  before: PooledResult | undefined,
  { result, shard }: { readonly result: TrialResult; readonly shard: ShardFolder },
): PooledResult {
  if (before === undefined) return { result, shards: [shard] };
  const found = conflict(before.result, result);
  if (found !== undefined) {
    const [first, second] = [before.shards[0], shard].map(({ folder }) => resultFile(folder, result.trial));
    throw new UsageError(
      `trial ${result.trial} must have one result, got two that differ in ${found}:\n    ${first}\n    ${second}\n` +
        "    (remove the one that is not to count)",
    );
  }
  const order = rank(before.result) < rank(result) ? -1 : rank(before.result) > rank(result) ? 1 : 0;
  if (order === 0) return { ...before, shards: [...before.shards, shard] };
  return order < 0 ? before : { result, shards: [shard] };
}

/** Orders results that agree: complete ones before failures, then by their text. */
function rank(result: TrialResult): string {
  return `${result.state === "failed" ? 1 : 0}${JSON.stringify(result)}`;
}
