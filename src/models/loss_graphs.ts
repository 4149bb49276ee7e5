// N = batch, D = values of a sample, K = latent size.

/**
 * The loss of every model as a graph: with gradients for a training step, without for validation.
 *
 * @module
 */
import { type GraphBuilder, graphBuilder } from "../graph/builder.ts";
import { gradients } from "../graph/gradient.ts";
import { type Graph, perSample, type Value } from "../graph/graph.ts";
import {
  batchStatistics,
  codeCounts,
  codePositions,
  commitment,
  hasCodebook,
  perplexity,
  type Quantised,
} from "./codebook.ts";
import { encode, type ForwardOptions } from "./coder.ts";
import { conditionInput } from "./condition.ts";
import { NAMES, reconstruct, reconstructionError, sampleLatent } from "./graphs.ts";
import { likelihoodOf } from "./likelihoods/table.ts";
import { klDivergence, logImportanceWeight, logMeanExp, maximum, reparameterise } from "./losses.ts";
import type { TotalCorrelation, VariationalSpec, VectorQuantisedSpec } from "./options.ts";
import { importanceSamplesOf, inputSize, type ModelSpec } from "./spec.ts";
import { KL_PARTS, type KlPart, klParts, type PosteriorDraw } from "./total_correlation.ts";

/**
 * One training step: the loss of a batch and its gradient by every parameter.
 *
 * Outputs: `loss` [1, 1]; for a VAE also `reconstruction` and `kl` [1, 1], in nats/sample.
 * - `mse`: `1/(N D) sum (y - x)^2`; in a VAE `1/(2N) sum (y - x)^2`, a Gaussian of unit variance without its constant.
 * - all others: the mean over samples of `-log p(x | z)`, see `likelihoods/`; `bce`: `1/N sum_n sum_d BCE`, from logits.
 * - a VAE adds `beta sum_k max(freeBits, 1/N sum_n KL_nk)`, or under a capacity C `beta |sum_k ... - C|`; a beta-TC-VAE its three parts
 *   under their weights, which are outputs, too (see {@link klParts}).
 * - with `importanceSamples` k above 1 the loss is `-1/N sum_n log 1/k sum_s p(x_n, z_ns) / q(z_ns | x_n)`, and `epsilon` is [N, k K].
 *
 * @param paired Whether the model sees an input of its own (`input`: a corrupted sample, or one of a pair), or the target.
 */
export function trainingGraph(model: ModelSpec, options: { paired: boolean }): Graph {
  const build = graphBuilder();
  const outputs = losses(build, model, { ...options, training: true });
  return build.finish({ outputs, gradients: gradients(build, outputs.loss, build.parameters) });
}

/** The same losses without gradients: for validation, or, with the draws of a training step, to compute one again. */
export function lossGraph(model: ModelSpec, options: LossOptions): Graph {
  const build = graphBuilder();
  return build.finish({ outputs: losses(build, model, options) });
}

/** What a loss is of. */
interface LossOptions extends Pick<ForwardOptions, "training"> {
  /** Whether the model has an input of its own besides the target. */
  readonly paired: boolean;
}

/** The loss and what it is made of. */
type Losses = Record<string, Value> & { loss: Value };

function losses(
  build: GraphBuilder,
  model: ModelSpec,
  { paired, training }: LossOptions,
): Losses {
  const target = build.input(NAMES.target, ["batch", inputSize(model)]);
  const input = paired ? build.input(NAMES.input, ["batch", inputSize(model)]) : target;
  const inverseRows = build.input(NAMES.inverseRows, [1, 1]);
  const mean = (perSample: Value) => build.multiply(build.sumAll(perSample), inverseRows);

  const options = { training, condition: conditionInput(build, model) };
  if (model.kind === "vae" && importanceSamplesOf(model) > 1) {
    return importanceLosses(build, model, { target, input, inverseRows, options });
  }
  const { latent, posterior, raw, quantised } = sampleLatent(build, model, input, options);
  const output = reconstruct(build, model, quantised?.straightThrough ?? latent, options);
  const reconstruction = mean(reconstructionError(build, model, target, output));
  if (hasCodebook(model) && quantised !== undefined) {
    return codebookLosses(build, model, { reconstruction, raw, quantised, inverseRows });
  }
  if (model.kind !== "vae" || posterior === undefined) {
    return { loss: reconstruction };
  }
  const klOfDimension = build.multiply(build.sumRows(posterior.divergence), inverseRows);
  const { penalty, parts } = model.totalCorrelation === undefined
    ? { penalty: wholeKl(build, model, klOfDimension), parts: {} }
    : splitKl(build, model.totalCorrelation, { z: latent, ...posterior }, mean);
  const weighted = build.multiply(build.input(NAMES.beta, [1, 1]), penalty);
  const loss = build.add(reconstruction, weighted), kl = build.sumAll(klOfDimension);
  return { loss, reconstruction, kl, ...parts };
}

