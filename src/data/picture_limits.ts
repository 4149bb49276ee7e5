/**
 * How large a picture may be before memory is reserved for it: its header is compared with the size of the file, and with a limit
 * that the user can change.
 *
 * @module
 */
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { damaged, PictureError } from "./picture_error.ts";

/** At most how many pixels a picture may have: photographs of 108 megapixels fit. */
export const MAX_PIXELS = 120_000_000;

/** Pictures of up to this many pixels are read whatever the size of their file: a mostly empty canvas compresses to almost nothing. */
const ALWAYS_READ = 1_000_000;

/**
 * How many bytes a byte of a file can become: Deflate copies at most 258 bytes by two bits; LZW at most 3,840 bytes by a code of 12
 * bits; PackBits 128 by two bytes.
 */
export const EXPANSION = { deflate: 1032, lzw: 2560, packBits: 64, none: 1 } as const;

const count = (number: number) => number.toLocaleString("en-US");

/** Refuses a picture that has more pixels than `maxPixels`, or none. */
export function checkPixels(format: string, { height, width }: PictureSize, maxPixels: number): void {
  if (height === 0 || width === 0) throw damaged(format, `${width}x${height} pixels (width x height)`);
  if (pixelCount({ height, width }) <= maxPixels) return;
  throw new PictureError(
    `must have at most ${count(maxPixels)} pixels (maxPixels), got ${count(width)} x ${count(height)} ` +
      "(make it smaller, or raise the limit as in --set load.source.maxPixels=200000000)",
  );
}

/** Refuses a picture that promises more bytes than its `packed` bytes can hold, at `ratio` for each. */
export function checkExpansion(
  format: string,
  { height, width }: PictureSize,
  needed: number,
  packed: number,
  ratio: number,
): void {
  if (pixelCount({ height, width }) <= ALWAYS_READ || needed <= packed * ratio) return;
  throw damaged(
    format,
    `${count(width)} x ${count(height)} pixels, which ${
      count(packed)
    } bytes cannot hold: it is damaged or was cut off`,
  );
}
