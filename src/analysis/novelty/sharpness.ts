// x = an image, g = the length of its gradient at a pixel, mu = a latent mean, c_l = the mean of the latent means of class l.

/**
 * How sharp reconstructed images are, and how that depends on their position among the latents of their class.
 *
 * @module
 */
import {
  luminance,
  type PictureShape,
  pictureShape,
  type PictureSize,
  pixelCount,
  valueCount,
} from "../../core/shape.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import type { Engine, Floats } from "../../engine/engine.ts";
import { NAMES } from "../../models/graphs.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { encodeImages, evaluator } from "../reconstruction/inference.ts";
import { type Points, readPoints } from "../points/points.ts";

/** A measure of sharpness: of the grey image that begins at `start` of a block. */
type Measure = (images: ArrayLike<number>, start: number, size: PictureSize) => number;

/** The name of a measure. */
export type SharpnessName = "gradient" | "laplacian";

/**
 * The measures of sharpness of grey images.
 *
 * - `gradient`: the mean of `sqrt(dx^2 + dy^2)`, differences to the right and downwards, 0 at the rim.
 * - `laplacian`: the mean of `(4 x - the four neighbours)^2`, the rim repeated: finer detail weighs more.
 */
export const SHARPNESS: Readonly<Record<SharpnessName, Measure>> = {
  gradient(images, start, { height, width }) {
    let sum = 0;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const at = start + row * width + column;
        const dx = column + 1 < width ? images[at + 1] - images[at] : 0;
        const dy = row + 1 < height ? images[at + width] - images[at] : 0;
        sum += Math.sqrt(dx * dx + dy * dy);
      }
    }
    return sum / pixelCount({ height, width });
  },
  laplacian(images, start, { height, width }) {
    let sum = 0;
    const pixel = (row: number, column: number) =>
      images[
        start + Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column))
      ];
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const about = pixel(row - 1, column) + pixel(row + 1, column) + pixel(row, column - 1) +
          pixel(row, column + 1);
        sum += (4 * pixel(row, column) - about) ** 2;
      }
    }
    return sum / pixelCount({ height, width });
  },
};

/**
 * The sharpness of the image that begins at `start` of a block; of a colour image that of its luminance, `0.299 R + 0.587 G + 0.114 B`, as
 * eyes judge sharpness by luminance.
 */
export function sharpnessOf(
  measure: SharpnessName,
  images: Floats,
  start: number,
  shape: PictureShape,
): number {
  const isColour = shape.channels === 3;
  const grey = isColour ? luminance(shape, images.subarray(start, start + valueCount(shape))) : images;
  return SHARPNESS[measure](grey, isColour ? 0 : start, shape);
}

/** The mean sharpness of images, by the gradient. */
export function meanSharpness(points: Points, shape: PictureShape): number {
  let sum = 0;
  for (let start = 0; start < points.count; start += ROWS) {
    const rows = Math.min(ROWS, points.count - start), images = readPoints(points, start, rows);
    for (let row = 0; row < rows; row++) {
      sum += sharpnessOf("gradient", images, row * points.dimensions, shape);
    }
  }
  return sum / points.count;
}

const ROWS = 1024;

/** A reconstructed image. */
export interface SharpnessPair {
  /** The Euclidean distance of its latent mean to the centre of its class. */
  readonly distance: number;
  /** Its sharpness as a share of the original's. */
  readonly sharpness: number;
  /** Its class; 0 without labels. */
  readonly label: number;
}

/** All pairs, and what was left out. */
export interface SharpnessPairs {
  /** In the order of the test images. */
  readonly pairs: readonly SharpnessPair[];
  /** Images without any edge, whose sharpness has no share. */
  readonly flat: number;
  /** Images of a class that no training image has. */
  readonly unknown: number;
}

/** What to measure. */
export interface SharpnessSettings {
  readonly engine: Engine;
  readonly model: TrainedModel;
  readonly dataset: Dataset;
  readonly measure: SharpnessName;
}

/**
 * For each test image its reconstructed image's sharpness and the distance of its latent mean to the centre of its class, `|mu - c_l|`, the
 * centre being that of the training images. Without labels all images are one class. A VAE reconstructs through its posterior mean.
 */
export function sharpnessPairs({ engine, model, dataset, measure }: SharpnessSettings): SharpnessPairs {
  const { train, test } = dataset, { latent } = model.spec, shape = pictureShape(dataset.shape);
  const labelOf = (split: Split, row: number) =>
    train.labels === undefined ? 0 : split.labels?.[row] ?? UNKNOWN;
  const centres = centresOf(encodeImages(engine, model, train), latent, (row) => labelOf(train, row));
  const { program, pixels, forEachBatch } = evaluator(engine, model, test);
  const targets = program.input(NAMES.target),
    outputs = program.output("output"),
    means = program.output("latent");
  const pairs: SharpnessPair[] = [];
  let flat = 0, unknown = 0;
  forEachBatch({ samples: test.count }, (start, rows) => {
    for (let row = 0; row < rows; row++) {
      const label = labelOf(test, start + row), centre = centres.get(label);
      const original = sharpnessOf(measure, targets, row * pixels, shape);
      if (centre === undefined) unknown++;
      else if (original === 0) flat++;
      else {
        const sharpness = sharpnessOf(measure, outputs, row * pixels, shape) / original;
        const distance = Math.hypot(...centre.map((value, k) => means[row * latent + k] - value));
        pairs.push({ distance, sharpness, label });
      }
    }
  });
  program.dispose();
  return { pairs, flat, unknown };
}

/** The class of a test image without a label among training images with labels. */
const UNKNOWN = -1;

/** The mean of the points [n, K] of each class. */
function centresOf(
  points: Float32Array,
  latent: number,
  labelOf: (row: number) => number,
): Map<number, number[]> {
  const sums = new Map<number, { sum: number[]; count: number }>();
  for (let row = 0; row < points.length / latent; row++) {
    const label = labelOf(row);
    const own = sums.get(label) ?? { sum: new Array<number>(latent).fill(0), count: 0 };
    own.count++;
    for (let k = 0; k < latent; k++) own.sum[k] += points[row * latent + k];
    sums.set(label, own);
  }
  return new Map(
    [...sums].map(([label, { sum, count }]) => [label, sum.map((value) => value / count)]),
  );
}
