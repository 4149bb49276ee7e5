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
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { damaged, unsupported } from "./picture_error.ts";
import { checkExpansion } from "./picture_limits.ts";
import type { Raster } from "./raster.ts";
import { TIFF_EXPANSION, TIFF_UNPACKERS } from "./tiff_unpack.ts";

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
/** Microscopes and satellites write a few more than red, green, blue and opacity. */
const MAX_SAMPLES = 32;
/** How many times as long as the picture's a row of its tiles may be. */
const MAX_ROW_RATIO = 16;

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

/** The values of one tag, read on demand: a damaged count must reserve no memory. */
interface Values {
  readonly count: number;
  at(index: number): number;
}

type Directory = ReadonlyMap<number, Values>;
const KNOWN_TAGS: ReadonlySet<number> = new Set(Object.values(TAG));

function readDirectory(view: DataView, little: boolean): Directory {
  const start = view.getUint32(4, little);
  const directory = new Map<number, Values>();
  for (let entry = 0; entry < view.getUint16(start, little); entry++) {
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
  return directory;
}

/** The layout of a file's pixels, checked to be something that can be read. */
function layoutOf(directory: Directory) {
  const one = (
    tag: keyof typeof TAG,
    missing: number,
  ) => (directory.get(TAG[tag])?.count ? directory.get(TAG[tag])!.at(0) : missing);
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
    layout.samples >= (layout.photometric === RGB ? 3 : 1) && layout.samples <= MAX_SAMPLES &&
    (layout.bits > 1 || layout.samples === 1) &&
    one("planar", 1) === 1;
  if (!readable) {
    throw unsupported("a grey, palette or RGB TIFF picture of 1, 8 or 16 bits", JSON.stringify(layout));
  }
  return { ...layout, isTiled, partWidth, partHeight };
}
type TiffLayout = ReturnType<typeof layoutOf>;

/** The samples of a row of a strip or tile, as the file means them. */
function samplesOf(row: Uint8Array, { bits, samples, predictor, partWidth }: TiffLayout, little: boolean) {
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

/** Refuses a layout of more bytes than the file can hold, or without one of its parts. */
function checkParts(bytes: Uint8Array, offsets: Values | undefined, layout: TiffLayout): void {
  const { height, width, samples, bits, compression, partWidth, partHeight } = layout;
  const across = Math.ceil(width / partWidth), rowBytes = rowBytesOf(layout);
  // Tiles reach beyond the picture, and so may take much more than its pixels.
  checkExpansion("TIFF", layout, across * rowBytes * height, bytes.length, TIFF_EXPANSION[compression]);
  if (across * rowBytes > MAX_ROW_RATIO * (width * samples * bits / 8 + 1024)) {
    throw damaged("TIFF", `one of ${width} pixels a row in tiles of ${partWidth}`);
  }
  if (offsets === undefined || offsets.count < across * Math.ceil(height / partHeight)) {
    throw damaged("TIFF", "one whose strips or tiles are missing");
  }
}

const rowBytesOf = ({ partWidth, samples, bits }: TiffLayout) => Math.ceil(partWidth * samples * bits / 8);

/** Calls `take` with each row of each strip or tile: its place in the picture, and its samples. */
function forEachRow(
  bytes: Uint8Array,
  directory: Directory,
  layout: TiffLayout,
  little: boolean,
  take: (row: number, column: number, count: number, samples: Uint16Array) => void,
): void {
  const { width, height, compression, isTiled, partWidth, partHeight } = layout;
  const offsets = directory.get(isTiled ? TAG.tileOffsets : TAG.stripOffsets);
  const lengths = directory.get(isTiled ? TAG.tileLengths : TAG.stripLengths);
  checkParts(bytes, offsets, layout);
  const across = Math.ceil(width / partWidth), rowBytes = rowBytesOf(layout);
  for (let part = 0; part < across * Math.ceil(height / partHeight); part++) {
    const x = (part % across) * partWidth, y = Math.floor(part / across) * partHeight;
    const rows = Math.min(partHeight, height - y), columns = Math.min(partWidth, width - x);
    const offset = offsets!.at(part), packed = bytes.subarray(offset, offset + (lengths?.at(part) ?? 0));
    const data = TIFF_UNPACKERS[compression](
      packed,
      rows * rowBytes,
      Math.min(partHeight, height) * rowBytes,
    );
    if (data.length < rows * rowBytes) throw damaged("TIFF", "one that was cut off");
    for (let row = 0; row < rows; row++) {
      const line = data.subarray(row * rowBytes, (row + 1) * rowBytes);
      take(y + row, x, columns, samplesOf(line, layout, little));
    }
  }
}

function openTiff(bytes: Uint8Array) {
  const little = bytes[0] === 0x49;
  const directory = readDirectory(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), little);
  return { little, directory, layout: layoutOf(directory) };
}

/** The size that the first picture of a TIFF file states. */
export function tiffSize(bytes: Uint8Array): PictureSize {
  return openTiff(bytes).layout;
}

/** The red, green and blue of a pixel, by the place of its first sample. */
function colourReader(directory: Directory, { bits, photometric }: TiffLayout) {
  const scale = 255 / (2 ** bits - 1), palette = directory.get(TAG.palette);
  if (photometric === PALETTE && (palette?.count ?? 0) < 3 * 2 ** bits) {
    throw damaged("TIFF", "one whose palette is missing");
  }
  return (samples: Uint16Array, first: number, channel: number): number => {
    if (photometric === RGB) return samples[first + channel] * scale;
    // A palette holds all reds, then all greens, then all blues, 16 bits each.
    if (photometric === PALETTE) return palette!.at(channel * 2 ** bits + samples[first]) / 257;
    const grey = samples[first] * scale;
    return photometric === WHITE_IS_ZERO ? 255 - grey : grey;
  };
}

/** Reads the first picture of a TIFF file. Throws a PictureError, or an Error when the file ends too early. */
export function decodeTiff(bytes: Uint8Array): Raster {
  const { little, directory, layout } = openTiff(bytes);
  const { width, height, bits, samples, photometric } = layout;
  const colour = colourReader(directory, layout), opaqueSamples = photometric === RGB ? 3 : 1;
  let rgba: Uint8Array | undefined;
  forEachRow(bytes, directory, layout, little, (row, column, count, values) => {
    rgba ??= new Uint8Array(4 * pixelCount({ height, width }));
    for (let k = 0, at = 4 * (row * width + column); k < count; k++, at += 4) {
      const first = k * samples;
      for (let channel = 0; channel < 3; channel++) {
        rgba[at + channel] = Math.round(colour(values, first, channel));
      }
      rgba[at + 3] = samples > opaqueSamples
        ? Math.round(values[first + opaqueSamples] * 255 / (2 ** bits - 1))
        : 255;
    }
  });
  return { height, width, rgba: rgba! };
}
