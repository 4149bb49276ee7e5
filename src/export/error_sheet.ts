/** A picture of where a reconstruction differs from a sample. @module */
import { type PictureSize, pixelCount } from "../core/shape.ts";
import { strip, type Tile } from "./sheet.ts";
import type { Picture } from "./picture.ts";

/** The sample, its reconstruction, and the size of the difference at each pixel: white is the largest. */
export function errorSheet(input: ArrayLike<number>, output: ArrayLike<number>, size: PictureSize): Picture {
  const pixels = pixelCount(size), channels = input.length / pixels;
  const grey = (values: ArrayLike<number>) =>
    Float32Array.from({ length: pixels }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < channels; k++) sum += values[at * channels + k];
      return sum / channels;
    });
  const difference = grey(Float32Array.from(input, (value, at) => Math.abs(value - output[at])));
  const largest = Math.max(...difference) || 1;
  const tile = (pixels: ArrayLike<number>): Tile => ({ ...size, pixels });
  return strip([tile(grey(input)), tile(grey(output)), tile(difference.map((value) => value / largest))]);
}
