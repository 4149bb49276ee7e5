/** A picture of where a reconstruction differs from a sample. @module */
import { type PictureShape, pixelCount } from "../core/shape.ts";
import type { Picture } from "./picture.ts";
import { strip } from "./sheet.ts";

/** The sample, its reconstruction, and the size of the difference at each pixel, the mean over its channels: white is the largest. */
export function errorSheet(
  input: ArrayLike<number>,
  output: ArrayLike<number>,
  shape: PictureShape,
): Picture {
  const { height, width, channels = 1 } = shape;
  const difference = Float32Array.from({ length: pixelCount(shape) }, (_, pixel) => {
    let sum = 0;
    for (let at = pixel * channels; at < (pixel + 1) * channels; at++) {
      sum += Math.abs(input[at] - output[at]);
    }
    return sum / channels;
  });
  const largest = Math.max(...difference) || 1;
  const map = { height, width, pixels: difference.map((value) => value / largest) };
  return strip([{ ...shape, pixels: input }, { ...shape, pixels: output }, map]);
}
