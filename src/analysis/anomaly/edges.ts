// x = an image [height, width, channels], G = the Gaussian filter, u = Gx, (gx, gy) = the differences of u, n = images, M = values of a map.

/**
 * Edge maps: where an image has strokes, and in which direction they run.
 *
 * @module
 */
import { type PictureShape, valueCount } from "../../core/shape.ts";
import type { Split } from "../../data/dataset.ts";
import { type Points, valuePoints } from "../points/points.ts";
import { smoother, writeUnit } from "./smooth.ts";

/** The directions in which differences are taken, as `(cos t, sin t)` for t = 0, 45, 90 and 135 degrees. */
const DIRECTIONS = [[1, 0], [Math.SQRT1_2, Math.SQRT1_2], [0, 1], [-Math.SQRT1_2, Math.SQRT1_2]] as const;

/**
 * The edge maps of images as unit vectors, so that neither the amount of ink nor a stroke one pixel off makes images distant.
 *
 * 1. `u = Gx`, by {@link smoother}: there is nothing (0) beyond the edge.
 * 2. `gx[i, j] = u[i, j + 1] - u[i, j - 1]` and `gy[i, j] = u[i + 1, j] - u[i - 1, j]`, with 0 beyond the edge.
 * 3. Four maps `|cos t gx + sin t gy|`, for t = 0, 45, 90 and 135 degrees: a dark and a bright stroke have the same.
 * 4. Each is filtered by G, and rows and columns 1, 3, 5, ... stay (counted from 0; a single row or column stays, too).
 * 5. All of them are divided by their Euclidean norm. An image without edges stays 0.
 *
 * Maps of orientations that are smoothed and subsampled are also what HOG (Dalal and Triggs, Histograms of oriented gradients for human
 * detection, CVPR 2005) and DAISY (Tola, Lepetit and Fua, DAISY: an efficient dense descriptor applied to wide-baseline stereo, TPAMI 2010)
 * describe images by. HOG has histograms of orientations without a sign, DAISY derivatives with one; both divide parts of a map by norms of
 * their own.
 *
 * @param values The images of a split in memory, as they are stored; a channel of colour is filtered by itself.
 * @returns The maps as points, `M = 4 floor(height / 2) floor(width / 2) channels` numbers each.
 */
export function edgeMaps(
  { values, count }: Pick<Split, "values" | "count">,
  shape: PictureShape,
  sigma: number,
): Points {
  const { height, width, channels = 1 } = shape, size = valueCount(shape), stride = width * channels;
  const images = smoother(shape, sigma), maps = smoother(shape, sigma);
  const kept = keptPositions(shape), dimensions = DIRECTIONS.length * kept.length;
  const dx = new Float64Array(size), dy = new Float64Array(size);
  const along = new Float64Array(size), map = new Float64Array(dimensions);
  const result = new Float32Array(count * dimensions);
  for (let image = 0; image < count; image++) {
    const smoothed = images.smooth(values, image * size);
    differences(smoothed, dx, [height, stride], [width, channels]);
    differences(smoothed, dy, [width, channels], [height, stride]);
    DIRECTIONS.forEach(([cos, sin], direction) => {
      for (let d = 0; d < size; d++) along[d] = Math.abs(cos * dx[d] + sin * dy[d]);
      const edges = maps.smooth(along, 0), first = direction * kept.length;
      for (let at = 0; at < kept.length; at++) map[first + at] = edges[kept[at]];
    });
    writeUnit(map, result, image * dimensions);
  }
  return valuePoints(result, dimensions);
}

/** Central differences along lines; both pairs are how many lines, or values of a line, there are and how far apart they are. */
function differences(
  from: Float64Array,
  to: Float64Array,
  [lines, lineStep]: readonly [count: number, step: number],
  [length, step]: readonly [count: number, step: number],
): void {
  const channels = from.length / (lines * length);
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      const at = line * lineStep + i * step;
      for (let channel = 0; channel < channels; channel++) {
        const next = i + 1 < length ? from[at + channel + step] : 0;
        to[at + channel] = next - (i > 0 ? from[at + channel - step] : 0);
      }
    }
  }
}

/** The positions of the values of every second row and column, from the second on. */
function keptPositions({ height, width, channels = 1 }: PictureShape): number[] {
  const everySecond = (length: number) =>
    length === 1 ? [0] : Array.from({ length: Math.floor(length / 2) }, (_, at) => 2 * at + 1);
  return everySecond(height).flatMap((row) =>
    everySecond(width).flatMap((column) =>
      Array.from({ length: channels }, (_, channel) => (row * width + column) * channels + channel)
    )
  );
}
