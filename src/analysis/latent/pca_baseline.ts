// n = test images x, D = pixels, K = components; m = the mean train image, c = the coordinates of x - m along the components.

/**
 * What principal components alone make of images: the linear reduction to the size of a latent space (for autoencoders Hinton and
 * Salakhutdinov 2006, Science 313:504).
 *
 * @module
 */
import type { Split } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import type { LabelledSplits } from "./latent_report.ts";
import { principalComponents, project } from "../points/pca.ts";
import { imagePoints, type Points, readPoints } from "../points/points.ts";

/** What is compared with. */
export interface PcaBaseline {
  /** The coordinates of both splits, with their labels. */
  readonly points: LabelledSplits;
  /** The squared error per pixel of test images that are reconstructed from them. */
  readonly mse: number;
  /** That of the mean train image in place of each: what knowing nothing of a test image costs. */
  readonly meanMse: number;
}

/** What to analyse. */
export interface PcaBaselineOptions {
  readonly engine: Engine;
  /** The images that the components are of. */
  readonly train: Split;
  readonly test: Split;
  readonly pixels: number;
  /** K at most: fewer where the train images vary in fewer directions. */
  readonly components: number;
  readonly seed: number;
}

/**
 * The images of both splits as coordinates along the principal components of the train images, which reconstruct test images with
 * `mse = 1/(n D) sum (|x - m|^2 - |c|^2)`, where m alone has `meanMse = 1/(n D) sum |x - m|^2`. `undefined` where train images do not vary, or there is no test image.
 */
export function pcaBaseline(options: PcaBaselineOptions): PcaBaseline | undefined {
  const { engine, components, seed } = options;
  const [train, test] = [options.train, options.test].map((split) => imagePoints(split, options.pixels));
  const found = principalComponents({ engine, points: train, components, seed });
  if (found.count === 0 || test.count === 0) return undefined;
  const [known, tested] = [train, test].map((points) => project(engine, points, found));
  const kept = tested.reduce((sum, value) => sum + value * value, 0);
  const squares = squaresAbout(found.mean, test), values = test.count * options.pixels;
  const points = {
    train: { points: known, labels: options.train.labels ?? [] },
    test: { points: tested, labels: options.test.labels ?? [] },
    dimensions: found.count,
  };
  return { points, mse: Math.max(0, squares - kept) / values, meanMse: squares / values };
}

const ROWS = 1024;

/** `sum |x - m|^2`. */
function squaresAbout(mean: Float64Array, points: Points): number {
  let sum = 0;
  for (let start = 0; start < points.count; start += ROWS) {
    const rows = readPoints(points, start, Math.min(ROWS, points.count - start));
    for (let at = 0; at < rows.length; at++) sum += (rows[at] - mean[at % mean.length]) ** 2;
  }
  return sum;
}
