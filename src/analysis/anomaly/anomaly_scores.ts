// x = an image of D pixels, y = its reconstruction, G = a Gaussian filter, z = its latent (a VAE's mean), n = images.

/**
 * How anomalous images are to a model: one score per image, higher for more anomalous ones.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { type PictureSize, pictureSize } from "../../core/shape.ts";
import type { Split } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import { NAMES } from "../../models/graphs.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { evaluator } from "../reconstruction/inference.ts";
import { meanDistances } from "../points/knn_classifier.ts";
import { nearestNeighbours } from "../points/neighbours.ts";
import { type Points, valuePoints } from "../points/points.ts";
import { smoother } from "./smooth.ts";

/** The scores there are. */
export const SCORE_NAMES = ["elbo", "reconstruction", "relative", "latentDistance", "combined"] as const;
/** The name of a score. */
export type ScoreName = typeof SCORE_NAMES[number];

/** What is scored, and with what. */
export interface ScoreOptions {
  readonly engine: Engine;
  readonly model: TrainedModel;
  /** Normal images: what the model was trained on. */
  readonly train: Split;
  /** The images to score. */
  readonly test: Split;
  /** Neighbours of {@link ScoreName} `latentDistance`. @default {5} */
  readonly k?: number;
  /** The sigma of G, in pixels. @default {1} */
  readonly smoothing?: number;
  /** The weight of the latent distance in `combined`. @default {0.5} */
  readonly latentWeight?: number;
}

/**
 * Every score that the model has, each of length n. Reconstructed images go through a VAE's mean.
 *
 * - `reconstruction`: `sum_d (x_d - y_d)^2`.
 * - `elbo` (a VAE's): the negative bound at the mean, in nats: the error of its loss plus `KL(q(z | x) || p(z))`.
 * - `relative`: `sum_d KL(Gx_d || Gy_d) / sum_d Gx_d`, the KL divergence of Bernoulli pixels after both images are smoothed, for each
 *   unit of ink. Smoothing forgives a stroke that is one pixel off; the share of ink keeps a sparse digit, which has
 *   little to get wrong, from looking normal.
 * - `latentDistance`: the mean distance from z to the k nearest latents of normal images.
 * - `combined`: `s(log relative) + weight s(log latentDistance)`, where s takes out the mean and standard deviation that the logarithm
 *   has over the normal images (each without itself as its neighbour): what looks wrong, and where there are no normal images.
 */
export function anomalyScores(
  { engine, model, train, test, k = 5, smoothing = 1, latentWeight = 0.5 }: ScoreOptions,
): Map<ScoreName, Float64Array> {
  const normal = pictureScores(engine, model, train, smoothing);
  const tested = pictureScores(engine, model, test, smoothing);
  checkScores([["reconstruction", tested.reconstruction], ["relative", tested.relative]]);
  const [points, queries] = [normal, tested].map(({ latents }) => valuePoints(latents, model.spec.latent));
  const distances = meanDistances(
    nearestNeighbours({ engine, queries, points, k: Math.min(k, points.count) }),
  );
  const own = distancesToOthers(engine, points, k);
  const parts = [
    standardised(normal.relative, tested.relative),
    standardised(own, distances),
  ];
  const scores = new Map<ScoreName, Float64Array>([
    ["reconstruction", tested.reconstruction],
    ["relative", tested.relative],
    ["latentDistance", distances],
    ["combined", parts[0].map((value, row) => value + latentWeight * parts[1][row])],
  ]);
  if (tested.elbo !== undefined) scores.set("elbo", tested.elbo);
  checkScores(scores);
  return scores;
}

function checkScores(scores: Iterable<[ScoreName, Float64Array]>): void {
  for (const [name, values] of scores) {
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong < 0) continue;
    throw new RunError(
      `score "${name}" must be a finite number, got ${values[wrong]} at image ${wrong}`,
    );
  }
}

/** What can be computed from each image by itself. */
interface PictureScores {
  readonly latents: Float32Array;
  readonly reconstruction: Float64Array;
  readonly relative: Float64Array;
  readonly elbo?: Float64Array;
}

function pictureScores(
  engine: Engine,
  model: TrainedModel,
  split: Split,
  smoothing: number,
): PictureScores {
  const { spec, shape } = model, { latent } = spec, { count } = split;
  const evaluation = evaluator(engine, model, split);
  const { program, pixels } = evaluation;
  const target = program.input(NAMES.target), output = program.output("output");
  const squaredError = program.output("squaredError"), points = program.output("latent");
  const error = spec.loss === "mse" ? squaredError : program.output("crossEntropy");
  const klOfDimension = spec.kind === "vae" ? program.output("klOfDimension") : undefined;
  const compare = relativeDivergence(pictureSize(shape), smoothing);
  const latents = new Float32Array(count * latent);
  const [reconstruction, relative, elbo] = [0, 1, 2].map(() => new Float64Array(count));
  evaluation.forEachBatch({ samples: count }, (start, rows) => {
    latents.set(points.subarray(0, rows * latent), start * latent);
    for (let row = 0; row < rows; row++) {
      reconstruction[start + row] = squaredError[row];
      relative[start + row] = compare(target, output, row * pixels);
      elbo[start + row] = spec.loss === "mse" ? 0.5 * error[row] : error[row];
      for (let j = row * latent; klOfDimension !== undefined && j < (row + 1) * latent; j++) {
        elbo[start + row] += klOfDimension[j];
      }
    }
  });
  program.dispose();
  return { latents, reconstruction, relative, ...(klOfDimension === undefined ? {} : { elbo }) };
}

/** The least chance of a pixel to be on or off: a reconstruction that is sure and wrong costs 14 nats and not infinitely many. */
const LEAST_CHANCE = 1e-6;

/** `relative` of the images that begin at a position of two blocks; see {@link anomalyScores}. */
export function relativeDivergence(
  size: PictureSize,
  sigma: number,
): (target: ArrayLike<number>, output: ArrayLike<number>, start: number) => number {
  const targets = smoother(size, sigma), outputs = smoother(size, sigma);
  const bounded = (value: number) => Math.min(1 - LEAST_CHANCE, Math.max(LEAST_CHANCE, value));
  return (target, output, start) => {
    const x = targets.smooth(target, start), y = outputs.smooth(output, start);
    let divergence = 0, ink = 0;
    for (let d = 0; d < x.length; d++) {
      const p = bounded(x[d]), q = bounded(y[d]);
      divergence += p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
      ink += p;
    }
    return divergence / ink;
  };
}

/** The mean distance of each point to its k nearest others; 0 for a single point. */
function distancesToOthers(engine: Engine, points: Points, k: number): Float64Array {
  if (points.count === 1) return new Float64Array(1);
  const except = Uint32Array.from({ length: points.count }, (_, row) => row);
  const most = Math.min(k, points.count - 1);
  return meanDistances(nearestNeighbours({ engine, queries: points, points, k: most, except }));
}

/** Keeps the logarithm of 0 finite. */
const TINY = 1e-12;

/** The logarithms of scores in standard deviations from the mean that those of normal images have. */
function standardised(normal: Float64Array, tested: Float64Array): Float64Array {
  const logarithm = (value: number) => Math.log(value + TINY);
  const mean = normal.reduce((sum, value) => sum + logarithm(value), 0) / normal.length;
  const square = normal.reduce((sum, value) => sum + (logarithm(value) - mean) ** 2, 0) / normal.length;
  // Normal images that are all the same have no spread to measure by.
  const std = square > 0 ? Math.sqrt(square) : 1;
  return tested.map((value) => (logarithm(value) - mean) / std);
}
