/**
 * `decisions.jsonl` in the folder of a sweep: what early stopping decided, in the order in which it was decided. All processes that run
 * trials append to it, one at a time; what it holds is never decided again.
 *
 * @module
 */
import { z } from "zod";
import { messageOf, RunError } from "../../core/errors.ts";
import { OtherVersionError, otherVersionOf, SCHEMA } from "../../core/schema_version.ts";
import type { LogEntry } from "./decision.ts";

/** The first line. */
const Head = z.strictObject({ schema: z.literal(SCHEMA.decisions) });

const value = z.number().nullable();
const Entry = z.union([
  z.strictObject({
    trial: z.string(),
    epoch: z.int().min(1),
    metric: z.string(),
    value,
    average: value,
    decision: z.enum(["continue", "stop"]),
  }),
  z.strictObject({ trial: z.string(), complete: z.literal(true) }),
]);

/** The log, shared with other processes. */
export interface DecisionLog {
  /**
   * Appends what `next` makes of all entries so far, while no other process can append; nothing where it makes nothing.
   *
   * @throws {RunError} When the log cannot be read or written; the message names it.
   */
  append(next: (entries: readonly LogEntry[]) => LogEntry | undefined): Promise<void>;
}

const logFile = (folder: string) => `${folder}/decisions.jsonl`;

/** The log in the folder of a sweep; the file is created with the first entry. */
export function openDecisionLog(folder: string): DecisionLog {
  const path = logFile(folder), reader = logReader(path);
  let turn: Promise<unknown> = Promise.resolve();
  return {
    append(next) {
      // Within a process in the order of the calls.
      const done = turn.then(() => appendLocked(path, reader, next));
      turn = done.catch(() => {});
      return done;
    },
  };
}

/** All entries of a sweep's log; none where there is no log. @throws {RunError} */
export async function readDecisions(folder: string): Promise<readonly LogEntry[]> {
  const path = logFile(folder);
  try {
    using file = await Deno.open(path);
    return logReader(path).read(file);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw thrown;
  }
}

async function appendLocked(
  path: string,
  reader: LogReader,
  next: (entries: readonly LogEntry[]) => LogEntry | undefined,
): Promise<void> {
  try {
    using file = await Deno.open(path, { read: true, write: true, create: true });
    await file.lock(true);
    const entry = next(reader.read(file));
    if (entry === undefined) return;
    const head = reader.end() === 0 ? `${JSON.stringify({ schema: SCHEMA.decisions })}\n` : "";
    const bytes = new TextEncoder().encode(`${head}${JSON.stringify(entry)}\n`);
    // What a process that was killed has written of a line.
    file.truncateSync(reader.end());
    file.seekSync(reader.end(), Deno.SeekMode.Start);
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    // Nothing is acted on before it is on the disk.
    file.syncSync();
  } catch (thrown) {
    if (thrown instanceof RunError) throw thrown;
    throw new RunError(`Cannot write "${path}": ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** Reads a file that only grows: each call parses the lines since the last. */
interface LogReader {
  read(file: Deno.FsFile): readonly LogEntry[];
  /** The end of the last whole line, in bytes. */
  end(): number;
}

function logReader(path: string): LogReader {
  const entries: LogEntry[] = [];
  let end = 0;
  return {
    read(file) {
      const { size } = file.statSync();
      if (size < end) throw new RunError(`"${path}" must keep what it holds, got a shorter file`);
      const bytes = new Uint8Array(size - end);
      file.seekSync(end, Deno.SeekMode.Start);
      let filled = 0;
      for (let count; filled < bytes.length && (count = file.readSync(bytes.subarray(filled)));) {
        filled += count;
      }
      const whole = bytes.subarray(0, filled).lastIndexOf(10) + 1;
      const lines = new TextDecoder().decode(bytes.subarray(0, whole)).split("\n").slice(0, -1);
      for (const line of lines) {
        if (end === 0) checkHead(path, line);
        else entries.push(parsed(path, Entry, line));
        end += new TextEncoder().encode(line).length + 1;
      }
      return entries;
    },
    end: () => end,
  };
}

function checkHead(path: string, line: string): void {
  const { schema } = parsed(path, z.looseObject({ schema: z.unknown() }), line);
  const other = otherVersionOf("decisions", { schema }, path);
  if (other !== undefined) throw new OtherVersionError(other);
  parsed(path, Head, line);
}

function parsed<T>(path: string, schema: z.ZodType<T>, line: string): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch (thrown) {
    throw new RunError(`"${path}" must hold the decisions of early stopping, got: ${line.slice(0, 120)}`, {
      cause: thrown,
    });
  }
}
