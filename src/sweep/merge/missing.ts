/**
 * The trials that have no result yet.
 *
 * @module
 */
import { countText, plural } from "../../core/amounts.ts";
import { isLocked } from "../../run/lock.ts";
import { type SweepRecord, trialsFolder } from "../folder.ts";
import { shardIndices, shardText } from "../shards/shard.ts";
import { startedShards } from "../shards/shard_marks.ts";
import type { ListedTrial } from "../trial.ts";
import type { ShardFolder } from "./shards.ts";

/** How many trials a message names. */
const NAMED = 3;

/** Why a sweep cannot be merged without these trials: how many and which they are, and what computes them. */
export async function missingText(
  { pipeline, sweep, trials }: SweepRecord,
  missing: readonly ListedTrial[],
  shards: readonly ShardFolder[],
): Promise<string> {
  const isPart = missing.length < trials.length;
  const started = await Promise.all(shards.map((shard) => startedText(shard, missing)));
  const folders = shards.map(({ folder }) => `"${folder}"`).join(", ");
  return [
    `${folders} must hold the results of all ${
      plural(trials.length, "trial")
    } of sweep ${pipeline} ${sweep}, ` +
    `got ${countText(trials.length - missing.length)}: ${missingNames(missing)} are missing`,
    ...started.filter((text) => text !== undefined),
    ...await owningShards(trials, missing, shards),
    `(the command of a shard computes what it has not ended${
      isPart ? "; --allow-partial merges what is there" : ""
    })`,
  ].join("\n    ");
}

/** Which shards have the missing trials, where all that were started are of one number. */
async function owningShards(
  trials: readonly ListedTrial[],
  missing: readonly ListedTrial[],
  shards: readonly ShardFolder[],
): Promise<string[]> {
  const started = (await Promise.all(shards.map(({ folder }) => startedShards(folder)))).flat();
  const [count, ...others] = new Set(started.map(({ count }) => count));
  if (count === undefined || others.length > 0) return [];
  const indices = shardIndices(trials, count), ids = new Set(missing.map(({ id }) => id));
  const owners = [...new Set(indices.filter((_, place) => ids.has(trials[place].id)))].sort((a, b) => a - b);
  const names = owners.slice(0, NAMED).map((index) => `--shard ${shardText({ index, count })}`).join(", ");
  const more = owners.length - NAMED;
  return [`they belong to ${names}${more > 0 ? ` and ${countText(more)} more shards` : ""}`];
}

/** The first few trials: `1f..., 2e... and 7 more`. */
export function missingNames(missing: readonly ListedTrial[]): string {
  const names = missing.slice(0, NAMED).map(({ id, label, seed }) => `${id} (${label}, seed ${seed})`);
  const more = missing.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${countText(more)} more` : "");
}

/** How many of the trials a shard has started: their claims are there. */
async function startedText(
  { folder }: ShardFolder,
  missing: readonly ListedTrial[],
): Promise<string | undefined> {
  const locks = new Set<string>();
  for await (const { name } of Deno.readDir(trialsFolder(folder))) {
    if (name.endsWith(".lock")) locks.add(name);
  }
  const started = missing.filter(({ id }) => locks.has(`${id}.lock`));
  if (started.length === 0) return undefined;
  const are = await Promise.all(started.map(({ id }) => isLocked(`${trialsFolder(folder)}/${id}.lock`)));
  const running = are.filter(Boolean).length, stopped = started.length - running;
  const parts = [
    ...(running === 0 ? [] : [`${countText(running)} running now`]),
    ...(stopped === 0 ? [] : [`${countText(stopped)} started and not ended`]),
  ];
  return `"${folder}": ${parts.join(", ")}`;
}
