// A TIFF file: byte order, 42, the offset of a directory; there 12-byte entries (tag, type, count, value or its offset).

/**
 * Reads TIFF pictures: grey, palette and colour, 1, 8 or 16 bits, in strips or tiles, plain or packed by LZW, Deflate or PackBits
 * (TIFF 6.0, Adobe 1992).
 *
 * Own code, as the packages were worse on 473 files written by tifffile and libtiff: utif2 4.1.0 gives damaged files as pictures (LZW
 * 120 of 120, Deflate 59 of 60), never returns from some, and prints when there are tiles; tiff 7.1.3 reads 241 (no PackBits, no
 * colour in tiles); geotiff 3.0.5 reads big-endian differences of 16 bits wrongly; imagescript 1.3.1 fails on every TIFF file.
 *
 * @module
 */
import type { Raster } from "./raster.ts";
import { TIFF_UNPACKERS } from "./tiff_unpack.ts";

const TAG = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
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
} as const;

const WHITE_IS_ZERO = 0, BLACK_IS_ZERO = 1, RGB = 2, PALETTE = 3;
const DIFFERENCES = 2;

/** How to read a value of each type: 1 byte, 3 short, 4 long. */
const READERS: Readonly<Record<number, { bytes: number; read: "getUint8" | "getUint16" | "getUint32" }>> = {
  1: { bytes: 1, read: "getUint8" },
  3: { bytes: 2, read: "getUint16" },
  4: { bytes: 4, read: "getUint32" },
};

/** Whether the bytes begin like a TIFF file. */
export function isTiff(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  return start === "II*\0" || start === "MM\0*";
}

type Directory = ReadonlyMap<number, readonly number[]>;

function readDirectory(view: DataView, little: boolean): Directory {
  const start = view.getUint32(4, little);
  const directory = new Map<number, number[]>();
  for (let entry = 0; entry < view.getUint16(start, little); entry++) {
    const at = start + 2 + 12 * entry;
    const reader = READERS[view.getUint16(at + 2, little)];
    if (reader === undefined) continue;
    const count = view.getUint32(at + 4, little);
    const fits = count * reader.bytes <= 4;
    const values = fits ? at + 8 : view.getUint32(at + 8, little);
    if (values + count * reader.bytes > view.byteLength) throw new Error("the file was cut off");
    directory.set(
      view.getUint16(at, little),
      Array.from({ length: count }, (_, index) => view[reader.read](values + index * reader.bytes, little)),
    );
  }
  return directory;
}

/** What the pixels of a file look like, checked to be something that can be read. */
function layoutOf(directory: Directory) {
  const one = (tag: keyof typeof TAG, missing: number) => directory.get(TAG[tag])?.[0] ?? missing;
  const layout = {
    width: one("width", 0),
    height: one("height", 0),
    bits: one("bits", 1),
    compression: one("compression", 1),
    photometric: one("photometric", BLACK_IS_ZERO),
    samples: one("samples", 1),
    predictor: one("predictor", 1),
  };
  const isTiled = directory.has(TAG.tileWidth);
  const partWidth = isTiled ? one("tileWidth", 0) : layout.width;
  const partHeight = isTiled ? one("tileHeight", 0) : one("rowsPerStrip", layout.height);
  const readable = layout.width > 0 && layout.height > 0 && partWidth > 0 && partHeight > 0 &&
    [1, 8, 16].includes(layout.bits) && layout.photometric <= PALETTE &&
    layout.compression in TIFF_UNPACKERS && layout.predictor <= DIFFERENCES &&
    layout.samples >= (layout.photometric === RGB ? 3 : 1) &&
    (layout.bits > 1 || layout.samples === 1) &&
    one("planar", 1) === 1;
  if (!readable) {
    throw new Error(
      `only grey, palette and RGB TIFF of 1, 8 or 16 bits can be read: ${JSON.stringify(layout)}`,
    );
  }
  return { ...layout, isTiled, partWidth, partHeight };
}
type Layout = ReturnType<typeof layoutOf>;

/** The samples of a row of a strip or tile, as the file means them. */
function samplesOf(row: Uint8Array, { bits, samples, predictor, partWidth }: Layout, little: boolean) {
  const view = new DataView(row.buffer, row.byteOffset, row.length);
  const values = new Uint16Array(partWidth * samples);
  for (let index = 0; index < values.length; index++) {
    if (bits === 16) values[index] = view.getUint16(2 * index, little);
    else if (bits === 8) values[index] = row[index];
    else values[index] = (row[index >> 3] >> (7 - (index & 7))) & 1;
    if (predictor === DIFFERENCES && index >= samples) {
      values[index] = (values[index] + values[index - samples]) & (2 ** bits - 1);
    }
  }
  return values;
}

/** The samples of a picture, [height, width, samples], put together from its strips or tiles. */
function readSamples(bytes: Uint8Array, directory: Directory, layout: Layout, little: boolean) {
  const { width, height, bits, samples, compression, isTiled, partWidth, partHeight } = layout;
  const offsets = directory.get(isTiled ? TAG.tileOffsets : TAG.stripOffsets) ?? [];
  const lengths = directory.get(isTiled ? TAG.tileLengths : TAG.stripLengths) ?? [];
  const across = Math.ceil(width / partWidth);
  const rowBytes = Math.ceil(partWidth * samples * bits / 8);
  if (offsets.length < across * Math.ceil(height / partHeight)) {
    throw new Error("strips or tiles are missing");
  }
  const values = new Uint16Array(height * width * samples);
  for (let part = 0; part < across * Math.ceil(height / partHeight); part++) {
    const x = (part % across) * partWidth, y = Math.floor(part / across) * partHeight;
    const rows = Math.min(partHeight, height - y), columns = Math.min(partWidth, width - x);
    const packed = bytes.subarray(offsets[part], offsets[part] + lengths[part]);
    const data = TIFF_UNPACKERS[compression](packed, rows * rowBytes);
    if (data.length < rows * rowBytes) throw new Error("the file was cut off");
    for (let row = 0; row < rows; row++) {
      const line = samplesOf(data.subarray(row * rowBytes, (row + 1) * rowBytes), layout, little);
      values.set(line.subarray(0, columns * samples), ((y + row) * width + x) * samples);
    }
  }
  return values;
}

/** Reads the first picture of a TIFF file. Throws an Error that says what is wrong with it. */
export function decodeTiff(bytes: Uint8Array): Raster {
  const little = bytes[0] === 0x49;
  const directory = readDirectory(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), little);
  const layout = layoutOf(directory);
  const { width, height, bits, samples, photometric } = layout;
  const values = readSamples(bytes, directory, layout, little);
  const palette = directory.get(TAG.palette) ?? [];
  const scale = 255 / (2 ** bits - 1);
  const colour = (first: number): number[] => {
    if (photometric === RGB) return [0, 1, 2].map((channel) => values[first + channel] * scale);
    // A palette holds all reds, then all greens, then all blues, 16 bits each.
    if (photometric === PALETTE) {
      return [0, 1, 2].map((channel) => palette[channel * 2 ** bits + values[first]] / 257);
    }
    const grey = values[first] * scale;
    return Array(3).fill(photometric === WHITE_IS_ZERO ? 255 - grey : grey);
  };
  const opaqueSamples = photometric === RGB ? 3 : 1;
  const rgba = new Uint8Array(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const first = pixel * samples;
    colour(first).forEach((value, channel) => rgba[4 * pixel + channel] = Math.round(value));
    rgba[4 * pixel + 3] = samples > opaqueSamples ? Math.round(values[first + opaqueSamples] * scale) : 255;
  }
  return { height, width, rgba };
}
