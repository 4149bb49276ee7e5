// A BMP file: "BM", sizes and the place of the pixels (14 bytes); a header whose first number is its length; masks or a palette;
// rows of pixels, each padded to four bytes, mostly from the bottom up.

/**
 * Reads BMP pictures of 1, 4, 8, 16, 24 or 32 bits, plain, by bit masks, or in runs (Windows and OS/2, BITMAPCOREHEADER to
 * BITMAPV5HEADER).
 *
 * @module
 */
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { damaged, unsupported } from "./picture_error.ts";
import { checkExpansion } from "./picture_limits.ts";
import type { Raster } from "./raster.ts";

const FILE_HEADER = 14, CORE_HEADER = 12, INFO_HEADER = 40;
const PLAIN = 0, RUNS_OF_8 = 1, RUNS_OF_4 = 2, MASKS = 3, ALPHA_MASKS = 6;
/** Bytes of pixels that two bytes of runs can become, without those that are left out. */
const RUN_RATIO = 128;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function readHeader(bytes: Uint8Array) {
  const view = viewOf(bytes), length = view.getUint32(FILE_HEADER, true), isCore = length === CORE_HEADER;
  if (!isCore && (length < INFO_HEADER || FILE_HEADER + length > bytes.length)) {
    throw damaged("BMP", `one with a header of ${length} bytes`);
  }
  const width = isCore ? view.getUint16(18, true) : view.getInt32(18, true);
  const rows = isCore ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(isCore ? 24 : 28, true),
    compression = isCore ? PLAIN : view.getUint32(30, true);
  if (width < 0) throw damaged("BMP", `one of ${width} pixels a row`);
  const isReadable = compression === PLAIN
    ? [1, 4, 8, 16, 24, 32].includes(bits)
    : compression === RUNS_OF_8
    ? bits === 8
    : compression === RUNS_OF_4
    ? bits === 4
    : [MASKS, ALPHA_MASKS].includes(compression) && (bits === 16 || bits === 32);
  if (!isReadable) {
    throw unsupported(
      "a BMP picture of 1 to 32 bits, plain or in runs",
      `${bits} bits of the compression ${compression}`,
    );
  }
  const colours = isCore ? 0 : view.getUint32(46, true);
  return {
    ...{ length, isCore, width, bits, compression, colours },
    height: Math.abs(rows),
    isTopDown: rows < 0,
    start: view.getUint32(10, true),
  };
}
type Header = ReturnType<typeof readHeader>;

/** The size that a BMP picture states. */
export function bmpSize(bytes: Uint8Array): PictureSize {
  return readHeader(bytes);
}

/** Decodes a BMP picture. Throws a PictureError, or an Error when the file ends too early. */
export function decodeBmp(bytes: Uint8Array): Raster {
  const header = readHeader(bytes), { height, width, bits, compression } = header;
  const packed = Math.max(0, bytes.length - header.start), needed = Math.ceil(pixelCount(header) * bits / 8);
  const isRuns = compression === RUNS_OF_8 || compression === RUNS_OF_4;
  checkExpansion("BMP", header, needed, packed, isRuns ? RUN_RATIO : 1);
  const rgba = bits <= 8
    ? coloured(
      header,
      isRuns ? unpackRuns(bytes, header) : unpackIndices(bytes, header),
      paletteOf(bytes, header),
    )
    : unpackColours(bytes, header);
  return { height, width, rgba };
}

const rowBytesOf = ({ width, bits }: Header) => 4 * Math.ceil(width * bits / 32);

/** Calls `take` with each row of the picture from the top, and the place of its first byte. */
function forEachRow(bytes: Uint8Array, header: Header, take: (row: number, start: number) => void): void {
  const { height, isTopDown, start, width, bits } = header, rowBytes = rowBytesOf(header);
  // The padding of the last row is missing in some files.
  if (height > 0 && start + (height - 1) * rowBytes + Math.ceil(width * bits / 8) > bytes.length) {
    throw damaged("BMP", "one that was cut off");
  }
  for (let row = 0; row < height; row++) take(row, start + (isTopDown ? row : height - 1 - row) * rowBytes);
}

