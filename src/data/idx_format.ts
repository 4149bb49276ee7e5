// An IDX file: 0, 0, type, dimensions; one big-endian 32-bit size a dimension; then the numbers, big-endian, row-major.

/**
 * Reads IDX files, the format of MNIST (Y. LeCun, C. Cortes and C. Burges, "The MNIST database"), plain or gzipped.
 *
 * @module
 */
import { constants, gunzipSync } from "node:zlib";
import { messageOf, RunError } from "../core/errors.ts";
import { fileKind } from "./arrays/file_kind.ts";
import { bytesOfNumber, type NumberType, numberTypeText } from "./arrays/number_type.ts";
import { startOfFile } from "./arrays/open_npy.ts";
import { countOf, type StoredArray } from "./arrays/stored_array.ts";

/** What an IDX file may hold: images (or vectors) in two dimensions or more, or their labels in one. */
export type IdxContent = "images" | "labels";

/** The bytes of an IDX file. */
export interface IdxArray {
  /** The size of each dimension: [count, height, width] of images, [count] of labels. */
  readonly sizes: readonly number[];
  /** The values: a view of the bytes that were read. */
  readonly values: Uint8Array;
}

const TYPES: Readonly<Record<number, NumberType>> = {
  0x08: { code: "u1", isLittleEndian: false },
  0x09: { code: "i1", isLittleEndian: false },
  0x0b: { code: "i2", isLittleEndian: false },
  0x0c: { code: "i4", isLittleEndian: false },
  0x0d: { code: "f4", isLittleEndian: false },
  0x0e: { code: "f8", isLittleEndian: false },
};

/** The type of unsigned bytes, in the third byte. */
const BYTES_TYPE = 0x08;
const WORD = 4, MOST_DIMENSIONS = 8;

/** Enough of a gzip file to unpack the header of any IDX file. */
const PEEKED = 1024;

/** At most how many bytes each byte of a gzip file unpacks to (Deflate). */
const GZIP_EXPANSION = 1032;

const bytesText = (count: number) => `${count.toLocaleString("en-US")} bytes`;
const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** What a header states. */
interface IdxHeader {
  readonly type: NumberType;
  readonly sizes: readonly number[];
  /** The byte at which the numbers begin. */
  readonly start: number;
}

const mustBe = (file: string, content: IdxContent) => `"${file}" must be an IDX file of ${content}`;

/** Reads a header from the first (plain) bytes of a file of `size` bytes. */
function parseHeader(bytes: Uint8Array, content: IdxContent, file: string, size: number): IdxHeader {
  const must = mustBe(file, content);
  const [zero, two, code, dimensions] = bytes, type = TYPES[code];
  if (bytes.length < WORD) {
    throw new RunError(
      `${must} with a header of at least 8 bytes, got a file of ${
        bytesText(bytes.length)
      } that was cut off (fetch it again)`,
    );
  }
  if (zero !== 0 || two !== 0 || type === undefined || !(dimensions >= 1 && dimensions <= MOST_DIMENSIONS)) {
    const word = bytes.subarray(0, WORD).toHex();
    throw new RunError(
      `${must}, got ${
        fileKind(bytes, size) ?? `a file that begins with 0x${word} (pass an IDX file, plain or gzipped)`
      }`,
    );
  }
  if ((dimensions === 1) !== (content === "labels")) {
    const [found, wanted] = content === "labels"
      ? ["images", "1 dimension"]
      : ["labels", "2 dimensions or more"];
    throw new RunError(
      `${must} of ${wanted}, got ${dimensions} (those are IDX ${found}, so pass the file as ${found})`,
    );
  }
  const start = WORD * (1 + dimensions);
  if (bytes.length < start) {
    throw new RunError(
      `${must} with a header of ${bytesText(start)}, got a file of ${
        bytesText(bytes.length)
      } that was cut off (fetch it again)`,
    );
  }
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = Array.from({ length: dimensions }, (_, axis) => words.getUint32(WORD * (axis + 1)));
  if (sizes.includes(0)) throw new RunError(`${must} whose sizes are at least 1, got ${sizes.join("x")}`);
  return { type, sizes, start };
}