/**
 * The losses of a VQ-VAE: the reconstruction and the commitment (eq. 3 without its second term, in whose place codes follow averages), and
 * as the gradients of the averages what they are of. The commitment is a mean over the latent values where the reconstruction is one over
 * the values of a sample, else a sum as that is.
 */
function codebookLosses(
  build: GraphBuilder,
  model: VectorQuantisedSpec,
  { reconstruction, raw, quantised, inverseRows }: {
    readonly reconstruction: Value;
    readonly raw: Value;
    readonly quantised: Quantised;
    readonly inverseRows: Value;
  },
): Losses {
  const scale = likelihoodOf(model).kind === "mse" ? 1 / model.latent : 1;
  const distance = build.multiply(
    build.multiply(build.sumAll(commitment(build, raw, quantised)), inverseRows),
    build.constant(scale),
  );
  const inversePositions = build.multiply(inverseRows, build.constant(1 / codePositions(model)));
  const loss = build.add(reconstruction, build.multiply(build.constant(model.commitment), distance));
  return {
    loss: build.add(loss, batchStatistics(build, quantised)),
    reconstruction,
    commitment: distance,
    perplexity: perplexity(build, codeCounts(build, quantised), inversePositions),
    encoded: quantised.encoded,
  };
}

/** The outputs of a loss that it is made of, besides `loss`, in the order in which they are reported. */
export function lossParts(model: ModelSpec): readonly string[] {
  if (hasCodebook(model)) return ["reconstruction", "commitment", "perplexity"];
  if (model.kind !== "vae") return [];
  return ["reconstruction", "kl", ...model.totalCorrelation === undefined ? [] : KL_PARTS];
}

/** The KL term as a whole: at least the free bits of each dimension, or the distance from a capacity. */
function wholeKl(build: GraphBuilder, model: VariationalSpec, klOfDimension: Value): Value {
  const penalised = model.freeBits > 0
    ? maximum(build, klOfDimension, build.constant(model.freeBits))
    : klOfDimension;
  return weightedKl(build, model, build.sumAll(penalised));
}

/** The KL term in its three parts, each under its weight; and the parts as means over samples. */
function splitKl(
  build: GraphBuilder,
  weights: TotalCorrelation,
  draw: Omit<PosteriorDraw, "weights">,
  mean: (perSample: Value) => Value,
): { penalty: Value; parts: Record<KlPart, Value> } {
  const perSample = klParts(build, { ...draw, weights: build.input(NAMES.pairWeights, ["batch", "batch"]) });
  const { mutualInformation, totalCorrelation, dimensionKl } = perSample;
  const parts = {
    mutualInformation: mean(mutualInformation),
    totalCorrelation: mean(totalCorrelation),
    dimensionKl: mean(dimensionKl),
  };
  const weigh = (weight: number, part: Value) => build.multiply(build.constant(weight), part);
  const penalty = build.add(
    weigh(weights.alpha, parts.mutualInformation),
    build.add(weigh(weights.beta, parts.totalCorrelation), weigh(weights.gamma, parts.dimensionKl)),
  );
  return { penalty, parts };
}

/** The inputs of a loss. */
interface LossInputs {
  readonly target: Value;
  readonly input: Value;
  readonly inverseRows: Value;
  readonly options: ForwardOptions;
}

/**
 * The importance-weighted bound with k latent samples of each sample, as rows of their own. `reconstruction` and `kl` are the parts of the
 * negative evidence lower bound on the same draws: their sum is above the loss, by more the looser that bound is.
 */
function importanceLosses(
  build: GraphBuilder,
  model: VariationalSpec,
  { target, input, inverseRows, options }: LossInputs,
): Losses {
  const k = importanceSamplesOf(model), repeated = (value: Value) => build.repeatRows(value, k);
  const total = (value: Value, scale: number) =>
    build.multiply(build.multiply(build.sumAll(value), inverseRows), build.constant(scale));
  const posterior = encode(build, model, input, options);
  const mean = repeated(posterior.mean), logVariance = repeated(posterior.logVariance!);
  const drawn = build.input(NAMES.epsilon, ["batch", k * model.latent]);
  const epsilon = build.reshape(drawn, [perSample(k), model.latent]);
  const z = reparameterise(build, mean, logVariance, epsilon);
  const condition = options.condition && repeated(options.condition);
  const decoding = reconstruct(build, model, z, { ...options, condition });
  const error = reconstructionError(build, model, repeated(target), decoding);
  const weights = logImportanceWeight(build, { error, z, epsilon, logVariance });
  return {
    loss: total(logMeanExp(build, build.reshape(weights, ["batch", k])), -1),
    reconstruction: total(error, 1 / k),
    kl: total(klDivergence(build, posterior.mean, posterior.logVariance!), 1),
  };
}

/** The KL term of the loss: the KL, or its distance from the capacity. */
function weightedKl(build: GraphBuilder, model: VariationalSpec, kl: Value): Value {
  if (model.klSchedule.kind !== "capacity") return kl;
  const distance = build.subtract(kl, build.input(NAMES.klTarget, [1, 1]));
  return maximum(build, distance, build.subtract(build.constant(0), distance));
}
