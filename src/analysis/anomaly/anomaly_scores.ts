// x = a sample of D values, y = its reconstruction, G = a Gaussian filter, z = its latent (a VAE's mean), n = samples.

/**
 * How anomalous samples are to a model: one score for each, higher for more anomalous ones.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { isPicture, type PictureShape, pictureShape, sampleSize } from "../../core/shape.ts";
import type { Split } from "../../data/dataset.ts";
import { firstOfSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import { NAMES } from "../../models/graphs.ts";
import { errorOf, hasOwnLikelihood } from "../../models/likelihoods/table.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { evaluator } from "../reconstruction/inference.ts";
import { type Points, valuePoints } from "../points/points.ts";
import { edgeMaps } from "./edges.ts";
import { distancesTo, distancesToOthers } from "./neighbour_distances.ts";
import type { ScoreName } from "./score_names.ts";
import { smoother } from "./smooth.ts";

/** What is scored, and with what. */
export interface ScorerOptions {
  readonly engine: Engine;
  readonly model: TrainedModel;
  /** Normal samples: what the model was trained on. */
  readonly train: Split;
  /** Neighbours of {@link ScoreName} `latentDistance` and `edgeDistance`. @default {5} */
  readonly k?: number;
  /** The sigma of G, in pixels. @default {1} */
  readonly smoothing?: number;
  /** The weight of the latent distance in `combined`. @default {0.5} */
  readonly latentWeight?: number;
  /** The weight of the distance of edge maps in `combined`; of pictures. @default {0} */
  readonly edgeWeight?: number;
}

/**
 * Prepares every score that the model has, each of length n, for one split after the other. Reconstructed samples go through a VAE's mean.
 *
 * - `reconstruction`: `sum_d (x_d - y_d)^2`.
 * - `likelihood` (with all losses but `mse` and `bce`): `-log p(x | z)` in nats under the likelihood of the model.
 * - `elbo` (a VAE's): the negative bound at the mean, in nats: the error of its loss plus `KL(q(z | x) || p(z))`.
 * - `relative` (of pictures): `sum_d KL(Gx_d || Gy_d) / sum_d Gx_d`, the KL divergence of Bernoulli values after both images are smoothed,
 *   for each unit of ink. Smoothing forgives a stroke that is one pixel off; the share of ink keeps a sparse digit, which has
 *   little to get wrong, from looking normal.
 * - `latentDistance`: the mean distance from z to the k nearest latents of normal samples.
 * - `edgeDistance` (of pictures): the mean distance from the edge map of x to the k nearest ones of normal samples; see {@link edgeMaps}.
 * - `combined`: `s(error) + latentWeight s(log latentDistance) + edgeWeight s(log edgeDistance)`, where s takes out the mean and standard
 *   deviation over the normal samples (each without itself as its neighbour): what looks wrong, and where there are no normal samples. The
 *   error is `log relative` of pictures; of vectors it is the first of `elbo`, `likelihood` and `log reconstruction` that the model has.
 */
export function anomalyScorer(
  { engine, model, train, k = 5, smoothing = 1, latentWeight = 0.5, edgeWeight = 0 }: ScorerOptions,
): (split: Split) => Map<ScoreName, Float64Array> {
  const normal = ownScores(engine, model, train, smoothing);
  checkScores(normal.scores);
  const spaces = spacesOf(model, { smoothing, latentWeight, edgeWeight }).map((space) => {
    const known = { engine, points: space.pointsOf(train, normal.latents), k };
    return { ...space, known, own: space.weight > 0 ? distancesToOthers(known) : undefined };
  });
  return (split) => {
    const { latents, scores } = ownScores(engine, model, split, smoothing);
    checkScores(scores);
    const combined = standardised(...errorsOf(normal.scores, scores));
    for (const { name, weight, pointsOf, known, own } of spaces) {
      const distances = distancesTo(known, pointsOf(split, latents));
      scores.set(name, distances);
      if (own === undefined) continue;
      const far = standardised(logs(own), logs(distances));
      far.forEach((value, row) => combined[row] += weight * value);
    }
    scores.set("combined", combined);
    checkScores(scores);
    return scores;
  };
}

type Scores = ReadonlyMap<ScoreName, Float64Array>;

/** Points of samples, among which a sample is scored by its distance to normal ones. */
interface Space {
  readonly name: ScoreName;
  /** The weight of its distance in `combined`. */
  readonly weight: number;
  readonly pointsOf: (split: Split, latents: Float32Array) => Points;
}

