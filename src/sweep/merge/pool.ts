/**
 * Pools the results of shards.
 *
 * @module
 */
import { UsageError } from "../../core/errors.ts";
import { type SweepRecord, trialsFolder } from "../folder.ts";
import { readResult, resultFile } from "../result.ts";
import { summarizer, type TrialSummary } from "../tables/trial_summary.ts";
import { conflict } from "./conflict.ts";
import type { ShardFolder } from "./shards.ts";

/** The result of a trial, and the shards that have it, byte for byte. */
export interface PooledResult {
  readonly result: TrialSummary;
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
  const summarize = summarizer();
  for (const shard of shards) {
    const ids = await resultsIn(shard, known);
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const results = await Promise.all(
        ids.slice(start, start + AT_ONCE).map((id) => checked(shard, id, plan)),
      );
      for (const full of results) {
        const found = { result: summarize(full), shards: [shard] }, before = pooled.get(full.trial);
        pooled.set(full.trial, before === undefined ? found : await joined(before, found));
      }
    }
  }
  checkMeasured(pooled.values());
  return new Map(plan.trials.flatMap(({ id }) => {
    const found = pooled.get(id);
    return found === undefined ? [] : [[id, found]];
  }));
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

/** The result of a trial in a shard. @throws {UsageError} When there is none that can be used. */
async function checked({ folder }: ShardFolder, id: string, { sweep }: SweepRecord) {
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

/** Which of two results of a trial counts. @throws {UsageError} When they differ. */
async function joined(before: PooledResult, found: PooledResult): Promise<PooledResult> {
  const { trial } = found.result, both = [before, found];
  const difference = conflict(before.result, found.result);
  const files = both.map(({ shards: [{ folder }] }) => resultFile(folder, trial));
  if (difference !== undefined) {
    throw new UsageError(
      `trial ${trial} must have one result, got two that differ in ${difference}:\n    ${
        files.join("\n    ")
      }\n` +
        "    (remove the one that is not to count)",
    );
  }
  const [first, second] = both.map(({ result }) => result.state === "failed" ? 1 : 0);
  if (first !== second) return first < second ? before : found;
  const [text, other] = await Promise.all(files.map((file) => Deno.readTextFile(file)));
  if (text === other) return { ...before, shards: [...before.shards, ...found.shards] };
  return text < other ? before : found;
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