/** Blue, green, red and maybe an unused byte for each colour. */
function paletteOf(bytes: Uint8Array, { length, isCore, bits, colours }: Header): Uint8Array[] {
  const each = isCore ? 3 : 4, first = FILE_HEADER + length;
  const count = colours === 0 ? 2 ** bits : Math.min(colours, 2 ** bits);
  return Array.from(
    { length: count },
    (_, colour) => bytes.subarray(first + each * colour, first + each * colour + 3),
  );
}

function coloured(header: Header, indices: Int16Array, palette: readonly Uint8Array[]): Uint8Array {
  const rgba = new Uint8Array(4 * pixelCount(header));
  indices.forEach((index, at) => {
    // Pixels that runs leave out show the first colour, as in Windows.
    const colour = palette[Math.max(0, index)];
    if (colour === undefined || colour.length < 3) {
      throw damaged("BMP", "one with a colour that its palette lacks");
    }
    rgba.set([colour[2], colour[1], colour[0], 255], 4 * at);
  });
  return rgba;
}

/** The colours' numbers, row by row from the top. */
function unpackIndices(bytes: Uint8Array, header: Header): Int16Array {
  const { width, bits } = header, indices = new Int16Array(pixelCount(header));
  forEachRow(bytes, header, (row, start) => {
    for (let column = 0; column < width; column++) {
      const bit = column * bits;
      indices[row * width + column] = (bytes[start + (bit >> 3)] >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
    }
  });
  return indices;
}

/**
 * Unpacks runs: a count and a colour (of 4 bits: two that alternate); or 0 and 0: end of row, 1: end of the picture, 2: a step right
 * and up, n: n colours as they are, padded to two bytes.
 */
function unpackRuns(bytes: Uint8Array, header: Header): Int16Array {
  const { height, width, bits, isTopDown } = header;
  const indices = new Int16Array(pixelCount(header)).fill(-1);
  let at = header.start, x = 0, y = 0;
  const put = (colour: number) => {
    if (x < width && y < height) indices[(isTopDown ? y : height - 1 - y) * width + x] = colour;
    x++;
  };
  const nibble = (byte: number, k: number) => bits === 8 ? byte : (k & 1) === 0 ? byte >> 4 : byte & 15;
  for (;;) {
    const count = bytes[at], value = bytes[at + 1];
    if (value === undefined) throw damaged("BMP", "one that was cut off");
    at += 2;
    if (count > 0) { for (let k = 0; k < count; k++) put(nibble(value, k)); }
    else if (value === 1) return indices;
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 2) [x, y, at] = [x + bytes[at], y + bytes[at + 1], at + 2];
    else {
      const length = Math.ceil(value * bits / 8);
      if (at + length > bytes.length) throw damaged("BMP", "one that was cut off");
      for (let k = 0; k < value; k++) put(nibble(bytes[at + (bits === 8 ? k : k >> 1)], k));
      at += length + (length & 1);
    }
  }
}

/** The masks of red, green, blue and opacity. */
function masksOf(bytes: Uint8Array, { length, bits, compression }: Header): number[] {
  if (compression === PLAIN) return bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
  const view = viewOf(bytes), first = FILE_HEADER + INFO_HEADER;
  const hasAlpha = compression === ALPHA_MASKS || length >= INFO_HEADER + 16;
  return [0, 4, 8, 12].map((offset) => offset === 12 && !hasAlpha ? 0 : view.getUint32(first + offset, true));
}

/** Reads what a mask covers of a pixel as a number from 0 to 255. */
function maskReader(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 255;
  const shift = 31 - Math.clz32(mask & -mask), most = mask >>> shift;
  return (pixel) => Math.round(255 * ((pixel & mask) >>> shift) / most);
}

function unpackColours(bytes: Uint8Array, header: Header): Uint8Array {
  const { width, bits } = header, view = viewOf(bytes), rgba = new Uint8Array(4 * pixelCount(header));
  const readers = masksOf(bytes, header).map(maskReader), bytesEach = bits / 8;
  forEachRow(bytes, header, (row, start) => {
    for (let column = 0; column < width; column++) {
      const from = start + column * bytesEach, to = 4 * (row * width + column);
      if (bits === 24) rgba.set([bytes[from + 2], bytes[from + 1], bytes[from], 255], to);
      else {
        const pixel = bits === 16 ? view.getUint16(from, true) : view.getUint32(from, true);
        for (let channel = 0; channel < 4; channel++) rgba[to + channel] = readers[channel](pixel);
      }
    }
  });
  return rgba;
}
