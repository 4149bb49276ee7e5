/**
 * Reads the pages of TIFF pictures: grey, palette and colour, 1, 8, 16 or 32 bits or floats, in strips or tiles, channel after channel
 * or pixel after pixel, plain or packed by LZW, Deflate or PackBits (TIFF 6.0, Adobe 1992; floating-point differences: Adobe Photoshop TIFF Technical Note 3).
 *
 * Own code, as the packages were worse on 473 files written by tifffile and libtiff: utif2 4.1.0 gives damaged files as pictures (LZW
 * 120 of 120, Deflate 59 of 60), never returns from some, and prints when there are tiles; tiff 7.1.3 reads 241 (no PackBits, no
 * colour in tiles); geotiff 3.0.5 reads big-endian differences of 16 bits wrongly; imagescript 1.3.1 fails on every TIFF file.
 *
 * @module
 */
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { damaged, unsupported } from "./picture_error.ts";
import { checkExpansion, checkPixels } from "./picture_limits.ts";
import { type Depth, type Raster, upright } from "./raster.ts";
import {
  directoriesOf,
  type NumberReader,
  TAG,
  type TiffDirectory,
  type TiffValues,
} from "./tiff_directory.ts";
import { TIFF_EXPANSION, TIFF_UNPACKERS } from "./tiff_unpack.ts";

const WHITE_IS_ZERO = 0, BLACK_IS_ZERO = 1, RGB = 2, PALETTE = 3;
const DIFFERENCES = 2, FLOAT_DIFFERENCES = 3;
const UNSIGNED = 1, SIGNED = 2, FLOAT = 3;
/** The samples of a pixel stand together, or each channel has strips or tiles of its own. */
const CHUNKY = 1, PLANAR = 2;
/** Microscopes and satellites write a few more than red, green, blue and opacity. */
const MAX_SAMPLES = 32;
/** How many times as long as the picture's a row of its tiles may be. */
const MAX_ROW_RATIO = 16;

/** How TIFF files begin, and those of more than 4 GB, which are refused by name. */
const STARTS = ["II*\0", "MM\0*", "II+\0", "MM\0+"];

/** Whether the bytes begin like a TIFF file. */
export function isTiff(bytes: Uint8Array): boolean {
  return STARTS.includes(String.fromCharCode(...bytes.subarray(0, 4)));
}

/** The bits that samples may have, by their format. */
const BITS: Readonly<Record<number, readonly number[]>> = {
  [UNSIGNED]: [1, 8, 16, 32],
  [SIGNED]: [8, 16, 32],
  [FLOAT]: [16, 32, 64],
};

/** The layout of a page's pixels, checked to be something that can be read. */
function layoutOf(directory: TiffDirectory) {
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
    format: one("sampleFormat", UNSIGNED),
    planar: one("planar", CHUNKY),
  };
  const isTiled = directory.has(TAG.tileWidth);
  const partWidth = isTiled ? one("tileWidth", 0) : layout.width;
  const partHeight = isTiled ? one("tileHeight", 0) : one("rowsPerStrip", layout.height);
  const readable = layout.width > 0 && layout.height > 0 && partWidth > 0 && partHeight > 0 &&
    (BITS[layout.format] ?? []).includes(layout.bits) && layout.photometric <= PALETTE &&
    (layout.format === UNSIGNED || [BLACK_IS_ZERO, RGB].includes(layout.photometric)) &&
    (layout.photometric !== PALETTE || layout.bits <= 16) &&
    layout.compression in TIFF_UNPACKERS &&
    layout.predictor <= (layout.format === FLOAT ? FLOAT_DIFFERENCES : DIFFERENCES) &&
    (layout.format !== FLOAT || layout.predictor !== DIFFERENCES) &&
    layout.samples >= (layout.photometric === RGB ? 3 : 1) && layout.samples <= MAX_SAMPLES &&
    (layout.bits > 1 || layout.samples === 1) &&
    [CHUNKY, PLANAR].includes(layout.planar);
  if (!readable) {
    throw unsupported(
      "a grey, palette or RGB TIFF picture of 1, 8, 16 or 32 bits or floats",
      JSON.stringify(layout),
    );
  }
  const planes = layout.planar === PLANAR ? layout.samples : 1;
  return { ...layout, isTiled, partWidth, partHeight, planes };
}
type TiffLayout = ReturnType<typeof layoutOf>;

/** Reads one sample of a row. */
function sampleReader(
  { bits, format }: TiffLayout,
  row: Uint8Array,
  little: boolean,
): (index: number) => number {
  const view = new DataView(row.buffer, row.byteOffset, row.length);
  if (bits === 1) return (index) => (row[index >> 3] >> (7 - (index & 7))) & 1;
  if (format === FLOAT) {
    if (bits === 16) return (index) => view.getFloat16(2 * index, little);
    return bits === 32
      ? (index) => view.getFloat32(4 * index, little)
      : (index) => view.getFloat64(8 * index, little);
  }
  if (bits === 8) return format === SIGNED ? (index) => view.getInt8(index) : (index) => row[index];
  if (bits === 16) {
    return format === SIGNED
      ? (index) => view.getInt16(2 * index, little)
      : (index) => view.getUint16(2 * index, little);
  }
  return format === SIGNED
    ? (index) => view.getInt32(4 * index, little)
    : (index) => view.getUint32(4 * index, little);
}

