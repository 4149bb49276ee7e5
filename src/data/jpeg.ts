/**
 * Reads JPEG pictures by jpeg-js, which is only given files whose frame and number of scans were checked.
 *
 * @module
 */
import { importPackage } from "../core/import_package.ts";
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { exifOrientation } from "./exif.ts";
import { damaged, unsupported } from "./picture_error.ts";
import { checkExpansion } from "./picture_limits.ts";
import type { Raster } from "./raster.ts";

/** A block of 8x8 pixels takes one bit at least. */
const PIXELS_PER_BYTE = 512;

/** Each scan of a progressive picture goes through all blocks, in however few bytes. Encoders write about ten. */
const MAX_SCANS = 100;

/** What jpeg-js 0.4.4 holds for each pixel at most by its own count: 4 components of 4-byte coefficients, samples and the result. */
const BYTES_PER_PIXEL = 32;

/** Blocks form groups of up to 32x32 pixels, which reach beyond the picture. */
const padded = (side: number) => 32 * Math.ceil(side / 32);

const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** A part of a file: its marker, and the place behind it. */
interface Segment {
  readonly at: number;
  readonly marker: number;
}

function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
  for (let at = 2; at + 9 < bytes.length;) {
    // Bytes that are no marker are skipped, as some phones write the length of a segment wrongly.
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === 0 || marker === 0xff) at++;
    else if (isBare(marker)) at += 2;
    else {
      yield { at: at + 2, marker };
      at += 2 + Math.max(2, (bytes[at + 2] << 8) | bytes[at + 3]);
    }
  }
}

/** The place of the frame header, after its marker. */
function findFrame(bytes: Uint8Array): Segment {
  for (const segment of segmentsOf(bytes)) if (isFrame(segment.marker)) return segment;
  throw damaged("JPEG", "one without a frame header");
}

const APP1 = 0xe1, EXIF_LETTERS = [0x45, 0x78, 0x69, 0x66];

/** The EXIF orientation of a JPEG picture. */
export function jpegOrientation(bytes: Uint8Array): number {
  for (const { at, marker } of segmentsOf(bytes)) {
    if (isFrame(marker)) return 1;
    const content = bytes.subarray(at + 2, at + ((bytes[at] << 8) | bytes[at + 1]));
    if (marker === APP1 && EXIF_LETTERS.every((letter, k) => content[k] === letter)) {
      return exifOrientation(content);
    }
  }
  return 1;
}

function scansFrom(bytes: Uint8Array, start: number): number {
  let scans = 0;
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === 0xda) scans++;
  }
  return scans;
}

/** The size that a JPEG picture states. */
export function jpegSize(bytes: Uint8Array): PictureSize {
  const { at, marker } = findFrame(bytes);
  if (marker > 0xc2) {
    throw unsupported("a baseline or progressive JPEG picture", "a lossless or arithmetic one");
  }
  return { height: (bytes[at + 3] << 8) | bytes[at + 4], width: (bytes[at + 5] << 8) | bytes[at + 6] };
}

/** Decodes a JPEG picture. Throws a PictureError, or an Error of jpeg-js. */
export async function decodeJpeg(bytes: Uint8Array): Promise<Raster> {
  const size = jpegSize(bytes), pixels = pixelCount(size);
  checkExpansion("JPEG", size, pixels, bytes.length, PIXELS_PER_BYTE);
  const scans = scansFrom(bytes, findFrame(bytes).at);
  if (scans > MAX_SCANS) throw damaged("JPEG", `one of ${scans} scans, where at most ${MAX_SCANS} are read`);
  const { decode } =
    (await importPackage<{ default: typeof import("jpeg-js") }>("npm:jpeg-js@0.4.4")).default;
  // Adobe's marker may say that the channels are red, green and blue, which jpeg-js 0.4.4 respects only by option; it respects
  // itself a marker that says otherwise, and needs none.
  const hasAdobeMarker = new TextDecoder("latin1").decode(bytes).includes("\xff\xee\0\x0eAdobe");
  const options = {
    useTArray: true as const,
    tolerantDecoding: false,
    // One more, as the package multiplies by a million again, and rounding must not refuse the picture.
    maxResolutionInMP: (pixels + 1) / 1e6,
    maxMemoryUsageInMB: 1 + BYTES_PER_PIXEL * padded(size.height) * padded(size.width) / 2 ** 20,
    ...(hasAdobeMarker && { colorTransform: false }),
  };
  const { height, width, data } = decode(bytes, options as { useTArray: true });
  return { height, width, rgba: data };
}
