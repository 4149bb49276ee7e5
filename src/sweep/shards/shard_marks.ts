// RUNS/NAME.sweep/ID/shards/2-of-4: an empty file, whose name says that this shard was started in this folder.

/**
 * Which shards of a sweep were started in a folder: so that shards of another number are noticed, and a merge can name what is missing.
 *
 * @module
 */
import { messageOf, UsageError } from "../../core/errors.ts";
import { type Shard, shardText } from "./shard.ts";

const marksFolder = (folder: string) => `${folder}/shards`;

/** Records that a shard is started in the folder of a sweep. @throws {UsageError} When it cannot be written. */
export async function markShard(folder: string, { index, count }: Shard): Promise<void> {
  try {
    await Deno.mkdir(marksFolder(folder), { recursive: true });
    // Nothing but its name is read, so it needs to be neither whole nor synced.
    await Deno.writeTextFile(`${marksFolder(folder)}/${index}-of-${count}`, "");
  } catch (thrown) {
    throw new UsageError(`"${marksFolder(folder)}" must be a writable folder, got: ${messageOf(thrown)}`);
  }
}

/** The shards that were started in a folder, by their number and index. */
export async function startedShards(folder: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  try {
    for await (const { name } of Deno.readDir(marksFolder(folder))) {
      const [, index, count] = /^(\d{1,9})-of-(\d{1,9})$/.exec(name)?.map(Number) ?? [];
      if (index >= 1 && index <= count) shards.push({ index, count });
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
  return shards.sort((one, other) => one.count - other.count || one.index - other.index);
}

/** What to know where shards of another number were started in the same folder. */
export function otherCountNotice(started: readonly Shard[], { count }: Shard): string | undefined {
  const others = started.filter((shard) => shard.count !== count);
  if (others.length === 0) return undefined;
  return `this folder has results of ${
    others.map(shardText).join(", ")
  }, too: shards of ${count} deal the trials out ` +
    "differently; trials that are complete here are not run again";
}
