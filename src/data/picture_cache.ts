/**
 * Pictures that do not fit in memory are decoded once, into a file of raw bytes from which they are read from then on.
 *
 * A cache is `data/cache/pictures-<folder>-<height>x<width>-<state>.images`. `<folder>` is a hash of the folder's path, so that caches of
 * earlier states of a folder can be found by name; `<state>` is a hash of everything that determines the bytes. While it is incomplete it
 * is called `.partial`, with a `.progress` file: one byte per chunk, 1 when the chunk is on the disk. The decoding process holds the lock
 * of that file, which the system releases when the process ends.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { messageOf, RunError } from "../core/errors.ts";
import { permutation } from "../core/random.ts";
import { greyShape, pixelCount, type ValueKind } from "../core/shape.ts";
import type { SampleFile } from "./dataset.ts";
import { samplesInMemory } from "./feed.ts";
import type { PictureFile } from "./picture_files.ts";
import { decodeChunks, decodingLog } from "./picture_pool.ts";
import type { ChunkOrder } from "./picture_worker.ts";
import type { PictureForm } from "./read_picture.ts";

/** Increase it when the same picture file gives other pixels, or the layout of a cache changes. */
const VERSION = 3;

/** How a cache stores the values of pictures. */
const KIND: ValueKind = "bytes";

/** Pictures that are decoded, written and marked as done together. */
const CHUNK = 128;

/** Milliseconds between checks whether another process is done. */
const WAIT_MILLISECONDS = 250;

/** Options for {@link cachePictures}. */
export interface CacheOptions {
  /** The bytes of images that may be held in memory at a time. */
  readonly memory: number;
  /** Logs what takes long and why. */
  log(message: string): void;
  /** The folder of caches. @default {"data/cache"} */
  readonly folder?: string;
  /** How many workers decode. @default all cores */
  readonly workers?: number;
}

/**
 * Files in the order of their pictures in a cache. The order is a fixed shuffle: a folder is sorted by label, and what is
 * read and shuffled a part at a time should have all labels in each part, as should the end, which becomes the test split.
 */
export function inCacheOrder<File>(files: readonly File[]): File[] {
  // The stream of the splits, in an epoch that they do not use; independent of the run's seed, so that a cache serves all seeds.
  const order = permutation(files.length, { seed: 0, stream: "split", epoch: 2 });
  return Array.from(order, (position) => files[position]);
}

/**
 * The file of the decoded pictures, in the given order. Decodes them if necessary, resumes where an earlier process stopped, and waits
 * while another process decodes.
 *
 * @throws {RunError} When a picture does not decode, or the cache cannot be written.
 */
export async function cachePictures(
  files: readonly PictureFile[],
  form: PictureForm,
  options: CacheOptions,
): Promise<SampleFile> {
  const { memory, log, folder = "data/cache" } = options;
  const size = files.length * pixelCount(form);
  const base = `${folder}/${cacheName(files, form)}`, path = `${base}.images`;
  let modified: number | undefined, isWaiting = false;
  try {
    modified = timeOfWhole(path, size);
    if (modified === undefined) Deno.mkdirSync(folder, { recursive: true });
    while (modified === undefined) {
      using progress = openLocked(`${base}.progress`);
      // Another process may have finished between the check and the lock.
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
  const block = samplesInMemory(memory, greyShape(form), KIND);
  return { path, kind: KIND, start: 0, block, size, modified };
}

function cacheError({ folder }: PictureForm, cache: string, size: number, thrown: unknown): RunError {
  const megabytes = `${Math.ceil(size / 1e6)}MB`;
  return new RunError(
    `"${cache}" must be writable and have room for ${megabytes} of decoded pictures of "${folder}": ` +
      `${messageOf(thrown)} (or keep them in memory with --set load.memory=${megabytes})`,
    { cause: thrown },
  );
}

function cacheName(files: readonly PictureFile[], { folder, height, width, like }: PictureForm): string {
  const absolute = Deno.realPathSync(folder);
  const state = createHash("sha256");
  state.update(
    JSON.stringify([VERSION, CHUNK, absolute, KIND, greyShape({ height, width }), like === undefined]),
  );
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
  // A file that was removed meanwhile is no lock: its name may belong to a new file.
  if (file.tryLockSync(true) && file.statSync().ino === statIfThere(path)?.ino) return file;
  file.close();
  return undefined;
}

/** The marks of all chunks: those of an earlier process if its unfinished file exists. */
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

/** Options for {@link decodeAll}. */
interface DecodingOptions {
  readonly files: readonly PictureFile[];
  readonly form: PictureForm;
  /** The path of all files of this cache, without the ending. */
  readonly base: string;
  /** The file of marks, locked. */
  readonly progress: Deno.FsFile;
  readonly options: CacheOptions;
}

async function decodeAll({ files, form, base, progress, options }: DecodingOptions): Promise<void> {
  const { log, workers = navigator.hardwareConcurrency } = options;
  const pixels = pixelCount(form), target = `${base}.partial`;
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
