/**
 * Decodes a picture file of any supported format, recognised by its first bytes and not by its name. Each decoder is JavaScript that
 * needs no permission; a package is loaded at the first picture of its format.
 *
 * @module
 */
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { decodeGif, gifSize } from "./gif.ts";
import { decodeJpeg, jpegSize } from "./jpeg.ts";
import { decodeNetpbm, isNetpbm, netpbmSize } from "./netpbm.ts";
import { damaged, PictureError, unsupported } from "./picture_error.ts";
import { checkPixels, MAX_PIXELS } from "./picture_limits.ts";
import { decodePng, pngSize } from "./png.ts";
import type { Raster } from "./raster.ts";
import { decodeTiff, isTiff, tiffSize } from "./tiff.ts";

/** The endings of the files that are taken for pictures. */
export const PICTURE_ENDINGS: readonly string[] = [
  ".png",
  ".jpg",
  ".jpeg",
  ".gif",
  ".tif",
  ".tiff",
  ".pgm",
  ".ppm",
  ".pnm",
];

const startsWith = (...start: number[]) => (bytes: Uint8Array) =>
  start.every((byte, index) => bytes[index] === byte);

/** A format: how it is recognised, what its header says, and the whole picture. */
interface Format {
  readonly name: string;
  recognises(bytes: Uint8Array): boolean;
  size(bytes: Uint8Array): PictureSize;
  decode(bytes: Uint8Array): Raster | Promise<Raster>;
}

const FORMATS: readonly Format[] = [
  { name: "PNG", recognises: startsWith(0x89, 0x50, 0x4e, 0x47), size: pngSize, decode: decodePng },
  { name: "JPEG", recognises: startsWith(0xff, 0xd8, 0xff), size: jpegSize, decode: decodeJpeg },
  { name: "GIF", recognises: startsWith(0x47, 0x49, 0x46, 0x38), size: gifSize, decode: decodeGif },
  { name: "PGM or PPM", recognises: isNetpbm, size: netpbmSize, decode: decodeNetpbm },
  { name: "TIFF", recognises: isTiff, size: tiffSize, decode: decodeTiff },
];

/** Options for {@link decodePicture}. */
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

/** Decodes a PNG, JPEG, GIF (first frame), TIFF, PGM or PPM picture. Throws a PictureError when the bytes do not decode. */
export async function decodePicture(
  bytes: Uint8Array,
  { maxPixels = MAX_PIXELS, large = (work) => work() }: DecodeOptions = {},
): Promise<Raster> {
  const format = FORMATS.find(({ recognises }) => recognises(bytes));
  if (format === undefined) throw unsupported("a PNG, JPEG, GIF, TIFF, PGM or PPM picture", "none of these");
  try {
    const size = format.size(bytes), pixels = pixelCount(size);
    checkPixels(format.name, size, maxPixels);
    const decode = async () => await format.decode(bytes);
    return pixels < LARGE_PIXELS ? await decode() : await large(decode);
  } catch (thrown) {
    // Errors of packages and typed arrays are no messages for users.
    throw thrown instanceof PictureError ? thrown : damaged(format.name, "a damaged one", thrown);
  }
}
