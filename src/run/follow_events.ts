/**
 * Follows `events.jsonl` as another process appends to it, and notices when that process has crashed.
 *
 * @module
 */
import type { EventOf, RunEvent } from "../pipeline/events.ts";
import { checkVersion, eventsIn } from "./event_file.ts";
import { isLocked } from "./lock.ts";
import { type EpochProgress, readProgress } from "./progress.ts";

/** Milliseconds between two polls of a growing file. */
const POLL_MS = 200;
/** The lock and the progress inside an epoch are checked only in every N-th poll. */
const SLOW_POLLS = 5;
const CHUNK = 1 << 20;

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
  const path = `${folder}/events.jsonl`, buffer = new Uint8Array(CHUNK);
  let file: GrowingFile | undefined, isThere = false, wasThere = false;

  function read(): { events: RunEvent[]; restarted: boolean } {
    const now = fileNamed(path), events: RunEvent[] = [];
    isThere = now !== undefined;
    wasThere ||= isThere;
    // A run that resumes from a checkpoint replaces the file.
    const isOther = now !== undefined && !file?.isStill(now);
    const other = isOther ? openGrowing(path) : undefined,
      restarted = other !== undefined && file !== undefined;
    if (other !== undefined) {
      file?.close();
      file = other;
    }
    // Polling a run without new events costs a single system call.
    if (file === undefined || now?.size === file.position()) return { events, restarted };
    for (const { lines, isFirst } of file.wholeLines(buffer)) {
      if (isFirst) checkVersion(lines, folder);
      for (const event of eventsIn(lines, folder)) events.push(event);
    }
    return { events, restarted };
  }
  const isGone = () => wasThere && !isThere;
  return { read, isGone, close: () => file?.close() };
}

/** The file that has a name now; `undefined` when there is none. */
function fileNamed(path: string): Deno.FileInfo | undefined {
  try {
    const found = Deno.statSync(path);
    return found.isFile ? found : undefined;
  } catch {
    return undefined;
  }
}

/** An open file to which another process appends. */
interface GrowingFile {
  /** Whether it is the file that has the name now, and has not become shorter. */
  isStill(named: Deno.FileInfo): boolean;
  /** The bytes that were read. */
  position(): number;
  /** Reads what is new, in pieces of whole lines; `isFirst`: they are the beginning of the file. */
  wholeLines(buffer: Uint8Array): Iterable<{ readonly lines: string; readonly isFirst: boolean }>;
  close(): void;
}

/** Opens a file that grows; `undefined` when it has gone. */
function openGrowing(path: string): GrowingFile | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
  const { ino } = file.statSync(), decoder = new TextDecoder();
  let position = 0, rest = "", isFirst = true;
  return {
    isStill: (named) => named.ino === ino && named.size >= position,
    position: () => position,
    *wholeLines(buffer) {
      for (let count = file.readSync(buffer); count; count = file.readSync(buffer)) {
        position += count;
        const text = rest + decoder.decode(buffer.subarray(0, count), { stream: true });
        const end = text.lastIndexOf("\n") + 1;
        rest = text.slice(end);
        if (end === 0) continue;
        yield { lines: text.slice(0, end), isFirst };
        isFirst = false;
      }
    },
    close: () => file.close(),
  };
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
