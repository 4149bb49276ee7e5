// An IDX file: 0, 0, type, dimensions; one big-endian 32-bit size a dimension; then the bytes, row-major.

/**
 * Reads IDX files, the format of MNIST (Y. LeCun, C. Cortes and C. Burges, "The MNIST database"), plain or gzipped.
 *
 * @module
 */
import { constants, gunzipSync } from "node:zlib";
import { messageOf, RunError } from "../core/errors.ts";

/** What an IDX file may hold: images (bytes in three dimensions) or their labels (bytes in one). */
export type IdxContent = "images" | "labels";

/** The contents of an IDX file. */
export interface IdxArray {
  /** The size of each dimension: [count, height, width] of images, [count] of labels. */
  readonly sizes: readonly number[];
  /** The values: a view of the bytes that were read. */
  readonly values: Uint8Array;
}

const MAGIC: Readonly<Record<IdxContent, number>> = { images: 0x803, labels: 0x801 };
const OTHER: Readonly<Record<IdxContent, IdxContent>> = { images: "labels", labels: "images" };
const WORD = 4;

const product = (sizes: readonly number[]) => sizes.reduce((whole, size) => whole * size, 1);
const hexadecimal = (word: number) => `0x${word.toString(16).padStart(8, "0")}`;
const bytesText = (count: number) => `${count.toLocaleString("en-US")} bytes`;
const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The bytes of the header of images or labels. */
function headerLength(content: IdxContent): number {
  return WORD * (1 + (MAGIC[content] & 0xff));
}

/** The sizes that an IDX file's header states. `file` is its name for errors. */
function parseIdxHeader(bytes: Uint8Array, content: IdxContent, file: string): readonly number[] {
  const must = `"${file}" must be an IDX file of ${content}`;
  if (bytes.length < headerLength(content)) {
    throw new RunError(
      `${must} with a header of ${bytesText(headerLength(content))}, ` +
        `got a file of ${bytesText(bytes.length)} that was cut off (fetch it again)`,
    );
  }
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = words.getUint32(0);
  if (magic !== MAGIC[content]) {
    const other = OTHER[content];
    const remedy = magic === MAGIC[other]
      ? `those are IDX ${other}, so pass the file as ${other}`
      : "pass an IDX file of unsigned bytes, plain or gzipped";
    throw new RunError(
      `${must} that begins with ${hexadecimal(MAGIC[content])}, got ${hexadecimal(magic)} (${remedy})`,
    );
  }
  return Array.from({ length: magic & 0xff }, (_, dimension) => words.getUint32(WORD * (dimension + 1)));
}

/** Reads the (plain) bytes of an IDX file strictly; the values share their memory. `file` is its name for errors. */
export function parseIdx(bytes: Uint8Array, content: IdxContent, file: string): IdxArray {
  const sizes = parseIdxHeader(bytes, content, file);
  const must = `"${file}" must be an IDX file of ${content}`;
  const needed = product(sizes);
  const values = bytes.subarray(headerLength(content));
  if (needed === 0) {
    throw new RunError(`${must} whose sizes are at least 1, got ${sizes.join("x")}`);
  }
  if (values.length !== needed) {
    throw wrongSize(file, content, sizes, bytes.length);
  }
  return { sizes, values };
}

/** The bytes of an IDX file. The inverse of {@link parseIdx}. */
export function formatIdx({ sizes, values }: IdxArray): Uint8Array<ArrayBuffer> {
  const header = WORD * (1 + sizes.length);
  const bytes = new Uint8Array(header + values.length);
  const words = new DataView(bytes.buffer);
  words.setUint32(0, 0x800 | sizes.length);
  sizes.forEach((size, dimension) => words.setUint32(WORD * (dimension + 1), size));
  bytes.set(values, header);
  return bytes;
}

/** At most how many bytes each byte of a gzip file unpacks to (Deflate). */
const GZIP_EXPANSION = 1032;

/** The first bytes of a gzip file, unpacked: enough for the header. The flush mode allows the end to be missing. */
function unpackStart(bytes: Uint8Array): Uint8Array {
  return gunzipSync(bytes.subarray(0, PEEKED), { finishFlush: constants.Z_SYNC_FLUSH });
}

/**
 * What a gzip file unpacks to; other bytes as they are. No more is unpacked than the header promises. `file` is its name for errors.
 */
