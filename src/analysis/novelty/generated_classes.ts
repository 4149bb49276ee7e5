/** Whether generated images are of the requested class. @module */
import { sampleSize } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { firstOfSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Estimate, wilson } from "../statistics/intervals.ts";
import { votes } from "../points/knn_classifier.ts";
import { nearestNeighbours } from "../points/neighbours.ts";
import { imagePoints, type Points, valuePoints } from "../points/points.ts";

/** Neighbours that vote, and the most images that they are among, and that are classified of the test split. */
const NEIGHBOURS = 5, MOST_TRAIN = 10_000, MOST_TEST = 2_000;

/** How often a classifier gives images their class. */
export interface ClassAccuracy {
  /** Of generated images the requested class. */
  readonly generated?: Estimate;
  /** Of test images their own: what the classifier can be trusted to. */
  readonly real?: Estimate;
  /** What classifies, as text. */
  readonly estimator: string;
}

/**
 * Classifies generated images by their 5 nearest train images, pixel by pixel, so nothing of the model has a part in it; and real test
 * images in the same way. `undefined` where samples have no labels.
 *
 * @param generated Images as the model makes them [n, D].
 * @param labels The label that each of them was asked to have.
 */
export function classAccuracy(
  engine: Engine,
  { train, test, shape }: Pick<Dataset, "train" | "test" | "shape">,
  generated: Float32Array,
  labels: ArrayLike<number>,
): ClassAccuracy | undefined {
  if (train.labels === undefined || test.labels === undefined) return undefined;
  const size = sampleSize(shape), known = firstOfSplit(train, size, MOST_TRAIN);
  const points = imagePoints(known, size), k = Math.min(NEIGHBOURS, known.count);
  const share = (queries: Points, wanted: ArrayLike<number>) => {
    const found = votes(nearestNeighbours({ engine, queries, points, k }), known.labels!);
    return wilson(found.filter((label, row) => label === wanted[row]).length, found.length);
  };
  const asked = firstOfSplit(test, size, MOST_TEST);
  return {
    generated: share(valuePoints(generated, size), labels),
    // Where the task is to store the images, each is its own neighbour.
    ...(test === train ? {} : { real: share(imagePoints(asked, size), asked.labels!) }),
    estimator: `by the ${k} nearest of ${known.count.toLocaleString("en-US")} train images`,
  };
}
