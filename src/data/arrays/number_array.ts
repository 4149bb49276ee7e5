// n = samples; sizes [n, ...] are those of an array, its first dimension counts samples.

/**
 * Arrays of numbers: where a file holds them, and how they become samples.
 *
 * An array that is larger than the memory for a split stays in its file where the file holds the numbers as they are used, and is
 * converted once into a cache file where it does not.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { RunError } from "../../core/errors.ts";
import { bytesOfKind, newValues, type SampleValues } from "../../core/shape.ts";
import type { Samples } from "../dataset.ts";
import type { SourceContext } from "../contract.ts";
import { samplesInMemory } from "../feed.ts";
import {
  bytesOfNumber,
  isStoredAsUsed,
  kindOfNumber,
  type NumberDecoder,
  numberDecoder,
} from "./number_type.ts";
import { countOf, type NumberArray, type StoredArray } from "./stored_array.ts";
import { type CacheContent, cacheValues } from "./value_cache.ts";

/** What {@link readArray} needs of a source's context. */
export type ArrayContext = Pick<SourceContext, "memory" | "log" | "warn">;

/** Bytes that are read and converted at a time. */
const CHUNK_BYTES = 1 << 22;

/**
 * Reads an array into memory, if its values take at most as much as it may use; else finds or makes a file of them.
 *
 * @throws {RunError} When the file ends early, or a number is too large for single precision.
 */
export async function readArray(
  array: StoredArray,
  { memory = Infinity, log, warn = log }: ArrayContext,
): Promise<NumberArray> {
  const { name, sizes, type } = array, kind = kindOfNumber(type);
  const size = countOf(sizes.slice(1)), bytes = countOf(sizes) * bytesOfKind(kind);
  const decoder = numberDecoder(type, name);
  let samples: Samples;
  if (bytes <= memory) samples = { values: await readAll(array, decoder) };
  else {
    checkOneFits(array, size * bytesOfKind(kind), memory);
    const block = samplesInMemory(memory, sizes.slice(1), kind);
    const inPlace = !array.isFortran && array.order === undefined && array.unpack === undefined;
    const file = inPlace && isStoredAsUsed(type)
      ? { path: array.path, start: array.start, ...stateOf(array.path) }
      : await cacheValues(contentOf(array), bytes, log, (write) => convert(array, decoder, block, write));
    samples = { values: newValues(kind, 0), file: { kind, block, ...file } };
  }
  if (decoder.rounded > 0) {
    warn(
      `${
        decoder.rounded.toLocaleString("en-US")
      } numbers of ${name} are rounded to single precision, which has whole numbers up to 16,777,216`,
    );
  }
  return { name, sizes, ...samples };
}

function contentOf({ name, path, sizes, type, isFortran = false, order, start }: StoredArray): CacheContent {
  const reordered = order && createHash("sha256").update(order).digest("hex");
  return { name, files: [path], layout: { sizes, type, isFortran, start, reordered } };
}

function checkOneFits({ name, sizes }: StoredArray, bytes: number, memory: number): void {
  if (bytes <= memory) return;
  throw new RunError(
    `load.memory must hold at least one sample of ${name}, ${sizes.slice(1).join("x")}, got ${
      memory.toLocaleString("en-US")
    } bytes (raise it, as in --set load.memory=1GB)`,
  );
}

function stateOf(path: string): { size: number; modified: number } {
  const { size, mtime } = Deno.statSync(path);
  return { size, modified: mtime?.getTime() ?? 0 };
}

/** Samples that are put together from the columns of a file at a time: few enough for the second-level cache. */
const FORTRAN_SAMPLES = 512;

/** All values, without a second copy of them: the file is read and converted a chunk at a time. */
async function readAll(array: StoredArray, decoder: NumberDecoder): Promise<SampleValues> {
  const { sizes, type, isFortran = false, order, unpack } = array;
  const values = newValues(kindOfNumber(type), countOf(sizes)), size = countOf(sizes.slice(1));
  let at = 0;
  if (isFortran && unpack === undefined) {
    convertColumns(array, decoder, FORTRAN_SAMPLES, (part) => {
      values.set(part, at);
      at += part.length;
    });
    return values;
  }
  let decoded = newValues(kindOfNumber(type), 0);
  for await (const chunk of numbersOf(array, CHUNK_BYTES)) {
    const count = chunk.length / bytesOfNumber(type);
    if (!isFortran) decoder.decode(chunk, values.subarray(at, at + count));
    else {
      if (decoded.length < count) decoded = newValues(kindOfNumber(type), count);
      const part = decoded.subarray(0, count);
      decoder.decode(chunk, part);
      scatter(part, at, values, sizes[0], placesOf(array));
    }
    at += count;
  }
  if (!isFortran && order !== undefined) reorder(values, size, order);
  return values;
}

/** Puts values that were read in Fortran order, from position `from` of the file on, where they belong in C order. */
function scatter(
  decoded: SampleValues,
  from: number,
  values: SampleValues,
  count: number,
  places: Uint32Array,
): void {
  const size = places.length;
  let sample = from % count, column = Math.floor(from / count);
  for (let at = 0; at < decoded.length; at++) {
    values[sample * size + places[column]] = decoded[at];
    if (++sample === count) {
      sample = 0;
      column++;
    }
  }
}

const places = new WeakMap<StoredArray, Uint32Array>();

