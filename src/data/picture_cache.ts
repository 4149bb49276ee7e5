/**
 * Pictures that do not fit in memory are decoded once, into a file of raw bytes from which they are read from then on.
 *
 * A cache is `data/cache/pictures-<folder>-<height>x<width>-<state>.images`. `<folder>` is a hash of the folder's path, so that caches of
 * earlier states of a folder can be found by name; `<state>` is a hash of everything that determines the bytes. While it is incomplete it
 * is called `.partial`, with a `.progress` file: one byte per chunk, 1 when the chunk is on the disk. The decoding process holds the lock
 * of that file, which the system releases when the process ends. Pictures that did not decode are listed in a `.broken` file, a line of
 * JSON each; where they are skipped, samples from the end take their places.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { messageOf, RunError } from "../core/errors.ts";
import { statIfThere } from "../core/files.ts";
import { permutation } from "../core/random.ts";
import { CACHE_FOLDER } from "./arrays/value_cache.ts";
import type { SampleFile } from "./dataset.ts";
import { samplesInMemory } from "./feed.ts";
import { addBroken, arranged, brokenNames, holesOf, readBroken } from "./picture_holes.ts";
import type { SurveyedPicture } from "./picture_survey.ts";
import { decodeChunks, decodingLog } from "./picture_pool.ts";
import type { BrokenPicture, ChunkOrder, PlacedPicture } from "./picture_worker.ts";
import { kindOfForm, type PictureForm, sampleBytes, shapeOfForm } from "./read_picture.ts";

/** Increase it when the same picture file gives other pixels, or the layout of a cache changes. */
const VERSION = 4;

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
  /** Whether pictures that do not decode are left out. @default {false} */
  readonly skipsBroken?: boolean;
}

/** A sample of a cache: which of the files it is from, and which of its frames. */
export interface CachedSample {
  readonly file: number;
  readonly frame: number;
}

