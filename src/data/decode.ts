/**
 * Decodes a picture file of any supported format, recognised by its first bytes and not by its name. Each decoder is JavaScript or
 * WebAssembly that needs no permission; a package is loaded at the first picture of its format.
 *
 * @module
 */
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { bmpSize, decodeBmp } from "./bmp.ts";
import { decodeGif, gifFrames, gifSize } from "./gif.ts";
import { decodeJpeg, jpegOrientation, jpegSize } from "./jpeg.ts";
import { decodeNetpbm, isNetpbm, netpbmDepth, netpbmSize } from "./netpbm.ts";
import { damaged, PictureError, unsupported } from "./picture_error.ts";
import { checkPixels, MAX_PIXELS } from "./picture_limits.ts";
import { decodePng, pngDepth, pngOrientation, pngSize } from "./png.ts";
import { type Depth, type Raster, upright } from "./raster.ts";
import { decodeTiff, isTiff, surveyTiff, tiffSize } from "./tiff.ts";
import type { NumberReader } from "./tiff_directory.ts";
import { decodeWebp, isWebp, webpFrames, webpOrientation, webpSize } from "./webp.ts";

/** What can be read, as text. */
export const PICTURE_FORMATS = "a PNG, JPEG, GIF, WebP, BMP, TIFF, PGM or PPM picture";

/** Which frames or pages of a file are read. */
export type Frames = "first" | "all";

const startsWith = (...start: number[]) => (bytes: Uint8Array) =>
  start.every((byte, index) => bytes[index] === byte);

/** Options of a format's decoder. */
interface FormatOptions {
  /** How many frames or pages to read at most. */
  readonly most: number;
  readonly maxPixels: number;
}

/** A format: how it is recognised, what its header says, and its pictures. */
interface Format {
  readonly name: string;
  recognises(bytes: Uint8Array): boolean;
  size(bytes: Uint8Array): PictureSize;
  /** The frames or pages, one after the other. */
  decode(
    bytes: Uint8Array,
    options: FormatOptions,
  ): Raster | Promise<Raster> | Iterable<Raster> | AsyncIterable<Raster>;
  /** How the picture is to be turned, as EXIF numbers it. @default {decoded upright} */
  orientation?(bytes: Uint8Array): number;
  /** The depth by the first bytes of a file. @default {8} */
  depth?(start: Uint8Array): Depth;
  /** How many frames a file has. @default {one} */
  frames?(bytes: Uint8Array): number;
  /** Depth and frames of a file that is read where it is needed. */
  survey?(view: NumberReader, start: Uint8Array, most: number): PictureSurvey;
}

const FORMATS: readonly Format[] = [
  {
    name: "PNG",
    recognises: startsWith(0x89, 0x50, 0x4e, 0x47),
    size: pngSize,
    decode: decodePng,
    orientation: pngOrientation,
    depth: pngDepth,
  },
  {
    name: "JPEG",
    recognises: startsWith(0xff, 0xd8, 0xff),
    size: jpegSize,
    decode: decodeJpeg,
    orientation: jpegOrientation,
  },
  {
    name: "GIF",
    recognises: startsWith(0x47, 0x49, 0x46, 0x38),
    size: gifSize,
    decode: (bytes, { most }) => decodeGif(bytes, most),
    frames: gifFrames,
  },
  {
    name: "WebP",
    recognises: isWebp,
    size: webpSize,
    decode: decodeWebp,
    orientation: webpOrientation,
    frames: webpFrames,
  },
  { name: "BMP", recognises: startsWith(0x42, 0x4d), size: bmpSize, decode: decodeBmp },
  { name: "PGM or PPM", recognises: isNetpbm, size: netpbmSize, decode: decodeNetpbm, depth: netpbmDepth },
  {
    name: "TIFF",
    recognises: isTiff,
    size: tiffSize,
    decode: (bytes, { most, maxPixels }) => decodeTiff(bytes, most, maxPixels),
    survey: (view, start, most) => surveyTiff(view, start[0] === 0x49, most),
  },
];

/** What the header of a picture file says. */
export interface PictureSurvey {
  readonly depth: Depth;
  readonly frames: number;
}

/** A file that is read where it is needed. */
export interface SurveyedFile {
  /** Its first bytes: some thousands, or all there are. */
  readonly start: Uint8Array;
  readonly view: NumberReader;
  /** All of it. */
  readAll(): Uint8Array;
}

/** The depth and the number of frames of a picture, without decoding it. Throws a PictureError when its header is damaged. */
export function surveyPicture({ start, view, readAll }: SurveyedFile, frames: Frames): PictureSurvey {
  const format = formatOf(start), isAll = frames === "all";
  return sentenced(format, () => {
    if (format.survey !== undefined) return format.survey(view, start, isAll ? Infinity : 1);
    return {
      depth: format.depth?.(start) ?? "8",
      frames: isAll && format.frames !== undefined ? format.frames(readAll()) : 1,
    };
  });
}

function formatOf(bytes: Uint8Array): Format {
  const format = FORMATS.find(({ recognises }) => recognises(bytes));
  if (format === undefined) throw unsupported(PICTURE_FORMATS, "none of these");
  return format;
}

/** Errors of packages and typed arrays are no messages for users. */
function sentenceOf(format: Format, thrown: unknown): PictureError {
  return thrown instanceof PictureError ? thrown : damaged(format.name, "a damaged one", thrown);
}

function sentenced<Result>(format: Format, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    throw sentenceOf(format, thrown);
  }
}

/** Options for {@link decodeFrames}. */
export interface DecodeOptions {
  /** At most how many pixels it may have. @default {120_000_000} */
  readonly maxPixels?: number;
  /** Runs a decoding that takes much memory; where several threads decode, one at a time. @default at once */
  readonly large?: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** From this many pixels on a picture counts as large: decoding may take 32 bytes per pixel. */
const LARGE_PIXELS = 8_000_000;

/** Whether the bytes, the first ones of a file, begin like a picture that can be read. */
export function isPictureStart(bytes: Uint8Array): boolean {
  return FORMATS.some(({ recognises }) => recognises(bytes));
}

/** Decodes the frames or pages of a picture, one after the other, and turns each upright. Throws a PictureError. */
export async function* decodeFrames(
  bytes: Uint8Array,
  frames: Frames,
  { maxPixels = MAX_PIXELS, large = (work) => work() }: DecodeOptions = {},
): AsyncGenerator<Raster> {
  const format = formatOf(bytes);
  try {
    const size = format.size(bytes), pixels = pixelCount(size);
    checkPixels(format.name, size, maxPixels);
    const turn = format.orientation?.(bytes) ?? 1;
    const options = { most: frames === "all" ? Infinity : 1, maxPixels };
    const rasters = iteratorOf(format.decode(bytes, options));
    const next = async () => await rasters.next();
    for (let taken = 0; taken < options.most; taken++) {
      const result = pixels < LARGE_PIXELS ? await next() : await large(next);
      if (result.done) return;
      yield upright(result.value, turn);
    }
  } catch (thrown) {
    throw sentenceOf(format, thrown);
  }
}

type Decoded = ReturnType<Format["decode"]>;

function iteratorOf(decoded: Decoded): Iterator<Raster> | AsyncIterator<Raster> {
  if (Symbol.asyncIterator in decoded) return decoded[Symbol.asyncIterator]();
  if (Symbol.iterator in decoded) return decoded[Symbol.iterator]();
  return (async function* () {
    yield await decoded;
  })();
}