export function unpack(bytes: Uint8Array, content: IdxContent, file: string): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  const must = `"${file}" must be an IDX file of ${content}`;
  try {
    const start = unpackStart(bytes);
    if (start.length < headerLength(content)) throw new Error("it ends before the header does");
    const sizes = parseIdxHeader(start, content, file);
    const whole = headerLength(content) + product(sizes);
    if (whole > GZIP_EXPANSION * bytes.length) {
      throw new RunError(
        `${must} with ${bytesText(whole)} for ${sizes.join("x")} values, got ${
          bytesText(bytes.length)
        } of gzip, ` +
          "which cannot hold as many (fetch it again)",
      );
    }
    const { buffer, byteOffset, length } = gunzipSync(bytes, { maxOutputLength: whole });
    return new Uint8Array(buffer, byteOffset, length);
  } catch (thrown) {
    if (thrown instanceof RunError) throw thrown;
    if ((thrown as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") {
      throw new RunError(`${must}, got one that unpacks to more than its header says (fetch it again)`);
    }
    throw new RunError(
      `${must}, got a damaged gzip file: ${messageOf(thrown)} (fetch it again)`,
    );
  }
}

/** Reads an IDX file, plain or gzipped. Throws a RunError that names the file, what was expected and what was found. */
export async function readIdx(file: string, content: IdxContent): Promise<IdxArray> {
  let bytes: Uint8Array;
  try {
    // A named pipe would block forever.
    const { isFile, size } = await Deno.stat(file);
    if (!isFile) throw new Error("it is not a regular file");
    checkFileSize(file, content, size);
    bytes = await Deno.readFile(file);
  } catch (thrown) {
    if (thrown instanceof RunError) throw thrown;
    const reason = thrown instanceof Deno.errors.NotFound ? "it does not exist" : messageOf(thrown);
    throw new RunError(`"${file}" must be an IDX file of ${content}, but ${reason} (check the path)`);
  }
  return parseIdx(unpack(bytes, content, file), content, file);
}

/** Refuses a plain file whose size does not match its header, before the rest is read. */
function checkFileSize(file: string, content: IdxContent, size: number): void {
  using opened = Deno.openSync(file);
  const start = new Uint8Array(Math.min(size, PEEKED));
  opened.readSync(start);
  if (isGzip(start)) return;
  const sizes = parseIdxHeader(start, content, file), needed = product(sizes);
  if (size - headerLength(content) !== needed && needed > 0) throw wrongSize(file, content, sizes, size);
}

function wrongSize(file: string, content: IdxContent, sizes: readonly number[], size: number): RunError {
  const needed = product(sizes), found = size - headerLength(content);
  const remedy = found < needed ? "it was cut off" : "it has more than its header says";
  return new RunError(
    `"${file}" must be an IDX file of ${content} with ${bytesText(needed)} after its header ` +
      `for ${sizes.join("x")} values, got ${bytesText(found)}: ${remedy} (fetch it again)`,
  );
}

/** The location of the images in an IDX file, to read ranges of them. */
export interface IdxImages {
  readonly sizes: readonly number[];
  /** The byte at which the first image begins. */
  readonly start: number;
  /** The file's size in bytes and its time in milliseconds since 1970. */
  readonly size: number;
  readonly modified: number;
}

/**
 * The location of the images in a plain IDX file when they take more than `memory` bytes; `undefined` when they fit, or when there is no
 * such file (reading it reports that). Throws a RunError for a file that was cut off, and for a gzipped one that is too large.
 */
export function locateIdxImages(file: string, memory: number): IdxImages | undefined {
  const sizes = peekIdxSizes(file, "images");
  if (sizes === undefined || product(sizes) <= memory) return undefined;
  const needed = product(sizes);
  const must = `"${file}" must be an IDX file of images`;
  using opened = Deno.openSync(file);
  const begin = new Uint8Array(WORD);
  opened.readSync(begin);
  if (isGzip(begin)) {
    throw new RunError(
      `${must} that is not gzipped to be read in parts, got ${bytesText(needed)}, more than the ` +
        `${bytesText(memory)} of load.memory (unpack it with gunzip, or raise load.memory)`,
    );
  }
  if (sizes[1] * sizes[2] > memory) {
    throw new RunError(
      `load.memory must hold at least one image of "${file}", ${sizes[1]}x${sizes[2]}, got ` +
        `${bytesText(memory)} (raise it, as in --set load.memory=1GB)`,
    );
  }
  const { size, mtime } = opened.statSync(), start = headerLength("images");
  if (size !== start + needed) {
    throw new RunError(
      `${must} with ${bytesText(needed)} after its header for ${sizes.join("x")} values, ` +
        `got ${bytesText(size - start)} (fetch it again)`,
    );
  }
  return { sizes, start, size, modified: mtime?.getTime() ?? 0 };
}

/** Enough of a gzip file to unpack the header of any IDX file. */
const PEEKED = 1024;

/** The sizes of an IDX file by its first bytes alone; `undefined` when they cannot be known. Never throws. */
export function peekIdxSizes(file: string, content: IdxContent): readonly number[] | undefined {
  try {
    if (!Deno.statSync(file).isFile) return undefined;
    using opened = Deno.openSync(file);
    const buffer = new Uint8Array(PEEKED);
    const start = buffer.subarray(0, opened.readSync(buffer) ?? 0);
    return parseIdxHeader(isGzip(start) ? unpackStart(start) : start, content, file);
  } catch {
    return undefined;
  }
}
