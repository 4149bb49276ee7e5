// A TIFF file: byte order, 42, the offset of a directory; there 12-byte entries (tag, type, count, value or its offset).

/**
 * Reads TIFF pictures: grey, palette and colour, 1, 8 or 16 bits, in strips, plain or packed by LZW, Deflate or PackBits (TIFF 6.0,
 * Adobe 1992). Own code, as the decoder of imagescript 1.3.1 fails on every TIFF file ("memory access out of bounds").
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
  const readable = layout.width > 0 && layout.height > 0 &&
    [1, 8, 16].includes(layout.bits) && layout.photometric <= PALETTE &&
    layout.compression in TIFF_UNPACKERS && layout.predictor <= DIFFERENCES &&
    layout.samples >= (layout.photometric === RGB ? 3 : 1) &&
    (layout.bits > 1 || layout.samples === 1) &&
    one("planar", 1) === 1 && !directory.has(TAG.tileWidth);
  if (!readable) {
    throw new Error(
      `only grey, palette and RGB TIFF of 1, 8 or 16 bits in strips can be read: ${JSON.stringify(layout)}`,
    );
  }
  return layout;
}

/** All strips, unpacked, one after the other. */
function readStrips(
  bytes: Uint8Array,
  directory: Directory,
  compression: number,
  rowBytes: number,
  height: number,
) {
  const offsets = directory.get(TAG.stripOffsets) ?? [];
  const lengths = directory.get(TAG.stripLengths) ?? [];
  const rowsPerStrip = directory.get(TAG.rowsPerStrip)?.[0] ?? height;
  const data = new Uint8Array(rowBytes * height);
  offsets.forEach((offset, strip) => {
    const start = strip * rowsPerStrip * rowBytes;
    const length = Math.min(rowsPerStrip * rowBytes, data.length - start);
    const unpacked = TIFF_UNPACKERS[compression](bytes.subarray(offset, offset + lengths[strip]), length);
    if (unpacked.length < length) throw new Error("the file was cut off");
    data.set(unpacked.subarray(0, length), start);
  });
  if (offsets.length * rowsPerStrip < height) throw new Error("strips are missing");
  return data;
}

/** The samples of a picture, [height, width, samples], as the file has them. */
function readSamples(
  bytes: Uint8Array,
  directory: Directory,
  layout: ReturnType<typeof layoutOf>,
  little: boolean,
) {
  const { width, height, bits, samples, predictor } = layout;
  const rowBytes = Math.ceil(width * samples * bits / 8);
  const data = readStrips(bytes, directory, layout.compression, rowBytes, height);
  const view = new DataView(data.buffer);
  const rowSamples = width * samples;
  const values = new Uint16Array(height * rowSamples);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < rowSamples; column++) {
      const at = row * rowBytes, index = row * rowSamples + column;
      if (bits === 16) values[index] = view.getUint16(at + 2 * column, little);
      else {values[index] = bits === 8
          ? data[at + column]
          : (data[at + (column >> 3)] >> (7 - (column & 7))) & 1;}
      if (predictor === DIFFERENCES && column >= samples) {
        values[index] = (values[index] + values[index - samples]) & (2 ** bits - 1);
      }
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
