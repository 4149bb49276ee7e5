/**
 * Reading `events.jsonl`: whole, or its beginning and end; `follow_events.ts` reads it as it grows. Every reader throws an OtherVersionError when another version wrote the file.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { readRegularFile } from "../core/files.ts";
import { OtherVersionError } from "../core/schema_version.ts";
import { otherEvents, parseEvent, type RunEvent } from "../pipeline/events.ts";

/** The content of the file, with what was skipped in it. */
export interface ReadEvents {
  readonly events: RunEvent[];
  /** Whole lines that are no events. */
  readonly unread: number;
  /** Whether the last line is incomplete, which is legal. */
  readonly isCut: boolean;
}

/** Reads the events of a run so far; only those within the first `bytes` when that is given; `undefined` without a file. */
export async function openEvents(folder: string, bytes = Infinity): Promise<ReadEvents | undefined> {
  let content: Uint8Array;
  try {
    content = await readRegularFile(`${folder}/events.jsonl`);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
  const text = new TextDecoder().decode(content.subarray(0, bytes));
  const whole = text.slice(0, text.lastIndexOf("\n") + 1), events = wholeLines(whole, folder);
  const lines = whole.split("\n").filter((line) => line.trim() !== "").length;
  return { events, unread: lines - events.length, isCut: text.slice(whole.length).trim() !== "" };
}

/** The events of a run so far, see {@link openEvents}. */
export async function readEvents(folder: string, bytes = Infinity): Promise<RunEvent[]> {
  return (await openEvents(folder, bytes))?.events ?? [];
}

/** Bytes read from each end of a file to determine the state of a run. */
const HEAD_BYTES = 1 << 16, TAIL_BYTES = 1 << 17;

/** The first and last events of a run: enough to show what it is and its state, without reading the whole file. */
export async function glanceAt(folder: string): Promise<RunEvent[]> {
  const path = `${folder}/events.jsonl`;
  let file: Deno.FsFile;
  try {
    if (!(await Deno.stat(path)).isFile) throw new RunError(`"${path}" must be a file`);
    file = await Deno.open(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw thrown;
  }
  try {
    const { size } = await file.stat();
    if (size <= HEAD_BYTES + TAIL_BYTES) return wholeLines(await readRange(file, 0, size), folder);
    const head = await readRange(file, 0, HEAD_BYTES),
      tail = await readRange(file, size - TAIL_BYTES, TAIL_BYTES);
    const last = tail.slice(tail.indexOf("\n") + 1, tail.lastIndexOf("\n") + 1);
    return [...wholeLines(head, folder), ...eventsIn(last, folder)];
  } finally {
    file.close();
  }
}

async function readRange(file: Deno.FsFile, from: number, length: number): Promise<string> {
  const bytes = new Uint8Array(length);
  await file.seek(from, Deno.SeekMode.Start);
  let read = 0;
  for (let count = await file.read(bytes); count !== null && read < length;) {
    read += count;
    count = await file.read(bytes.subarray(read));
  }
  return new TextDecoder().decode(bytes.subarray(0, read));
}

/** The events of a beginning of the file, without an incomplete last line. */
function wholeLines(text: string, folder: string): RunEvent[] {
  checkVersion(text, folder);
  return eventsIn(text.slice(0, text.lastIndexOf("\n") + 1), folder);
}

/** Throws when another version wrote the file, by its beginning. */
export function checkVersion(text: string, folder: string): void {
  const other = otherEvents(text, `${folder}/events.jsonl`);
  if (other !== undefined) throw new OtherVersionError(other);
}

/** The message when another version wrote the events of a run; they must not be continued then. */
export async function versionProblem(folder: string): Promise<string | undefined> {
  try {
    await glanceAt(folder);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof OtherVersionError) return thrown.message;
    throw thrown;
  }
}

/** The events of some lines. The folder is set to the current one, as a run may have been moved. */
export function eventsIn(text: string, folder: string): RunEvent[] {
  return text.split("\n").flatMap((line) => {
    const event = line === "" ? undefined : parseEvent(line);
    return event === undefined ? [] : event.type === "run" ? { ...event, folder } : event;
  });
}
