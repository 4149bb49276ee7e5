/**
 * Reading `events.jsonl`: whole, up to a length, or as it grows.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { readRegularFile } from "../core/files.ts";
import { type EventOf, parseEvent, type RunEvent } from "../pipeline/events.ts";
import { isLocked } from "./lock.ts";
import { type Progress, readProgress } from "./progress.ts";

/** Milliseconds between two looks at a file that grows. */
const LOOK_MS = 200;
/** Looks at the lock and at the progress inside an epoch are so many times rarer. */
const SLOW_LOOKS = 5;
const CHUNK = 1 << 20;

/** The events of a run so far, a cut last line left out; those within the first `bytes` when that is given. */
export async function readEvents(folder: string, bytes = Infinity): Promise<RunEvent[]> {
  const content = await readRegularFile(`${folder}/events.jsonl`).catch(ignoreMissing);
  return wholeLines(new TextDecoder().decode(content.subarray(0, bytes)), folder);
}

/** Bytes at each end of a file that tell where a run stands. */
const HEAD_BYTES = 1 << 16, TAIL_BYTES = 1 << 17;

/** The first and the last events of a run, as many as tell what it is and where it stands, however long it is. */
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
    return [...wholeLines(head, folder), ...wholeLines(tail.slice(tail.indexOf("\n") + 1), folder)];
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

function wholeLines(text: string, folder: string): RunEvent[] {
  return eventsIn(text.slice(0, text.lastIndexOf("\n") + 1), folder);
}

/** A file that is followed. */
export interface Follower {
  /** Reads what is new; gives its events, and whether the file began anew (a run that went on from a checkpoint tells again). */
  read(): { events: RunEvent[]; restarted: boolean };
  /** Whether the file was gone when it was last read. */
  isGone(): boolean;
  close(): void;
}

/** Opens the events of a run to follow them; a file that is not there yet has none. */
export function openFollower(folder: string): Follower {
  const path = `${folder}/events.jsonl`;
  let file: Deno.FsFile | undefined, inode: number | null = null;
  let position = 0, rest = "", isThere = false, wasThere = false;
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
    decoder = new TextDecoder();
    return restarted;
  }
  function read(): { events: RunEvent[]; restarted: boolean } {
    const now = named(), events: RunEvent[] = [];
    isThere = now !== undefined;
    wasThere ||= isThere;
    // A run that goes on from a checkpoint puts a new file in the place of the old.
    const isOther = now !== undefined && (now.ino !== inode || now.size < position);
    const restarted = isOther && reopen();
    // One question to the system is all that a look at a quiet run costs.
    if (file === undefined || now?.size === position) return { events, restarted };
    for (let count = file.readSync(buffer); count; count = file.readSync(buffer)) {
      position += count;
      const text = rest + decoder.decode(buffer.subarray(0, count), { stream: true });
      const end = text.lastIndexOf("\n") + 1;
      rest = text.slice(end);
      for (const event of eventsIn(text.slice(0, end), folder)) events.push(event);
    }
    return { events, restarted };
  }
  const isGone = () => wasThere && !isThere;
  return { read, isGone, close: () => file?.close() };
}

/** What hears of a run that is followed. */
interface FollowOptions {
  readonly signal: AbortSignal;
  onEvents(events: readonly RunEvent[], restarted: boolean): void;
  /** Hears how far the current epoch is, about once a second. */
  onProgress?(progress: Progress): void;
  onGone?(): void;
}

/**
 * Follows a run until the signal says to stop; calls back with what is new, about five times a second. A run that has crashed gets an end,
 * as nobody else will write one.
 */
export async function followEvents(folder: string, options: FollowOptions): Promise<void> {
  const { signal, onEvents, onProgress, onGone } = options;
  const follower = openFollower(folder), watch = crashWatch();
  try {
    for (let looks = 0; !signal.aborted; looks++) {
      const isSlow = looks % SLOW_LOOKS === 0;
      // First, as a run ends before it lets its lock go.
      const isHeld = isSlow ? await isLocked(`${folder}/lock`).catch(() => true) : true;
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
      await pause(LOOK_MS, signal);
    }
    // What was told since the last look.
    const { events, restarted } = follower.read();
    if (events.length > 0) onEvents(events, restarted);
  } finally {
    follower.close();
  }
}

/** Looks with a free lock before a run without a single event has crashed: its folder is made a moment before its lock is taken. */
const FREE_LOOKS = 3;

/** Gives the end of a run that has crashed, once, from its events and whether its lock is held. */
function crashWatch(): (events: readonly RunEvent[], isHeld: boolean) => RunEvent | undefined {
  let began: number | undefined, last: number | undefined, hasEnded = false, free = 0;
  return (events, isHeld) => {
    for (const { type, t } of events) {
      // A run that is resumed replaces its events.
      if (type === "run") began = t;
      last = t;
      hasEnded = type === "end";
    }
    if (isHeld) {
      free = 0;
      return undefined;
    }
    free++;
    if (hasEnded || (last === undefined && free < FREE_LOOKS)) return undefined;
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

/** The events of some lines. A run says where it began; it may have been moved since, and lies where it is read. */
function eventsIn(text: string, folder: string): RunEvent[] {
  return text.split("\n").flatMap((line) => {
    const event = line === "" ? undefined : parseEvent(line);
    return event === undefined ? [] : event.type === "run" ? { ...event, folder } : event;
  });
}

/** The end of a run that has none and that no process runs any more, when its last event was written. */
export function crashedEnd(began: number | undefined, last: number | undefined): EventOf<"end"> {
  const t = last ?? Date.now();
  return {
    type: "end",
    t,
    status: "crashed",
    exitCode: 1,
    reason: "no process runs it any more, and it has not ended: resume with --resume auto",
    seconds: Math.max(0, t - (began ?? t)) / 1000,
  };
}

function ignoreMissing(thrown: unknown): Uint8Array<ArrayBuffer> {
  if (thrown instanceof Deno.errors.NotFound) return new Uint8Array();
  throw thrown;
}
