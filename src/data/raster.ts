/**
 * Decoded pictures, and their conversion to a model's input: grey, and of one size.
 *
 * @module
 */
import { type PictureSize, pixelCount } from "../core/shape.ts";

/** A decoded picture: four bytes (red, green, blue, opacity) a pixel, row by row. */
export interface Raster extends PictureSize {
  readonly rgba: Uint8Array;
}

/** A grey picture: one byte per pixel, row by row; 0 is black. */
export interface GreyRaster extends PictureSize {
  readonly pixels: Uint8Array;
}

/**
 * The luminance `0.299 R + 0.587 G + 0.114 B` (ITU-R BT.601, as in JPEG and PGM tools), rounded, over a white page where the picture is
 * transparent.
 */
export function toGrey({ height, width, rgba }: Raster): GreyRaster {
  const pixels = new Uint8Array(pixelCount({ height, width }));
  for (let pixel = 0, byte = 0; pixel < pixels.length; pixel++, byte += 4) {
    const luminance = 0.299 * rgba[byte] + 0.587 * rgba[byte + 1] + 0.114 * rgba[byte + 2];
    const opacity = rgba[byte + 3] / 255;
    pixels[pixel] = Math.round(luminance * opacity + 255 * (1 - opacity));
  }
  return { height, width, pixels };
}

/** What each of `to` equal cells takes from `from` pixels in a row: the first pixel and the share of each pixel from there on. */
function coverage(from: number, to: number): { first: number; shares: number[] }[] {
  const cell = from / to;
  return Array.from({ length: to }, (_, index) => {
    const start = index * cell, end = Math.min(from, start + cell);
    const first = Math.floor(start);
    const shares: number[] = [];
    for (let pixel = first; pixel < end; pixel++) {
      shares.push((Math.min(end, pixel + 1) - Math.max(start, pixel)) / cell);
    }
    return { first, shares };
  });
}

/**
 * Scales a grey picture by area averaging: each new pixel is the mean of the part of the old picture that it covers.
 *
 * The picture is stretched when its proportions differ. Making it larger repeats pixels (and mixes them at the seams).
 */
export function scaleGrey(
  { height, width, pixels }: GreyRaster,
  toHeight: number,
  toWidth: number,
): GreyRaster {
  if (height === toHeight && width === toWidth) return { height, width, pixels };
  const columns = coverage(width, toWidth);
  const narrowed = new Float64Array(height * toWidth);
  for (let row = 0; row < height; row++) {
    columns.forEach(({ first, shares }, column) => {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k] * pixels[row * width + first + k];
      narrowed[row * toWidth + column] = sum;
    });
  }
  const scaled = new Uint8Array(toHeight * toWidth);
  coverage(height, toHeight).forEach(({ first, shares }, row) => {
    for (let column = 0; column < toWidth; column++) {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k] * narrowed[(first + k) * toWidth + column];
      scaled[row * toWidth + column] = Math.round(sum);
    }
  });
  return { height: toHeight, width: toWidth, pixels: scaled };
}