/** For each position within a sample as Fortran order stores it, its place in a sample as it is used. */
function placesOf(array: StoredArray): Uint32Array {
  const known = places.get(array);
  if (known !== undefined) return known;
  const inner = array.sizes.slice(1), made = new Uint32Array(countOf(inner));
  const index = new Array<number>(inner.length).fill(0);
  const target = array.order === undefined ? undefined : inverse(array.order);
  for (let column = 0; column < made.length; column++) {
    const stored = index.reduce((sum, one, axis) => sum * inner[axis] + one, 0);
    made[column] = target?.[stored] ?? stored;
    for (let axis = 0; axis < inner.length && ++index[axis] === inner[axis]; axis++) index[axis] = 0;
  }
  places.set(array, made);
  return made;
}

function inverse(order: Uint32Array): Uint32Array {
  const target = new Uint32Array(order.length);
  order.forEach((from, to) => target[from] = to);
  return target;
}

/** Reorders the values of each sample in place: value k is then the one that was at `order[k]`. */
function reorder(values: SampleValues, size: number, order: Uint32Array): void {
  const sample = values.slice(0, size);
  for (let first = 0; first < values.length; first += size) {
    sample.set(values.subarray(first, first + size));
    for (let at = 0; at < size; at++) values[first + at] = sample[order[at]];
  }
}

/** Whole numbers of a file in the order in which it holds them, at most `most` bytes at a time. */
async function* numbersOf(array: StoredArray, most: number): AsyncIterable<Uint8Array<ArrayBuffer>> {
  const item = bytesOfNumber(array.type), whole = countOf(array.sizes) * item;
  if (array.unpack === undefined) {
    using file = Deno.openSync(array.path);
    const buffer = new Uint8Array(Math.min(whole, most - most % item));
    for (let at = 0; at < whole; at += buffer.length) {
      const chunk = buffer.subarray(0, Math.min(buffer.length, whole - at));
      readRange(file, array, array.start + at, chunk);
      yield chunk;
    }
    return;
  }
  let rest = new Uint8Array(0), at = 0;
  for await (const unpacked of array.unpack()) {
    const bytes = new Uint8Array(rest.length + unpacked.length);
    bytes.set(rest);
    bytes.set(unpacked, rest.length);
    const end = bytes.length - bytes.length % item;
    if (end > 0) yield bytes.subarray(0, end);
    at += end;
    rest = bytes.slice(end);
  }
  if (at !== whole) throw cutOff(array);
}

function readRange(file: Deno.FsFile, array: StoredArray, from: number, target: Uint8Array): void {
  file.seekSync(from, Deno.SeekMode.Start);
  for (let done = 0; done < target.length;) {
    const read = file.readSync(target.subarray(done));
    if (read === null) throw cutOff(array);
    done += read;
  }
}

function cutOff({ name }: StoredArray): RunError {
  return new RunError(`${name} must be whole, got a file that was cut off (fetch or write it again)`);
}

/** Writes all values in C order, at most `block` samples at a time. */
async function convert(
  array: StoredArray,
  decoder: NumberDecoder,
  block: number,
  write: (values: SampleValues) => void,
): Promise<void> {
  if (array.isFortran) return convertColumns(array, decoder, block, write);
  const size = countOf(array.sizes.slice(1)), item = bytesOfNumber(array.type);
  const samples = Math.max(1, Math.min(block, Math.floor(CHUNK_BYTES / (size * item))));
  const values = newValues(kindOfNumber(array.type), samples * size);
  let filled = 0;
  const flush = () => {
    const whole = values.subarray(0, filled);
    if (array.order !== undefined) reorder(whole, size, array.order);
    write(whole);
    filled = 0;
  };
  for await (const chunk of numbersOf(array, CHUNK_BYTES)) {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(values.length - filled, (chunk.length - at) / item);
      decoder.decode(chunk.subarray(at, at + count * item), values.subarray(filled, filled + count));
      filled += count;
      at += count * item;
      if (filled === values.length) flush();
    }
  }
  if (filled > 0) flush();
}

/** As {@link convert}, of an array in Fortran order, each of whose columns holds one value of all samples. */
function convertColumns(
  array: StoredArray,
  decoder: NumberDecoder,
  block: number,
  write: (values: SampleValues) => void,
): void {
  const { name, path, sizes: [count, ...inner], type, start, unpack } = array, size = countOf(inner);
  if (unpack !== undefined) {
    throw new RunError(
      `load.memory must hold ${name}, which is packed in Fortran order and cannot be read in parts, got less than ${
        (count * size * bytesOfKind(kindOfNumber(type))).toLocaleString("en-US")
      } bytes (raise it, or save the array with np.ascontiguousarray)`,
    );
  }
  using file = Deno.openSync(path);
  const places = placesOf(array), item = bytesOfNumber(type), kind = kindOfNumber(type);
  const most = Math.min(block, count), values = newValues(kind, most * size);
  const column = new Uint8Array(most * item), decoded = newValues(kind, most);
  for (let first = 0; first < count; first += block) {
    const samples = Math.min(block, count - first), part = column.subarray(0, samples * item);
    for (let at = 0; at < size; at++) {
      readRange(file, array, start + (at * count + first) * item, part);
      decoder.decode(part, decoded);
      for (let sample = 0; sample < samples; sample++) values[sample * size + places[at]] = decoded[sample];
    }
    write(values.subarray(0, samples * size));
  }
}
