/**
 * Reading `events.jsonl`: whole, up to a length, or as it grows.
 *
 * @module
 */
import { RunError } from "../core/errors.ts";
import { readRegularFile } from "../core/files.ts";
import { parseEvent, type RunEvent } from "../pipeline/events.ts";
import { type Progress, readProgress } from "./progress.ts";

/** Milliseconds between two looks at a file that grows. */
const LOOK_MS = 200;
/** Looks at the progress inside an epoch are so many times rarer. */
const PROGRESS_LOOKS = 5;
const CHUNK = 1 << 20;

/** The events of a run so far, a cut last line left out; those within the first `bytes` when that is given. */
export async function readEvents(folder: string, bytes = Infinity): Promise<RunEvent[]> {
  const content = await readRegularFile(`${folder}/events.jsonl`).catch(ignoreMissing);
  return wholeLines(new TextDecoder().decode(content.subarray(0, bytes)));
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
    if (size <= HEAD_BYTES + TAIL_BYTES) return wholeLines(await readRange(file, 0, size));
    const head = await readRange(file, 0, HEAD_BYTES),
      tail = await readRange(file, size - TAIL_BYTES, TAIL_BYTES);
    return [...wholeLines(head), ...wholeLines(tail.slice(tail.indexOf("\n") + 1))];
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

function wholeLines(text: string): RunEvent[] {
  return eventsIn(text.slice(0, text.lastIndexOf("\n") + 1));
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
      for (const event of eventsIn(text.slice(0, end))) events.push(event);
    }
    return { events, restarted };
  }
  const isGone = () => wasThere && !isThere;
  return { read, isGone, close: () => file?.close() };
}

/** Follows a run until the signal says to stop; calls back with what is new, about five times a second. */
export async function followEvents(
  folder: string,
  { signal, onEvents, onProgress, onGone }: {
    signal: AbortSignal;
    onEvents(events: readonly RunEvent[], restarted: boolean): void;
    /** Hears how far the current epoch is, about once a second. */
    onProgress?(progress: Progress): void;
    onGone?(): void;
  },
): Promise<void> {
  const follower = openFollower(folder);
  let looks = 0;
  try {
    while (!signal.aborted) {
      const { events, restarted } = follower.read();
      if (events.length > 0 || restarted) onEvents(events, restarted);
      if (follower.isGone()) {
        onGone?.();
        return;
      }
      const progress = onProgress && looks++ % PROGRESS_LOOKS === 0 ? readProgress(folder) : undefined;
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

function eventsIn(text: string): RunEvent[] {
  return text.split("\n").flatMap((line) => line === "" ? [] : parseEvent(line) ?? []);
}

function ignoreMissing(thrown: unknown): Uint8Array<ArrayBuffer> {
  if (thrown instanceof Deno.errors.NotFound) return new Uint8Array();
  throw thrown;
}