/** Adds up differences of integers as a file's integers do: without the bits that overflow. */
function wrapped(value: number, { bits, format }: TiffLayout): number {
  const unsigned = value - Math.floor(value / 2 ** bits) * 2 ** bits;
  return format === SIGNED && unsigned >= 2 ** (bits - 1) ? unsigned - 2 ** bits : unsigned;
}

/** Undoes the differences of floats: of bytes, where a row has the first bytes of all its samples, then the second ones, and so on. */
function undoFloatDifferences(row: Uint8Array, { bits, samples, partWidth }: TiffLayout): Uint8Array {
  const sums = row.slice(), count = partWidth * samples, each = bits / 8, joined = new Uint8Array(row.length);
  for (let at = samples; at < sums.length; at++) sums[at] = (sums[at] + sums[at - samples]) & 255;
  for (let index = 0; index < count; index++) {
    for (let byte = 0; byte < each; byte++) joined[index * each + byte] = sums[byte * count + index];
  }
  return joined;
}

/** The samples of a row of a strip or tile, as the file means them. */
function samplesOf(row: Uint8Array, layout: TiffLayout, little: boolean): Float64Array {
  const { samples, predictor, partWidth } = layout, isFloats = predictor === FLOAT_DIFFERENCES;
  const read = isFloats
    ? sampleReader(layout, undoFloatDifferences(row, layout), false)
    : sampleReader(layout, row, little);
  const values = new Float64Array(partWidth * samples);
  for (let index = 0; index < values.length; index++) {
    values[index] = read(index);
    if (predictor === DIFFERENCES && index >= samples) {
      values[index] = wrapped(values[index] + values[index - samples], layout);
    }
  }
  return values;
}

/** Refuses a layout of more bytes than the file can hold, or without one of its parts. */
function checkParts(bytes: Uint8Array, offsets: TiffValues | undefined, layout: TiffLayout): void {
  const { height, width, samples, bits, compression, partWidth, partHeight, planes } = layout;
  const across = Math.ceil(width / partWidth), rowBytes = planes * rowBytesOf(layout);
  // Tiles reach beyond the picture, and so may take much more than its pixels.
  checkExpansion("TIFF", layout, across * rowBytes * height, bytes.length, TIFF_EXPANSION[compression]);
  if (across * rowBytes > MAX_ROW_RATIO * (width * samples * bits / 8 + 1024)) {
    throw damaged("TIFF", `one of ${width} pixels a row in tiles of ${partWidth}`);
  }
  if (offsets === undefined || offsets.count < planes * across * Math.ceil(height / partHeight)) {
    throw damaged("TIFF", "one whose strips or tiles are missing");
  }
}

/** The bytes of a row of a strip or tile, of which each channel has its own in planes. */
const rowBytesOf = ({ partWidth, samples, bits, planes }: TiffLayout) =>
  Math.ceil(partWidth * samples / planes * bits / 8);

/** Calls `take` with each row of each strip or tile: its place in the picture, and its samples. */
function forEachRow(
  bytes: Uint8Array,
  directory: TiffDirectory,
  layout: TiffLayout,
  little: boolean,
  take: (row: number, column: number, count: number, samples: Float64Array) => void,
): void {
  const { width, height, compression, isTiled, partWidth, partHeight } = layout;
  const offsets = directory.get(isTiled ? TAG.tileOffsets : TAG.stripOffsets);
  const lengths = directory.get(isTiled ? TAG.tileLengths : TAG.stripLengths);
  checkParts(bytes, offsets, layout);
  const across = Math.ceil(width / partWidth), rowBytes = rowBytesOf(layout), { planes } = layout;
  const parts = across * Math.ceil(height / partHeight),
    own = planes === 1 ? layout : { ...layout, samples: 1 };
  for (let part = 0; part < parts; part++) {
    const x = (part % across) * partWidth, y = Math.floor(part / across) * partHeight;
    const rows = Math.min(partHeight, height - y), columns = Math.min(partWidth, width - x);
    const unpacked = Array.from({ length: planes }, (_, plane) => {
      const place = plane * parts + part, offset = offsets!.at(place);
      const packed = bytes.subarray(offset, offset + (lengths?.at(place) ?? 0));
      const most = Math.min(partHeight, height) * rowBytes;
      const data = TIFF_UNPACKERS[compression](packed, rows * rowBytes, most);
      if (data.length < rows * rowBytes) throw damaged("TIFF", "one that was cut off");
      return data;
    });
    for (let row = 0; row < rows; row++) {
      const lines = unpacked.map((data) =>
        samplesOf(data.subarray(row * rowBytes, (row + 1) * rowBytes), own, little)
      );
      take(y + row, x, columns, planes === 1 ? lines[0] : interleaved(lines));
    }
  }
}

