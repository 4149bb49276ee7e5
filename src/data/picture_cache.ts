/**
 * Pictures that take more memory than they may are decoded once, into a file of raw bytes from which they are read from then on.
 *
 * A cache is `data/cache/pictures-<folder>-<height>x<width>-<state>.images`. `<folder>` is a hash of where the pictures lie, so that
 * what an earlier state of a folder left behind is found by its name; `<state>` one of all that decides about the bytes. Until it is
 * whole it is called `.partial`, and has beside it a `.progress`: one byte a chunk, 1 when the chunk is on the disk. Whoever decodes
 * holds the lock of that file, which the system drops when a process dies.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { messageOf, RunError } from "../core/errors.ts";
import { permutation } from "../core/random.ts";
import type { ImageFile } from "./dataset.ts";
import type { PictureFile } from "./picture_files.ts";
import { decodeChunks, decodingLog } from "./picture_pool.ts";
import type { ChunkOrder } from "./picture_worker.ts";
import type { PictureForm } from "./read_picture.ts";

/** To be raised when the same picture file gives other pixels than before, or a cache is laid out differently. */
const VERSION = 2;

/** Pictures that are decoded, written and marked as done together. */
const CHUNK = 128;

/** How often to look whether another process is done. */
const WAIT_MILLISECONDS = 250;

/** How pictures are cached. */
export interface CacheOptions {
  /** The bytes of images that may be held in memory at a time. */
  readonly memory: number;
  /** Says what takes a moment and why. */
  log(message: string): void;
  /** Where caches lie. @default {"data/cache"} */
  readonly folder?: string;
  /** How many workers decode. @default all cores */
  readonly workers?: number;
}

/**
 * Files in the order in which their pictures lie in a cache. It is shuffled once and for all: a folder is sorted by label, and what is
 * read and shuffled a part at a time should have all labels in each part, as should the end, which becomes the test split.
 */
export function inCacheOrder<File>(files: readonly File[]): File[] {
  // The stream of the splits, in an epoch that they leave alone; the run's seed has no say, or each seed would decode anew.
  const order = permutation(files.length, { seed: 0, stream: "split", epoch: 2 });
  return Array.from(order, (position) => files[position]);
}

/**
 * The file of the decoded pictures, in the given order. Decodes them when there is none yet, or goes on where an earlier process
 * stopped; waits when another process is at it.
 *
 * @throws {RunError} When a picture does not decode, or the cache cannot be written.
 */
export async function cachePictures(
  files: readonly PictureFile[],
  form: PictureForm,
  options: CacheOptions,
): Promise<ImageFile> {
  const { memory, log, folder = "data/cache" } = options;
  const pixels = form.height * form.width, size = files.length * pixels;
  const base = `${folder}/${cacheName(files, form)}`, path = `${base}.images`;
  let modified: number | undefined, isWaiting = false;
  try {
    modified = timeOfWhole(path, size);
    if (modified === undefined) Deno.mkdirSync(folder, { recursive: true });
    while (modified === undefined) {
      using progress = openLocked(`${base}.progress`);
      // Another process may have finished between the look and the lock.
      modified = timeOfWhole(path, size);
      if (progress !== undefined) {
        if (modified === undefined) await decodeAll({ files, form, base, progress, options });
        Deno.removeSync(`${base}.progress`);
      } else if (modified === undefined) {
        if (!isWaiting) log(`Waiting for another process that decodes the pictures of "${form.folder}"`);
        isWaiting = true;
        await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
      }
      modified = timeOfWhole(path, size);
    }
  } catch (thrown) {
    throw thrown instanceof RunError ? thrown : cacheError(form, folder, size, thrown);
  }
  return { path, start: 0, block: Math.max(1, Math.floor(memory / pixels)), size, modified };
}

function cacheError({ folder }: PictureForm, cache: string, size: number, thrown: unknown): RunError {
  const megabytes = `${Math.ceil(size / 1e6)}MB`;
  return new RunError(
    `Cannot keep the decoded pictures of "${folder}" as "${cache}" must be writable and have room for ${megabytes}: ` +
      `${messageOf(thrown)}; see to that, or let load() hold them in memory by { memory: "${megabytes}" }`,
    { cause: thrown },
  );
}

