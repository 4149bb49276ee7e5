/**
 * `trials.jsonl` in the folder of a large merge: the results of all trials, a line for each.
 *
 * @module
 */
import { messageOf, UsageError } from "../core/errors.ts";
import { parseResult, type TrialResult } from "./result.ts";

/** The name of the file. */
export const POOLED_FILE = "trials.jsonl";

/** Results in one file. */
export interface PooledResults {
  /** The trials with a result. */
  readonly ids: ReadonlySet<string>;
  /** The result of one of them, or why it cannot be used. */
  read(id: string): TrialResult | string;
  /** Where the result of a trial is, as text. */
  place(id: string): string;
  close(): void;
}

/** Where a line is in a file. */
interface Line {
  readonly start: number;
  readonly length: number;
}

/**
 * Opens the results of a large merge; `undefined` where the folder has none in one file. A line is read when it is asked for.
 *
 * @throws {UsageError} When the file cannot be read, or only a part of it was copied.
 */
export async function openPooledResults(folder: string): Promise<PooledResults | undefined> {
  const path = `${folder}/${POOLED_FILE}`;
  let file: Deno.FsFile;
  try {
    // Opening a pipe of that name would block forever.
    if (!(await Deno.stat(path)).isFile) throw new Error("something else");
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
        return parseResult(decoder.decode(bytes), id, place(id));
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