/** The latent space, and of pictures the edge maps. */
function spacesOf(
  { spec, shape }: TrainedModel,
  { smoothing, latentWeight, edgeWeight }: Required<
    Pick<ScorerOptions, "smoothing" | "latentWeight" | "edgeWeight">
  >,
): Space[] {
  const latentSpace: Space = {
    name: "latentDistance",
    weight: latentWeight,
    pointsOf: (_split, latents) => valuePoints(latents, spec.latent),
  };
  if (!isPicture(shape)) return [latentSpace];
  return [latentSpace, {
    name: "edgeDistance",
    weight: edgeWeight,
    pointsOf: (split) =>
      edgeMaps(firstOfSplit(split, sampleSize(shape), Infinity), pictureShape(shape), smoothing),
  }];
}

/** The errors of normal and of other samples that are combined with distances: `relative` of pictures, else the most telling one. */
function errorsOf(normal: Scores, tested: Scores): [Float64Array, Float64Array] {
  const name = (["relative", "elbo", "likelihood", "reconstruction"] as const).find((name) =>
    normal.has(name)
  )!;
  const [own, other] = [normal, tested].map((scores) => scores.get(name)!);
  // Nats are logarithms already, and may be negative.
  return name === "relative" || name === "reconstruction" ? [logs(own), logs(other)] : [own, other];
}

function checkScores(scores: Scores): void {
  for (const [name, values] of scores) {
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong < 0) continue;
    throw new RunError(
      `score "${name}" must be a finite number, got ${values[wrong]} at sample ${wrong}`,
    );
  }
}

/** What can be computed from each sample by itself. */
interface OwnScores {
  readonly latents: Float32Array;
  readonly scores: Map<ScoreName, Float64Array>;
}

function ownScores(engine: Engine, model: TrainedModel, split: Split, smoothing: number): OwnScores {
  const { spec, shape } = model, { latent } = spec, { count } = split;
  const evaluation = evaluator(engine, model, split);
  const { program, pixels } = evaluation;
  const target = program.input(NAMES.target), output = program.output("output");
  const squaredError = program.output("squaredError"), points = program.output("latent");
  const { output: errorName, nats } = errorOf(spec), error = program.output(errorName);
  const klOfDimension = spec.kind === "vae" ? program.output("klOfDimension") : undefined;
  const compare = isPicture(shape) ? relativeDivergence(pictureShape(shape), smoothing) : undefined;
  const latents = new Float32Array(count * latent), scores = new Map<ScoreName, Float64Array>();
  const listFor = (name: ScoreName, has = true) => {
    const list = new Float64Array(has ? count : 0);
    if (has) scores.set(name, list);
    return list;
  };
  const reconstruction = listFor("reconstruction"), relative = listFor("relative", compare !== undefined);
  const elbo = listFor("elbo", klOfDimension !== undefined);
  const hasLikelihood = hasOwnLikelihood(spec), likelihood = listFor("likelihood", hasLikelihood);
  evaluation.forEachBatch({ samples: count }, (start, rows) => {
    latents.set(points.subarray(0, rows * latent), start * latent);
    for (let row = 0; row < rows; row++) {
      reconstruction[start + row] = squaredError[row];
      if (compare !== undefined) relative[start + row] = compare(target, output, row * pixels);
      if (hasLikelihood) likelihood[start + row] = error[row];
      if (klOfDimension === undefined) continue;
      elbo[start + row] = nats * error[row];
      for (let j = row * latent; j < (row + 1) * latent; j++) elbo[start + row] += klOfDimension[j];
    }
  });
  program.dispose();
  return { latents, scores };
}

/** The least chance of a pixel to be on or off: a reconstruction that is sure and wrong costs 14 nats and not infinitely many. */
const LEAST_CHANCE = 1e-6;

/** `relative` of the images that begin at a position of two blocks; see {@link anomalyScores}. */
export function relativeDivergence(
  shape: PictureShape,
  sigma: number,
): (target: ArrayLike<number>, output: ArrayLike<number>, start: number) => number {
  const targets = smoother(shape, sigma), outputs = smoother(shape, sigma);
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

/** Keeps the logarithm of 0 finite. */
const TINY = 1e-12;

const logs = (values: Float64Array) => values.map((value) => Math.log(value + TINY));

/** Scores in standard deviations from the mean that those of normal samples have. */
function standardised(normal: Float64Array, tested: Float64Array): Float64Array {
  const mean = normal.reduce((sum, value) => sum + value, 0) / normal.length;
  const square = normal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / normal.length;
  // Normal samples that are all the same have no spread to measure by.
  const std = square > 0 ? Math.sqrt(square) : 1;
  return tested.map((value) => (value - mean) / std);
}
