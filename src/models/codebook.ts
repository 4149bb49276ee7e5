// N = samples of a batch, P = positions of a sample, C = codes, d = dimensions of a code, e [C, d] = the codes.

/**
 * The codebook of a VQ-VAE (van den Oord, Vinyals and Kavukcuoglu 2017, arXiv:1711.00937): how the encoder's output is
 * replaced by the nearest codes, and how moving averages update the codes.
 *
 * @module
 */
import type { GraphBuilder } from "../graph/builder.ts";
import { type Dimension, perSample, type Value } from "../graph/graph.ts";
import type { ModelSpec, VectorQuantisedSpec } from "./options.ts";

/** The names of the codebook's parameters, in their order: the codes [C, d], and the averages that they are made of, [1, C] and [C, d]. */
export const CODEBOOK = { codes: "codebook.codes", usage: "codebook.usage", sum: "codebook.sum" } as const;

/** The shapes of the codebook's parameters, by name. */
export function codebookShapes(
  { codes, dimensions }: VectorQuantisedSpec,
): Record<keyof typeof CODEBOOK, number[]> {
  return { codes: [codes, dimensions], usage: [codes], sum: [codes, dimensions] };
}

/** Whether a model has a codebook. */
export function hasCodebook(model: ModelSpec): model is VectorQuantisedSpec {
  return model.kind === "vqvae";
}

/** P, the codes of a sample. */
export function codePositions({ latent, dimensions }: VectorQuantisedSpec): number {
  return latent / dimensions;
}

/** An encoder's output and its nearest codes. */
export interface Quantised {
  /** What the encoder gives, a row for each position [N P, d]. */
  readonly encoded: Value;
  /** The codes that are nearest to it, in its place [N, P d]. */
  readonly latent: Value;
  /** The same numbers, whose gradient is passed to the encoder's output (straight-through estimator) [N, P d]. */
  readonly straightThrough: Value;
  /** 1 at the nearest code of each position, else 0 [N P, C]. */
  readonly chosen: Value;
  /** The averages that codes follow, [1, C] and [C, d]. */
  readonly usage: Value;
  readonly sum: Value;
}

/**
 * Replaces each vector of d numbers by the nearest code (eq. 1), that of the least `|e|^2 - 2 z . e`; the first of those that are equally
 * near. The gradient is passed straight through to the encoder (section 3.2). z [N, P d].
 */
export function quantise(build: GraphBuilder, model: VectorQuantisedSpec, z: Value): Quantised {
  const { codes, dimensions } = model;
  const code = build.parameter(CODEBOOK.codes, [codes, dimensions]);
  const usage = build.parameter(CODEBOOK.usage, [1, codes]),
    sum = build.parameter(CODEBOOK.sum, [codes, dimensions]);
  const encoded = build.reshape(z, [positionsOf(z.shape[0], model), dimensions]);
  const lengths = build.reshape(build.sumColumns(build.multiply(code, code)), [1, codes]);
  const products = build.matmul(encoded, code, { b: true });
  const nearness = build.subtract(build.multiply(build.constant(2), products), lengths);
  const chosen = build.oneHotOfMaximum(build.stopGradient(nearness));
  const nearest = build.stopGradient(build.matmul(chosen, code)), latent = build.reshape(nearest, z.shape);
  const moved = build.stopGradient(build.subtract(latent, z));
  return { encoded, latent, straightThrough: build.add(z, moved), chosen, usage, sum };
}

function positionsOf(rows: Dimension, model: VectorQuantisedSpec): Dimension {
  const positions = codePositions(model);
  return typeof rows === "number" ? rows * positions : perSample(rows.batch * positions);
}

/** The numbers of the chosen codes, from 0 on [N, P]. */
export function codeNumbers(build: GraphBuilder, model: VectorQuantisedSpec, { chosen }: Quantised): Value {
  const { codes } = model;
  let range = build.constant(0), width = 1;
  for (; width < codes; width *= 2) {
    range = build.joinColumns(range, build.add(range, build.constant(width)));
  }
  const numbers = width === codes ? range : build.sliceColumns(range, 0, codes);
  return build.reshape(build.sumColumns(build.multiply(chosen, numbers)), ["batch", codePositions(model)]);
}

/** The squared distance of the encoder's output to its codes, summed over a sample [N, 1]; the gradient goes to the encoder alone. */
export function commitment(build: GraphBuilder, z: Value, { latent }: Quantised): Value {
  const distance = build.subtract(z, latent);
  return build.sumColumns(build.multiply(distance, distance));
}

/** How often each code was chosen in a batch [1, C]. */
export function codeCounts(build: GraphBuilder, { chosen }: Quantised): Value {
  return build.sumRows(chosen);
}

/**
 * A term of a loss that is 0, whose gradient by the averages is what a batch gives them: how often each code was chosen [1, C], and the sum
 * of what it stands for [C, d]. So the statistics of a batch come as gradients do: added up over rows and threads, on every engine.
 */
export function batchStatistics(build: GraphBuilder, { chosen, encoded, usage, sum }: Quantised): Value {
  const vanishing = (value: Value) => build.sumAll(build.subtract(value, build.stopGradient(value)));
  const counted = build.matmul(chosen, usage, { b: true });
  const summed = build.multiply(build.stopGradient(encoded), build.matmul(chosen, sum));
  return build.add(vanishing(counted), vanishing(summed));
}

/** `exp(-sum_i p_i log(p_i + 1e-10))` of the shares of codes in a batch [1, 1]: the perplexity, which is the number of codes if all are used equally. */
export function perplexity(build: GraphBuilder, usage: Value, inversePositions: Value): Value {
  const share = build.multiply(usage, inversePositions);
  const entropy = build.sumAll(build.multiply(share, build.log(build.add(share, build.constant(1e-10)))));
  return build.exp(build.subtract(build.constant(0), entropy));
}

/** The latent points [n, P d] of the numbers of codes [n, P], by the codes [C, d] of a model. */
export function pointsOfCodes(
  { latent, dimensions }: VectorQuantisedSpec,
  codes: ArrayLike<number>,
  numbers: ArrayLike<number>,
): Float32Array {
  const points = new Float32Array(numbers.length * dimensions);
  for (let at = 0; at < points.length; at++) {
    points[at] = codes[numbers[Math.floor(at / dimensions)] * dimensions + at % dimensions];
  }
  if (points.length % latent !== 0) {
    throw new RangeError(`codes must be whole samples of ${latent / dimensions}`);
  }
  return points;
}
