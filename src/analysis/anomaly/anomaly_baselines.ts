// n = train images, m = test images, D = pixels.

/**
 * Anomaly scores without a model, which a model has to beat: an isolation forest and nearest neighbours, on plain pixels and after the
 * preprocessing that the score of a model has, too: images are smoothed and compared apart from their amount of ink, as they are or by
 * their edges.
 *
 * @module
 */
import { isPicture, pictureShape, type SampleShape, sampleSize } from "../../core/shape.ts";
import type { Split } from "../../data/dataset.ts";
import { firstOfSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import { isolationForest } from "./isolation_forest.ts";
import { imagePoints, type Points, valuePoints } from "../points/points.ts";
import { edgeMaps } from "./edges.ts";
import { distancesTo } from "./neighbour_distances.ts";
import { smoothedUnits } from "./smooth.ts";

/** The baselines there are. */
export const BASELINE_NAMES = [
  "isolationForest",
  "neighbours",
  "smoothedIsolationForest",
  "smoothedNeighbours",
  "edgeNeighbours",
] as const;
/** The name of a baseline. */
export type BaselineName = typeof BASELINE_NAMES[number];

/** What is scored, and by what. */
export interface BaselineOptions {
  readonly engine: Engine;
  /** Normal images. */
  readonly train: Split;
  /** The images to score. */
  readonly test: Split;
  /** The shape of a sample. */
  readonly shape: SampleShape;
  /** Neighbours; at most n are used. */
  readonly k: number;
  /** The standard deviation of the smoothing, in pixels. */
  readonly smoothing: number;
  /** Of the forests. */
  readonly seed: number;
}

/**
 * The score of each test image by each baseline, higher for more anomalous ones. Length m.
 *
 * - `neighbours`: the mean Euclidean distance to the k nearest train images, on pixels in [0, 1].
 * - `smoothedNeighbours`, `edgeNeighbours`: the same on {@link smoothedUnits} and on {@link edgeMaps}.
 * - `isolationForest`, `smoothedIsolationForest`: the score of {@link isolationForest} on pixels and on {@link smoothedUnits}.
 *
 * Vectors are scored as the model sees them, under their scale, and have no baselines of smoothed images and edges.
 */
export function baselineScores(
  { engine, train, test, shape, k, smoothing, seed }: BaselineOptions,
): Map<BaselineName, Float64Array> {
  const pixels = sampleSize(shape);
  const [known, tested] = [train, test].map((split) => firstOfSplit(split, pixels, Infinity));
  const key = { seed, stream: "analysis", epoch: 0 } as const;
  const forest = (samples: ArrayLike<number>, others: ArrayLike<number>) =>
    isolationForest(samples, pixels, { key }).score(others);
  const neighbours = (points: Points, queries: Points) => distancesTo({ engine, points, k }, queries);
  const plain = new Map<BaselineName, Float64Array>([
    ["isolationForest", forest(known.values, tested.values)],
    ["neighbours", neighbours(imagePoints(known, pixels), imagePoints(tested, pixels))],
  ]);
  if (!isPicture(shape)) return plain;
  const size = pictureShape(shape);
  const [units, testedUnits] = [known, tested].map((split) => smoothedUnits(split, size, smoothing));
  const [edges, testedEdges] = [known, tested].map((split) => edgeMaps(split, size, smoothing));
  return new Map([
    ...plain,
    ["smoothedIsolationForest", forest(units, testedUnits)],
    ["smoothedNeighbours", neighbours(valuePoints(units, pixels), valuePoints(testedUnits, pixels))],
    ["edgeNeighbours", neighbours(edges, testedEdges)],
  ]);
}
