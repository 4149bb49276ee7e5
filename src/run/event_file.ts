/**
 * Reading `events.jsonl`: whole, up to a length, or as it grows. Every reader throws an OtherVersionError when another version wrote the file.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { readRegularFile } from "../core/files.ts";
import { OtherVersionError } from "../core/schema_version.ts";
import { type EventOf, otherEvents, parseEvent, type RunEvent } from "../pipeline/events.ts";
import { isLocked } from "./lock.ts";
import { type EpochProgress, readProgress } from "./progress.ts";

/** Milliseconds between two polls of a growing file. */
const POLL_MS = 200;
/** The lock and the progress inside an epoch are checked only in every N-th poll. */
const SLOW_POLLS = 5;
const CHUNK = 1 << 20;

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
function checkVersion(text: string, folder: string): void {
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

/** A file that is followed. */
export interface Follower {
  /** Reads what is new; returns its events, and whether the file was replaced (a resumed run repeats its events). */
  read(): { events: RunEvent[]; restarted: boolean };
  /** Whether the file was gone when it was last read. */
  isGone(): boolean;
  close(): void;
}

/** Opens the events of a run to follow them; a file that is not there yet has none. */
export function openFollower(folder: string): Follower {
  const path = `${folder}/events.jsonl`;
  let file: Deno.FsFile | undefined, inode: number | null = null;
  let position = 0, rest = "", isFirst = true, isThere = false, wasThere = false;
  let decoder = new TextDecoder();
  const buffer = new Uint8Array(CHUNK);

  /** The file that has the name now; `undefined` when there is none. */
  function named(): Deno.FileInfo | undefined {
    try {
      const found = Deno.statSync(path);
      return found.isFile ? found : undefined;
    } catch {
      return undefined;
    }
  }
  /** Opens the file that has the name now. */
  function reopen(): boolean {
    let opened: Deno.FsFile;
    try {
      opened = Deno.openSync(path);
    } catch (thrown) {
      // It has gone since.
      if (thrown instanceof Deno.errors.NotFound) return false;
      throw thrown;
    }
    const restarted = file !== undefined;
    file?.close();
    file = opened;
    inode = opened.statSync().ino;
    position = 0;
    rest = "";
    isFirst = true;
    decoder = new TextDecoder();
    return restarted;
  }
  function read(): { events: RunEvent[]; restarted: boolean } {
    const now = named(), events: RunEvent[] = [];
    isThere = now !== undefined;
    wasThere ||= isThere;
    // A run that resumes from a checkpoint replaces the file.
    const isOther = now !== undefined && (now.ino !== inode || now.size < position);
    const restarted = isOther && reopen();
    // Polling a run without new events costs a single system call.
    if (file === undefined || now?.size === position) return { events, restarted };
    for (let count = file.readSync(buffer); count; count = file.readSync(buffer)) {
      position += count;
      const text = rest + decoder.decode(buffer.subarray(0, count), { stream: true });
      const end = text.lastIndexOf("\n") + 1;
      if (isFirst && end > 0) checkVersion(text, folder);
      isFirst &&= end === 0;
      rest = text.slice(end);
      for (const event of eventsIn(text.slice(0, end), folder)) events.push(event);
    }
    return { events, restarted };
  }
  const isGone = () => wasThere && !isThere;
  return { read, isGone, close: () => file?.close() };
}

/** Options for {@link followEvents}. */
interface FollowOptions {
  readonly signal: AbortSignal;
  onEvents(events: readonly RunEvent[], restarted: boolean): void;
  /** Called with the progress of the current epoch, about once a second. */
  onProgress?(progress: EpochProgress): void;
  onGone?(): void;
}

/**
 * Follows a run until the signal aborts; calls back with new events about five times a second. For a crashed run it adds an end event, as the
 * file has none.
 */
export async function followEvents(folder: string, options: FollowOptions): Promise<void> {
  const { signal, onEvents, onProgress, onGone } = options;
  const follower = openFollower(folder), watch = crashWatch();
  try {
    for (let polls = 0; !signal.aborted; polls++) {
      const isSlow = polls % SLOW_POLLS === 0;
      // Before the events are read, as a run writes its end before it releases its lock.
      const isHeld = isSlow ? await isLocked(`${folder}/lock`).catch(() => true) : undefined;
      const { events, restarted } = follower.read();
      const end = watch(events, isHeld);
      if (events.length > 0 || restarted) onEvents(events, restarted);
      if (end !== undefined) onEvents([end], false);
      if (follower.isGone()) {
        onGone?.();
        return;
      }
      const progress = onProgress && isSlow ? readProgress(folder) : undefined;
      if (progress !== undefined) onProgress!(progress);
      await pause(POLL_MS, signal);
    }
    // Events since the last poll.
    const { events, restarted } = follower.read();
    if (events.length > 0) onEvents(events, restarted);
  } finally {
    follower.close();
  }
}

/** Polls with a free lock until a run without events counts as crashed: its folder is created a moment before its lock is taken. */
const FREE_POLLS = 3;

/** Returns the end event of a crashed run, once, from its events and whether its lock is held (`undefined`: not checked). */
function crashWatch(): (events: readonly RunEvent[], isHeld: boolean | undefined) => RunEvent | undefined {
  let began: number | undefined, last: number | undefined, hasEnded = false, free = 0;
  return (events, isHeld) => {
    for (const { type, t } of events) {
      // A run that is resumed replaces its events.
      if (type === "run") began = t;
      last = t;
      hasEnded = type === "end";
    }
    if (isHeld === undefined) return undefined;
    if (isHeld) {
      free = 0;
      return undefined;
    }
    free++;
    if (hasEnded || (last === undefined && free < FREE_POLLS)) return undefined;
    hasEnded = true;
    return crashedEnd(began, last);
  };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}

/** The events of some lines. The folder is set to the current one, as a run may have been moved. */
function eventsIn(text: string, folder: string): RunEvent[] {
  return text.split("\n").flatMap((line) => {
    const event = line === "" ? undefined : parseEvent(line);
    return event === undefined ? [] : event.type === "run" ? { ...event, folder } : event;
  });
}

/** The end event of a crashed run, at the time of its last event. */
export function crashedEnd(began: number | undefined, last: number | undefined): EventOf<"end"> {
  const t = last ?? Date.now();
  return {
    type: "end",
    t,
    status: "crashed",
    exitCode: 1,
    reason: "ended unexpectedly (no end event): resume with --resume auto",
    seconds: Math.max(0, t - (began ?? t)) / 1000,
  };
}
