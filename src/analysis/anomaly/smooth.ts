// x = an image [height, width, channels], w = the weights of a Gaussian, G = the Gaussian filter, n = images.

/**
 * Images out of focus: what a comparison sees when a stroke may be one pixel off.
 *
 * @module
 */
import { type PictureShape, valueCount } from "../../core/shape.ts";
import type { Split } from "../../data/dataset.ts";

/** Smooths images one at a time, into memory of its own. */
export interface Smoother {
  /** The smoothed image that begins at `start`; the next call overwrites it. */
  smooth(images: ArrayLike<number>, start: number): Float64Array;
}

/**
 * A Gaussian filter `sum_j w_j x_(i+j)`, `w_j ~ exp(-j^2 / (2 sigma^2))`, along rows and then columns, cut off at 3 sigma; the weights
 * add up to 1, and there is nothing (0) beyond the edge. With a sigma of 0 images stay as they are. Channels are filtered each by itself.
 *
 * @param sigma In pixels.
 */
export function smoother(shape: PictureShape, sigma: number): Smoother {
  const { height, width, channels = 1 } = shape, size = valueCount(shape), stride = width * channels;
  const reach = Math.ceil(3 * sigma);
  const raw = Array.from({ length: 2 * reach + 1 }, (_, at) => {
    return sigma === 0 ? 1 : Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2));
  });
  const total = raw.reduce((sum, value) => sum + value, 0);
  const weights = Float64Array.from(raw, (value) => value / total);
  const between = new Float64Array(size), result = new Float64Array(size);

  /** Filters along lines of `length` values `step` apart; line l of a channel begins at `channel + l * lineStep`. */
  function filter(
    from: ArrayLike<number>,
    start: number,
    to: Float64Array,
    channel: number,
    lines: readonly [count: number, step: number],
    values: readonly [count: number, step: number],
  ): void {
    const [lineCount, lineStep] = lines, [length, step] = values;
    for (let line = 0; line < lineCount; line++) {
      for (let i = 0; i < length; i++) {
        let sum = 0;
        const first = Math.max(0, i - reach), last = Math.min(length - 1, i + reach);
        for (let j = first; j <= last; j++) {
          sum += weights[j - i + reach] * from[start + channel + line * lineStep + j * step];
        }
        to[channel + line * lineStep + i * step] = sum;
      }
    }
  }
  return {
    smooth(images, start) {
      for (let channel = 0; channel < channels; channel++) {
        filter(images, start, between, channel, [height, stride], [width, channels]);
        filter(between, 0, result, channel, [width, channels], [height, stride]);
      }
      return result;
    },
  };
}

/**
 * Images as unit vectors: `Gx / |Gx|`, the smoothed image divided by its Euclidean norm, so that neither a stroke one pixel off
 * nor the amount of ink makes images distant. An image without ink stays 0.
 *
 * @param values The images of a split in memory, as they are stored. Shape [n, D], as the result.
 */
export function smoothedUnits(
  { values, count }: Pick<Split, "values" | "count">,
  shape: PictureShape,
  sigma: number,
): Float32Array {
  const size = valueCount(shape), result = new Float32Array(count * size);
  const { smooth } = smoother(shape, sigma);
  for (let start = 0; start < result.length; start += size) writeUnit(smooth(values, start), result, start);
  return result;
}

/** Writes a vector divided by its Euclidean norm into a block, from `start` on; one of zeros stays 0. */
export function writeUnit(vector: Float64Array, block: Float32Array, start: number): void {
  let squares = 0;
  for (let d = 0; d < vector.length; d++) squares += vector[d] ** 2;
  const norm = squares > 0 ? Math.sqrt(squares) : 1;
  for (let d = 0; d < vector.length; d++) block[start + d] = vector[d] / norm;
}