/** Decoded pictures. */
export interface CachedPictures {
  readonly file: SampleFile;
  /** The samples in the order of the file. */
  readonly samples: readonly CachedSample[];
  /** What did not decode, and was left out. */
  readonly broken: readonly BrokenPicture[];
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

/** All samples of files in the order of a cache. Files are in that order already, so frames are mixed only where there are several. */
function samplesOf(files: readonly SurveyedPicture[]): CachedSample[] {
  const samples = files.flatMap(({ frames }, file) =>
    Array.from({ length: frames }, (_, frame) => ({ file, frame }))
  );
  return samples.length === files.length ? samples : inCacheOrder(samples);
}

/**
 * The decoded pictures of files, which are given in the order of a cache. Decodes them if necessary, resumes where an earlier process
 * stopped, and waits while another process decodes.
 *
 * @throws {RunError} When a picture does not decode and is not to be skipped, or the cache cannot be written.
 */
export async function cachePictures(
  files: readonly SurveyedPicture[],
  form: PictureForm,
  options: CacheOptions,
): Promise<CachedPictures> {
  const { memory, log, folder = CACHE_FOLDER } = options, samples = samplesOf(files);
  const base = `${folder}/${cacheName(files, form)}`, path = `${base}.images`, each = sampleBytes(form);
  let found: WholeCache | undefined, isWaiting = false;
  try {
    found = findWhole(base, samples.length, each);
    if (found === undefined) Deno.mkdirSync(folder, { recursive: true });
    while (found === undefined) {
      using progress = openLocked(`${base}.progress`);
      // Another process may have finished between the check and the lock.
      found = findWhole(base, samples.length, each);
      if (progress !== undefined) {
        if (found === undefined) await decodeAll({ files, samples, form, base, progress, options });
        Deno.removeSync(`${base}.progress`);
      } else if (found === undefined) {
        if (!isWaiting) log(`Waiting for another process that decodes the pictures of "${form.folder}"`);
        isWaiting = true;
        await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
      }
      found = findWhole(base, samples.length, each);
    }
  } catch (thrown) {
    throw thrown instanceof RunError ? thrown : cacheError(form, folder, samples.length * each, thrown);
  }
  const { broken, size, modified } = found, kind = kindOfForm(form);
  if (broken.length > 0 && !options.skipsBroken) throw new RunError(broken[0].message);
  const block = samplesInMemory(memory, shapeOfForm(form), kind);
  const order = arranged(samples.length, holesOf(broken));
  return {
    file: { path, kind, start: 0, block, size, modified },
    samples: order.map((slot) => samples[slot]),
    broken,
  };
}

/** A finished cache. */
interface WholeCache {
  readonly broken: readonly BrokenPicture[];
  /** Its bytes, and when it was finished (milliseconds since 1970). */
  readonly size: number;
  readonly modified: number;
}

/** A finished cache of `count` samples, without the broken ones; `undefined` when there is none, or it was cut off. */
function findWhole(base: string, count: number, each: number): WholeCache | undefined {
  const there = statIfThere(`${base}.images`);
  if (there === undefined) return undefined;
  const broken = readBroken(base), size = (count - holesOf(broken).size) * each;
  return there.size === size ? { broken, size, modified: there.mtime?.getTime() ?? 0 } : undefined;
}

function cacheError({ folder }: PictureForm, cache: string, size: number, thrown: unknown): RunError {
  const megabytes = `${Math.ceil(size / 1e6)}MB`;
  return new RunError(
    `"${cache}" must be writable and have room for ${megabytes} of decoded pictures of "${folder}": ` +
      `${messageOf(thrown)} (or keep them in memory with --set load.memory=${megabytes})`,
    { cause: thrown },
  );
}

function cacheName(files: readonly SurveyedPicture[], form: PictureForm): string {
  const { folder, height, width, like, maxPixels: _, ...rest } = form, absolute = Deno.realPathSync(folder);
  const state = createHash("sha256");
  state.update(JSON.stringify([VERSION, CHUNK, absolute, shapeOfForm(form), like === undefined, rest]));
  for (const { path, name, frames } of files) {
    const { size, mtime } = statPicture(path);
    state.update(JSON.stringify([name, size, mtime?.getTime() ?? 0, frames]));
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

/** Opens a file for the one process that holds its lock; `undefined` when another one does. */
function openLocked(path: string): Deno.FsFile | undefined {
  const file = Deno.openSync(path, { read: true, write: true, create: true });
  // A file that was removed meanwhile is no lock: its name may belong to a new file.
  if (file.tryLockSync(true) && file.statSync().ino === statIfThere(path)?.ino) return file;
  file.close();
  return undefined;
}

/** The marks of all chunks: those of an earlier process if its unfinished file exists. */
function readMarks(progress: Deno.FsFile, chunks: number, base: string, size: number): Uint8Array {
  const marks = new Uint8Array(chunks), partial = `${base}.partial`;
  if (statIfThere(partial)?.size === size) {
    for (let read: number | null = 0, at = 0; read !== null && at < chunks; at += read ?? 0) {
      read = progress.readSync(marks.subarray(at));
    }
    return marks;
  }
  // First the marks, then the file that they are about: a kill in between leaves no mark without its chunk.
  progress.truncateSync(0);
  progress.syncSync();
  if (statIfThere(`${base}.broken`) !== undefined) Deno.removeSync(`${base}.broken`);
  using file = Deno.openSync(partial, { write: true, create: true, truncate: true });
  file.truncateSync(size);
  return marks;
}

/** Options for {@link decodeAll}. */
interface DecodingOptions {
  readonly files: readonly SurveyedPicture[];
  readonly samples: readonly CachedSample[];
  readonly form: PictureForm;
  /** The path of all files of this cache, without the ending. */
  readonly base: string;
  /** The file of marks, locked. */
  readonly progress: Deno.FsFile;
  readonly options: CacheOptions;
}

/** The files in chunks of about as many samples as there are to be decoded together, with the places of their samples. */
function chunksOf(files: readonly SurveyedPicture[], samples: readonly CachedSample[]): PlacedPicture[][] {
  const slots: number[][] = files.map(({ frames }) => new Array<number>(frames));
  samples.forEach(({ file, frame }, slot) => slots[file][frame] = slot);
  const chunks: PlacedPicture[][] = [];
  let room = 0;
  for (const [file, { path }] of files.entries()) {
    if (room <= 0) {
      chunks.push([]);
      room = CHUNK;
    }
    chunks.at(-1)!.push({ path, slots: slots[file] });
    room -= slots[file].length;
  }
  return chunks;
}

async function decodeAll({ files, samples, form, base, progress, options }: DecodingOptions): Promise<void> {
  const { log, workers = navigator.hardwareConcurrency, skipsBroken = false } = options;
  const target = `${base}.partial`, chunks = chunksOf(files, samples), gate = new SharedArrayBuffer(4);
  const marks = readMarks(progress, chunks.length, base, samples.length * sampleBytes(form));
  const orders: ChunkOrder[] = chunks.flatMap((pictures, chunk) =>
    marks[chunk] === 1 ? [] : [{ chunk, pictures, form, target, gate, skipsBroken }]
  );
  const left = orders.reduce(
    (sum, { pictures }) => pictures.reduce((all, { slots }) => all + slots.length, sum),
    0,
  );
  const counts = left === samples.length ? "" : `the other ${left.toLocaleString("en-US")} of `;
  log(
    `Decoding ${counts}${
      samples.length.toLocaleString("en-US")
    } pictures of "${form.folder}" into ${base}.images, once`,
  );
  await decodeChunks(orders, workers, {
    decoded: decodingLog(samples.length, samples.length - left, log),
    finished(chunk, broken) {
      addBroken(base, broken);
      progress.seekSync(chunk, Deno.SeekMode.Start);
      progress.writeSync(Uint8Array.of(1));
    },
  });
  closeHoles(target, samples.length, sampleBytes(form), readBroken(base), form.folder);
  Deno.renameSync(target, `${base}.images`);
}

/** Moves samples from the end of a file to the places of broken ones, and cuts it. Only the cut cannot be repeated. */
function closeHoles(
  target: string,
  count: number,
  each: number,
  broken: readonly BrokenPicture[],
  folder: string,
): void {
  if (broken.length === 0) return;
  const order = arranged(count, holesOf(broken)), sample = new Uint8Array(each);
  if (order.length === 0) {
    throw new RunError(`"${folder}" must have at least one image that decodes, got ${brokenNames(broken)}`);
  }
  using file = Deno.openSync(target, { read: true, write: true });
  for (const [place, slot] of order.entries()) {
    if (place === slot) continue;
    file.seekSync(slot * each, Deno.SeekMode.Start);
    for (let done = 0; done < each;) done += file.readSync(sample.subarray(done)) ?? each;
    file.seekSync(place * each, Deno.SeekMode.Start);
    for (let done = 0; done < each;) done += file.writeSync(sample.subarray(done));
  }
  file.syncSync();
  file.truncateSync(order.length * each);
  file.syncSync();
}
