/**
 * Reads PNG pictures by pngjs, which is only given files whose header, chunks and unpacked size were checked.
 *
 * Not by fast-png, as its version 8.0.0 fails on interlaced pictures of fewer than 8 bits.
 *
 * @module
 */
import { importPackage } from "../core/import_package.ts";
import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";
import type { PictureSize } from "../core/shape.ts";
import { exifOrientation } from "./exif.ts";
import { damaged } from "./picture_error.ts";
import { checkExpansion, EXPANSION } from "./picture_limits.ts";
import type { Depth, Raster } from "./raster.ts";

/** What is used of pngjs, which comes without types. */
interface Pngjs {
  PNG: {
    sync: {
      read(
        bytes: Buffer,
        options: { skipRescale: boolean },
      ): { height: number; width: number; data: Uint8Array | Uint16Array };
    };
  };
}

const SIGNATURE_BYTES = 8, CHUNK_BYTES = 12;
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

interface Header extends PictureSize {
  readonly bits: number;
  readonly bitsPerPixel: number;
  readonly isInterlaced: boolean;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function readHeader(bytes: Uint8Array): Header {
  const view = viewOf(bytes), channels = CHANNELS[view.getUint8(25)];
  if (view.getUint32(12) !== 0x49484452 || channels === undefined) {
    throw damaged("PNG", "one without a header");
  }
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    bits: view.getUint8(24),
    bitsPerPixel: channels * view.getUint8(24),
    isInterlaced: view.getUint8(28) === 1,
  };
}

/** The size that a PNG picture states. */
export function pngSize(bytes: Uint8Array): PictureSize {
  return readHeader(bytes);
}

/** The depth that a PNG picture states. */
export function pngDepth(bytes: Uint8Array): Depth {
  return readHeader(bytes).bits === 16 ? "16" : "8";
}

/** The EXIF orientation of a PNG picture, from its chunk eXIf. */
export function pngOrientation(bytes: Uint8Array): number {
  for (const exif of chunksOf(bytes, 0x65584966)) return exifOrientation(exif);
  return 1;
}

const PIXELS = 0x49444154;

/** What all chunks of a kind hold. */
function* chunksOf(bytes: Uint8Array, kind: number): Generator<Uint8Array> {
  const view = viewOf(bytes);
  for (let at = SIGNATURE_BYTES; at + CHUNK_BYTES <= bytes.length;) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === kind) yield bytes.subarray(at + 8, at + 8 + length);
    at += CHUNK_BYTES + length;
  }
}

/** The passes of an interlaced picture: first column and row, and the steps from there. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The bytes of the unpacked pixels: each row has one for its filter. */
function unpackedBytes({ width, height, bitsPerPixel, isInterlaced }: Header): number {
  const part = (columns: number, rows: number) =>
    columns === 0 ? 0 : rows * (1 + Math.ceil(columns * bitsPerPixel / 8));
  if (!isInterlaced) return part(width, height);
  return PASSES.reduce(
    (sum, [x, y, stepX, stepY]) =>
      sum + part(Math.ceil(Math.max(0, width - x) / stepX), Math.ceil(Math.max(0, height - y) / stepY)),
    0,
  );
}

/** Decodes a PNG picture. Throws a PictureError, or an Error of pngjs. */
export async function decodePng(bytes: Uint8Array): Promise<Raster> {
  const header = readHeader(bytes), needed = unpackedBytes(header);
  const parts = [...chunksOf(bytes, PIXELS)];
  const packed = parts.reduce((sum, { length }) => sum + length, 0);
  checkExpansion("PNG", header, needed, packed, EXPANSION.deflate);
  // pngjs stops at the needed bytes, but not in an interlaced picture.
  if (header.isInterlaced) inflateSync(Buffer.concat(parts), { maxOutputLength: needed });
  const { PNG } = (await importPackage<{ default: Pngjs }>("npm:pngjs@7.0.0")).default;
  // Without rescaling, 16 bits stay 16 bits; fewer have to be rescaled to 8.
  const options = { skipRescale: header.bits === 16 };
  const read = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), options);
  const { height, width, data } = read;
  const rgba = data instanceof Uint16Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { height, width, rgba };
}