function checkSize({ type, sizes, start }: IdxHeader, content: IdxContent, file: string, size: number): void {
  const needed = countOf(sizes) * bytesOfNumber(type), found = size - start;
  if (found === needed) return;
  const remedy = found < needed ? "it was cut off" : "it has more than its header says";
  throw new RunError(
    `${mustBe(file, content)} with ${bytesText(needed)} after its header ` +
      `for ${sizes.join("x")} numbers of ${numberTypeText(type)}, got ${
        bytesText(found)
      }: ${remedy} (fetch it again)`,
  );
}

/** Reads the (plain) bytes of an IDX file of bytes; the values share their memory. `file` is its name for errors. */
export function parseIdx(bytes: Uint8Array, content: IdxContent, file: string): IdxArray {
  const header = parseHeader(bytes, content, file, bytes.length);
  checkSize(header, content, file, bytes.length);
  if (header.type.code !== "u1") {
    throw new RunError(`${mustBe(file, content)} of bytes, got ${numberTypeText(header.type)}`);
  }
  return { sizes: header.sizes, values: bytes.subarray(header.start) };
}

/** The bytes of an IDX file of bytes. The inverse of {@link parseIdx}. */
export function formatIdx({ sizes, values }: IdxArray): Uint8Array<ArrayBuffer> {
  const header = WORD * (1 + sizes.length);
  const bytes = new Uint8Array(header + values.length);
  const words = new DataView(bytes.buffer);
  words.setUint32(0, BYTES_TYPE << 8 | sizes.length);
  sizes.forEach((size, dimension) => words.setUint32(WORD * (dimension + 1), size));
  bytes.set(values, header);
  return bytes;
}

/**
 * Where the array of an IDX file, plain or gzipped, is. Reads its header alone.
 *
 * @throws {RunError} When it is not such a file, or has not the size that its header says.
 */
export function openIdx(file: string, content: IdxContent): StoredArray {
  const { start: bytes, size } = startOfFile(file, PEEKED), name = `"${file}"`;
  if (!isGzip(bytes)) {
    const header = parseHeader(bytes, content, file, size);
    checkSize(header, content, file, size);
    return { name, path: file, ...header };
  }
  const header = parseHeader(unpackStart(bytes, content, file), content, file, size);
  const whole = header.start + countOf(header.sizes) * bytesOfNumber(header.type);
  if (whole > GZIP_EXPANSION * size) {
    throw new RunError(
      `${mustBe(file, content)} with ${bytesText(whole)} for ${header.sizes.join("x")} values, got ${
        bytesText(size)
      } of gzip, ` +
        "which cannot hold as many (fetch it again)",
    );
  }
  return { name, path: file, ...header, unpack: () => unpack(file, content, header.start, whole) };
}

/** The first bytes of a gzip file, unpacked: enough for the header. */
function unpackStart(bytes: Uint8Array, content: IdxContent, file: string): Uint8Array {
  try {
    // The flush mode allows the end to be missing.
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (thrown) {
    throw damagedGzip(file, content, thrown);
  }
}

function damagedGzip(file: string, content: IdxContent, thrown: unknown): RunError {
  return new RunError(
    `${mustBe(file, content)}, got a damaged gzip file: ${messageOf(thrown)} (fetch it again)`,
  );
}

/** What a gzip file unpacks to from `from` on, a part at a time: `whole` bytes, no more and no less. */
async function* unpack(
  file: string,
  content: IdxContent,
  from: number,
  whole: number,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  let at = 0;
  try {
    const opened = await Deno.open(file);
    for await (const part of opened.readable.pipeThrough(new DecompressionStream("gzip"))) {
      const skipped = Math.max(0, Math.min(part.length, from - at));
      at += part.length;
      if (at > whole) {
        throw new RunError(
          `${mustBe(file, content)}, got one that unpacks to more than its header says (fetch it again)`,
        );
      }
      if (skipped < part.length) yield part.subarray(skipped);
    }
  } catch (thrown) {
    throw thrown instanceof RunError ? thrown : damagedGzip(file, content, thrown);
  }
  if (at < whole) throw damagedGzip(file, content, "it ends early");
}

/** As {@link openIdx}; `undefined` when it cannot be opened. */
export function peekIdx(file: string, content: IdxContent): StoredArray | undefined {
  try {
    return openIdx(file, content);
  } catch {
    return undefined;
  }
}
