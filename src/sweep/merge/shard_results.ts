/**
 * The results in one shard: a file for each in `trials/`, or all of a large merge in `trials.jsonl`.
 *
 * @module
 */
import { UsageError } from "../../core/errors.ts";
import { type SweepRecord, trialsFolder } from "../folder.ts";
import { openPooledResults } from "../pooled_results.ts";
import { readResult, resultFile, type TrialResult } from "../result.ts";
import type { ShardFolder } from "./shards.ts";

/** The results of a shard. */
export interface ShardResults {
  readonly shard: ShardFolder;
  /** The trials with a result. */
  readonly ids: ReadonlySet<string>;
  /** The result of one of them. @throws {UsageError} When it cannot be used; the message names the file. */
  read(id: string): Promise<TrialResult>;
  close(): void;
}

/** How results are stored. */
interface Store extends Pick<ShardResults, "ids" | "close"> {
  /** The result of a trial, or why it cannot be used. */
  read(id: string): Promise<TrialResult | string> | TrialResult | string;
  /** Where the result of a trial is. */
  place(id: string): string;
}

/**
 * Opens the results of a shard.
 *
 * @throws {UsageError} When there are none, or one is of no trial of the plan.
 */
export async function openResults(shard: ShardFolder, { sweep, trials }: SweepRecord): Promise<ShardResults> {
  const { folder } = shard, store = await openPooledResults(folder) ?? await fileStore(folder);
  const unknown = store.ids.difference(new Set(trials.map(({ id }) => id))).values().next().value;
  if (unknown !== undefined) {
    store.close();
    throw new UsageError(
      `"${
        store.place(unknown)
      }" must be the result of a trial of the sweep, got one that "${folder}/sweep.json" does not list`,
    );
  }
  return {
    shard,
    ids: store.ids,
    async read(id) {
      const result = await store.read(id);
      if (typeof result === "string") throw new UsageError(`${result} (copy it again)`);
      if (result.sweep === sweep) return result;
      throw new UsageError(
        `"${store.place(id)}" must be a result of sweep ${sweep}, got one of ${result.sweep}`,
      );
    },
    close: store.close,
  };
}

async function fileStore(folder: string): Promise<Store> {
  const ids = new Set<string>();
  try {
    for await (const { name } of Deno.readDir(trialsFolder(folder))) {
      if (name.endsWith(".json")) ids.add(name.slice(0, -".json".length));
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    throw new UsageError(`"${folder}" must hold the folder "trials", got none (copy the whole folder)`);
  }
  const place = (id: string) => resultFile(folder, id);
  return {
    ids,
    place,
    read: async (id) =>
      await readResult(folder, id) ?? `"${place(id)}" must stay while it is read, got no file any more`,
    close() {},
  };
}