/** The samples of channels, pixel after pixel. */
function interleaved(channels: readonly Float64Array[]): Float64Array {
  const { length } = channels, together = new Float64Array(length * channels[0].length);
  channels.forEach((samples, channel) =>
    samples.forEach((value, at) => together[at * length + channel] = value)
  );
  return together;
}

const isLittle = (bytes: Uint8Array) => bytes[0] === 0x49;
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The layouts of the first `most` pages. */
function* pagesOf(
  bytes: Uint8Array,
  most: number,
): Generator<{ directory: TiffDirectory; layout: TiffLayout }> {
  for (const directory of directoriesOf(viewOf(bytes), isLittle(bytes), most)) {
    yield { directory, layout: layoutOf(directory) };
  }
}

function firstPage(bytes: Uint8Array) {
  for (const page of pagesOf(bytes, 1)) return page;
  throw damaged("TIFF", "one without a page");
}

/** The size that the first page of a TIFF file states. */
export function tiffSize(bytes: Uint8Array): PictureSize {
  return firstPage(bytes).layout;
}

/** The number of pages and the depth of the first one; `most` pages are counted. */
export function surveyTiff(
  view: NumberReader,
  isLittleEndian: boolean,
  most: number,
): { depth: Depth; frames: number } {
  let frames = 0, depth: Depth = "8";
  for (const directory of directoriesOf(view, isLittleEndian, most)) {
    if (frames === 0) depth = depthOf(layoutOf(directory));
    frames++;
  }
  return { depth, frames };
}

function depthOf({ bits, format, photometric }: TiffLayout): Depth {
  if (photometric === PALETTE || (format === UNSIGNED && bits <= 8)) return "8";
  return format === UNSIGNED && bits === 16 ? "16" : "float";
}

const NEW_SAMPLES = { 8: Uint8Array, 16: Uint16Array, float: Float32Array } as const;

/** The red, green and blue of a pixel, by the place of its first sample, in the units of the page's depth. */
function colourReader(directory: TiffDirectory, { bits, photometric }: TiffLayout) {
  const palette = directory.get(TAG.palette), bilevel = bits === 1 ? 255 : 1, white = 2 ** bits - 1;
  if (photometric === PALETTE && (palette?.count ?? 0) < 3 * 2 ** bits) {
    throw damaged("TIFF", "one whose palette is missing");
  }
  return (samples: Float64Array, first: number, channel: number): number => {
    if (photometric === RGB) return samples[first + channel] * bilevel;
    // A palette holds all reds, then all greens, then all blues, 16 bits each.
    if (photometric === PALETTE) return palette!.at(channel * 2 ** bits + samples[first]) / 257;
    const grey = photometric === WHITE_IS_ZERO ? white - samples[first] : samples[first];
    return grey * bilevel;
  };
}

/** Reads the first `most` pages of a TIFF file, one after the other. Throws a PictureError, or an Error when the file ends too early. */
export function* decodeTiff(bytes: Uint8Array, most: number, maxPixels: number): Generator<Raster> {
  for (const { directory, layout } of pagesOf(bytes, most)) {
    checkPixels("TIFF", layout, maxPixels);
    yield upright(decodePage(bytes, directory, layout), directory.get(TAG.orientation)?.at(0) ?? 1);
  }
}

function decodePage(bytes: Uint8Array, directory: TiffDirectory, layout: TiffLayout): Raster {
  const { width, height, samples, photometric } = layout,
    depth = depthOf(layout),
    isFloat = depth === "float";
  const colour = colourReader(directory, layout), opaqueSamples = photometric === RGB ? 3 : 1;
  const opaque = isFloat ? 1 : depth === "16" ? 65_535 : 255;
  // Further samples of floats are measurements, not opacity.
  const hasAlpha = samples > opaqueSamples && !isFloat;
  let rgba: Uint8Array | Uint16Array | Float32Array | undefined;
  forEachRow(bytes, directory, layout, isLittle(bytes), (row, column, count, values) => {
    rgba ??= new NEW_SAMPLES[depth](4 * pixelCount({ height, width }));
    for (let k = 0, at = 4 * (row * width + column); k < count; k++, at += 4) {
      const first = k * samples;
      for (let channel = 0; channel < 3; channel++) {
        const value = colour(values, first, channel);
        rgba[at + channel] = isFloat ? value : Math.round(value);
      }
      rgba[at + 3] = hasAlpha ? values[first + opaqueSamples] : opaque;
    }
  });
  return { height, width, rgba: rgba! };
}