function cacheName(files: readonly PictureFile[], { folder, height, width, like }: PictureForm): string {
  const absolute = Deno.realPathSync(folder);
  const state = createHash("sha256");
  state.update(JSON.stringify([VERSION, CHUNK, absolute, height, width, like === undefined]));
  for (const { path, name } of files) {
    const { size, mtime } = statPicture(path);
    state.update(JSON.stringify([name, size, mtime?.getTime() ?? 0]));
  }
  const where = createHash("sha256").update(absolute).digest("hex").slice(0, 8);
  return `pictures-${where}-${height}x${width}-${state.digest("hex").slice(0, 16)}`;
}

function statPicture(path: string): Deno.FileInfo {
  try {
    return Deno.statSync(path);
  } catch (thrown) {
    throw new RunError(`Cannot read the image "${path}": ${messageOf(thrown)}`);
  }
}

function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}

/** When a cache was finished (milliseconds since 1970); `undefined` when there is none, or it was cut off. */
function timeOfWhole(path: string, size: number): number | undefined {
  const there = statIfThere(path);
  return there?.size === size ? there.mtime?.getTime() ?? 0 : undefined;
}

/** Opens a file for the one process that holds its lock; `undefined` when another one does. */
function openLocked(path: string): Deno.FsFile | undefined {
  const file = Deno.openSync(path, { read: true, write: true, create: true });
  // One that was removed meanwhile locks nobody out: its name may belong to a new file by now.
  if (file.tryLockSync(true) && file.statSync().ino === statIfThere(path)?.ino) return file;
  file.close();
  return undefined;
}

/** The marks of all chunks: those of an earlier process when its unfinished file is still there. */
function readMarks(progress: Deno.FsFile, chunks: number, partial: string, size: number): Uint8Array {
  const marks = new Uint8Array(chunks);
  if (statIfThere(partial)?.size === size) {
    for (let read: number | null = 0, at = 0; read !== null && at < chunks; at += read ?? 0) {
      read = progress.readSync(marks.subarray(at));
    }
    return marks;
  }
  // First the marks, then the file that they are about: a kill in between leaves no mark without its chunk.
  progress.truncateSync(0);
  progress.syncSync();
  using file = Deno.openSync(partial, { write: true, create: true, truncate: true });
  file.truncateSync(size);
  return marks;
}

/** What it takes to decode. */
interface Decoding {
  readonly files: readonly PictureFile[];
  readonly form: PictureForm;
  /** The path of all files of this cache, without the ending. */
  readonly base: string;
  /** The file of marks, locked. */
  readonly progress: Deno.FsFile;
  readonly options: CacheOptions;
}

async function decodeAll({ files, form, base, progress, options }: Decoding): Promise<void> {
  const { log, workers = navigator.hardwareConcurrency } = options;
  const pixels = form.height * form.width, target = `${base}.partial`;
  const chunks = Math.ceil(files.length / CHUNK);
  const marks = readMarks(progress, chunks, target, files.length * pixels);
  const orders: ChunkOrder[] = [], gate = new SharedArrayBuffer(4);
  for (let chunk = 0; chunk < chunks; chunk++) {
    if (marks[chunk] === 1) continue;
    const first = chunk * CHUNK;
    const pictures = files.slice(first, first + CHUNK).map(({ path }) => path);
    orders.push({ chunk, pictures, form, target, start: first * pixels, gate });
  }
  const left = orders.reduce((sum, { pictures }) => sum + pictures.length, 0);
  const counts = left === files.length ? "" : `the other ${left.toLocaleString("en-US")} of `;
  log(
    `Decoding ${counts}${
      files.length.toLocaleString("en-US")
    } pictures of "${form.folder}" into ${base}.images, once`,
  );
  await decodeChunks(orders, workers, {
    decoded: decodingLog(files.length, files.length - left, log),
    finished(chunk) {
      progress.seekSync(chunk, Deno.SeekMode.Start);
      progress.writeSync(Uint8Array.of(1));
    },
  });
  Deno.renameSync(target, `${base}.images`);
}
