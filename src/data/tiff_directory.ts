// A TIFF file: byte order, 42, the offset of a directory; there 12-byte entries (tag, type, count, value or its offset), and the
// offset of the next directory.

/**
 * Reads the directories of TIFF files, one for each page.
 *
 * @module
 */
import { damaged, unsupported } from "./picture_error.ts";

/** The tags that are read. */
export const TAG = {
  subfile: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  stripLengths: 279,
  planar: 284,
  predictor: 317,
  palette: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileLengths: 325,
  sampleFormat: 339,
} as const;

/** The number behind the byte order of files that may have more than 4 GB. */
const BIG = 43;

/** At most how many pages are read. */
const MAX_PAGES = 100_000;

/** How to read a value of each type: 1 byte, 3 short, 4 long. */
const READERS: Readonly<Record<number, { bytes: number; read: "getUint8" | "getUint16" | "getUint32" }>> = {
  1: { bytes: 1, read: "getUint8" },
  3: { bytes: 2, read: "getUint16" },
  4: { bytes: 4, read: "getUint32" },
};

/** The values of one tag, read on demand: a damaged count must reserve no memory. */
export interface TiffValues {
  readonly count: number;
  at(index: number): number;
}

/** The tags of a page. */
export type TiffDirectory = ReadonlyMap<number, TiffValues>;
const KNOWN_TAGS: ReadonlySet<number> = new Set(Object.values(TAG));

/** Numbers of a file by their place: of bytes in memory, or read on demand. */
export interface NumberReader {
  readonly byteLength: number;
  getUint8(at: number): number;
  getUint16(at: number, little: boolean): number;
  getUint32(at: number, little: boolean): number;
}

/** Reads the directory at a place, and the place of the next one (0: none). */
function readDirectory(
  view: NumberReader,
  start: number,
  little: boolean,
): { directory: TiffDirectory; next: number } {
  const directory = new Map<number, TiffValues>(), entries = view.getUint16(start, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = start + 2 + 12 * entry, tag = view.getUint16(at, little);
    const reader = READERS[view.getUint16(at + 2, little)];
    if (reader === undefined || !KNOWN_TAGS.has(tag)) continue;
    const count = view.getUint32(at + 4, little);
    const fits = count * reader.bytes <= 4;
    const values = fits ? at + 8 : view.getUint32(at + 8, little);
    if (values + count * reader.bytes > view.byteLength) throw damaged("TIFF", "one that was cut off");
    directory.set(tag, {
      count,
      at: (index) => index < count ? view[reader.read](values + index * reader.bytes, little) : 0,
    });
  }
  const end = start + 2 + 12 * entries;
  return { directory, next: end + 4 <= view.byteLength ? view.getUint32(end, little) : 0 };
}

/** The directories of the first `most` pages, in order, without smaller copies of others. */
export function* directoriesOf(view: NumberReader, little: boolean, most: number): Generator<TiffDirectory> {
  if (view.getUint16(2, little) === BIG) {
    throw unsupported("a TIFF picture of at most 4 GB", "a BigTIFF file");
  }
  const seen = new Set<number>();
  for (let start = view.getUint32(4, little), pages = 0; start !== 0 && pages < most;) {
    if (seen.has(start)) throw damaged("TIFF", "one whose pages lead around in a circle");
    if (seen.size >= MAX_PAGES) throw damaged("TIFF", `one of more than ${MAX_PAGES} pages`);
    seen.add(start);
    const { directory, next } = readDirectory(view, start, little);
    const isCopy = ((directory.get(TAG.subfile)?.at(0) ?? 0) & 1) === 1;
    if (!isCopy || (pages === 0 && next === 0)) {
      pages++;
      yield directory;
    }
    start = next;
  }
}
