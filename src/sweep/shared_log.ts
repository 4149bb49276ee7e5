/**
 * Files of lines of JSON that several processes append to, one at a time: the first line has the version. An entry is on the disk before
 * anything is done by it.
 *
 * @module
 */
import type { z } from "zod";
import { messageOf, RunError } from "../core/errors.ts";
import { OtherVersionError, otherVersionOf, SCHEMA, type SchemaName } from "../core/schema_version.ts";

/** What a log holds. */
export interface LogKind<Entry> {
  /** The name of its version. */
  readonly schema: SchemaName;
  readonly entry: z.ZodType<Entry>;
  /** What it must hold, as text: `the decisions of early stopping`. */
  readonly content: string;
}

/** A log, shared with other processes. */
export interface SharedLog<Entry> {
  /**
   * Appends what `next` makes of all entries so far, while no other process can append; nothing where it makes nothing.
   *
   * @throws {RunError} When the log cannot be read or written; the message names it.
   */
  append(
    next: (entries: readonly Entry[]) => Entry | undefined | Promise<Entry | undefined>,
  ): Promise<void>;
}

/** Opens a log; the file is created with the first entry. */
export function openLog<Entry>(path: string, kind: LogKind<Entry>): SharedLog<Entry> {
  const reader = logReader(path, kind);
  let turn: Promise<unknown> = Promise.resolve();
  return {
    append(next) {
      // Within a process in the order of the calls.
      const done = turn.then(() => appendLocked(path, kind, reader, next));
      turn = done.catch(() => {});
      return done;
    },
  };
}

/** All entries of a log; none where there is no file. @throws {RunError} */
export async function readLog<Entry>(path: string, kind: LogKind<Entry>): Promise<readonly Entry[]> {
  try {
    using file = await Deno.open(path);
    return logReader(path, kind).read(file);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    if (thrown instanceof RunError) throw thrown;
    throw new RunError(`Cannot read "${path}": ${messageOf(thrown)}`, { cause: thrown });
  }
}

async function appendLocked<Entry>(
  path: string,
  { schema }: LogKind<Entry>,
  reader: LogReader<Entry>,
  next: Parameters<SharedLog<Entry>["append"]>[0],
): Promise<void> {
  try {
    using file = await Deno.open(path, { read: true, write: true, create: true });
    await file.lock(true);
    const entry = await next(reader.read(file));
    if (entry === undefined) return;
    const head = reader.end() === 0 ? `${JSON.stringify({ schema: SCHEMA[schema] })}\n` : "";
    const bytes = new TextEncoder().encode(`${head}${JSON.stringify(entry)}\n`);
    // What a process that was killed has written of a line.
    file.truncateSync(reader.end());
    file.seekSync(reader.end(), Deno.SeekMode.Start);
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    file.syncSync();
  } catch (thrown) {
    if (thrown instanceof RunError) throw thrown;
    throw new RunError(`Cannot write "${path}": ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** Reads a file that only grows: each call parses the lines since the last. */
interface LogReader<Entry> {
  read(file: Deno.FsFile): readonly Entry[];
  /** The end of the last whole line, in bytes. */
  end(): number;
}

function logReader<Entry>(path: string, kind: LogKind<Entry>): LogReader<Entry> {
  const entries: Entry[] = [];
  let end = 0;
  return {
    read(file) {
      const bytes = newBytes(path, file, end), whole = bytes.lastIndexOf(10) + 1;
      const lines = new TextDecoder().decode(bytes.subarray(0, whole)).split("\n").slice(0, -1);
      for (const line of lines) {
        const content = parsed(path, kind, line);
        if (end === 0) checkHead(path, kind, content, line);
        else entries.push(entryOf(path, kind, content, line));
        end += new TextEncoder().encode(line).length + 1;
      }
      return entries;
    },
    end: () => end,
  };
}

/** What a file holds from a place on. */
function newBytes(path: string, file: Deno.FsFile, from: number): Uint8Array {
  const { size } = file.statSync();
  if (size < from) throw new RunError(`"${path}" must keep what it holds, got a shorter file`);
  const bytes = new Uint8Array(size - from);
  file.seekSync(from, Deno.SeekMode.Start);
  let filled = 0;
  for (let count; filled < bytes.length && (count = file.readSync(bytes.subarray(filled)));) filled += count;
  return bytes.subarray(0, filled);
}

function checkHead<Entry>(path: string, kind: LogKind<Entry>, content: unknown, line: string): void {
  const other = otherVersionOf(kind.schema, content, path);
  if (other !== undefined) throw new OtherVersionError(other);
  if ((content as { schema?: unknown } | null)?.schema !== SCHEMA[kind.schema]) {
    throw damage(path, kind, line);
  }
}

function entryOf<Entry>(path: string, kind: LogKind<Entry>, content: unknown, line: string): Entry {
  const { success, data } = kind.entry.safeParse(content);
  if (!success) throw damage(path, kind, line);
  return data;
}

function parsed<Entry>(path: string, kind: LogKind<Entry>, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw damage(path, kind, line);
  }
}

function damage<Entry>(path: string, { content }: LogKind<Entry>, line: string): RunError {
  return new RunError(`"${path}" must hold ${content}, got: ${line.slice(0, 120)}`);
}
