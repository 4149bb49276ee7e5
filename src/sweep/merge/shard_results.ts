/**
 * The results in one shard: a file for each in `trials/`, or all of a large merge in `trials.jsonl`.
 *
 * @module
 */
import { messageOf, UsageError } from "../../core/errors.ts";
import { type SweepRecord, trialsFolder } from "../folder.ts";
import { parseResult, readResult, resultFile, type TrialResult } from "../result.ts";
import { POOLED_FILE } from "./result_writer.ts";
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
  read(id: string): Promise<TrialResult | string>;
  /** Where the result of a trial is. */
  place(id: string): string;
}

/**
 * Opens the results of a shard.
 *
 * @throws {UsageError} When there are none, or one is of no trial of the plan.
 */
export async function openResults(shard: ShardFolder, { sweep, trials }: SweepRecord): Promise<ShardResults> {
  const { folder } = shard, store = await pooledStore(`${folder}/${POOLED_FILE}`) ?? await fileStore(folder);
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

/** Where a line is in a file. */
interface Line {
  readonly start: number;
  readonly length: number;
}

/** The results in one file; `undefined` where there is none. A line is read when it is asked for. */
async function pooledStore(path: string): Promise<Store | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw new UsageError(`"${path}" must be a file that can be read, got: ${messageOf(thrown)}`);
  }
  try {
    const lines = await linesOf(file, path), decoder = new TextDecoder();
    const place = (id: string) => `${path}, trial ${id}`;
    return {
      ids: new Set(lines.keys()),
      place,
      read(id) {
        const { start, length } = lines.get(id)!, bytes = new Uint8Array(length);
        readAt(file, bytes, start);
        return Promise.resolve(parseResult(decoder.decode(bytes), id, place(id)));
      },
      close: () => file.close(),
    };
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

function readAt(file: Deno.FsFile, bytes: Uint8Array, start: number): void {
  file.seekSync(start, Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) {
    const count = file.readSync(bytes.subarray(done));
    if (count === null) return;
    done += count;
  }
}

/** Bytes that are read at once, and the most of a line's beginning that has the trial. */
const CHUNK = 1 << 20, HEAD = 200, LINE_FEED = 10;
const TRIAL = /"trial":"([0-9a-f]{16})"/;

/** The line of each trial. @throws {UsageError} When a line names none, as where the file was copied in part. */
async function linesOf(file: Deno.FsFile, path: string): Promise<Map<string, Line>> {
  const lines = new Map<string, Line>(), decoder = new TextDecoder(), chunk = new Uint8Array(CHUNK);
  let start = 0, position = 0, head = new Uint8Array();
  function endLine(end: number): void {
    const id = TRIAL.exec(decoder.decode(head))?.[1];
    if (id === undefined) {
      throw new UsageError(`"${path}" must hold a result in each line, got another (copy it again)`);
    }
    lines.set(id, { start, length: end - start });
    [start, head] = [end + 1, new Uint8Array()];
  }
  for (let count = await file.read(chunk); count !== null; count = await file.read(chunk)) {
    const bytes = chunk.subarray(0, count);
    for (let at = 0; at < count;) {
      const found = bytes.indexOf(LINE_FEED, at), end = found === -1 ? count : found;
      if (head.length < HEAD) head = joined(head, bytes.subarray(at, Math.min(end, at + HEAD)));
      if (found !== -1) endLine(position + found);
      at = end + 1;
    }
    position += count;
  }
  if (start < position) {
    throw new UsageError(`"${path}" must end with a whole line, got a part of one (copy it again)`);
  }
  return lines;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
