// N = batch, D = pixels, K = latent size.

/**
 * The graphs of a model: what is trained, what is evaluated, and encoder and decoder alone. All have the model's parameters in the same
 * order, so one block of numbers serves them all.
 *
 * @module
 */
import { CONDITION, conditionInput } from "./condition.ts";
import { type GraphBuilder, graphBuilder } from "../graph/builder.ts";
import { gradients } from "../graph/gradient.ts";
import { type Graph, perSample, type Value } from "../graph/graph.ts";
import {
  batchStatistics,
  codeCounts,
  codeNumbers,
  codePositions,
  commitment,
  hasCodebook,
  perplexity,
  type Quantised,
} from "./codebook.ts";
import { decode, type Decoding, encode, type Encoding, type ForwardOptions } from "./coder.ts";
import { crossEntropy } from "./likelihoods/bernoulli.ts";
import { squaredError } from "./likelihoods/squared_error.ts";
import {
  errorOf,
  likelihoodError,
  likelihoodOf,
  showsProbabilities,
  statisticsOf,
} from "./likelihoods/table.ts";
import { klDivergence, logImportanceWeight, logMeanExp, maximum, reparameterise } from "./losses.ts";
import type { TotalCorrelation, VariationalSpec, VectorQuantisedSpec } from "./options.ts";
import { importanceSamplesOf, inputSize, type ModelSpec } from "./spec.ts";
import { KL_PARTS, type KlPart, klParts, type PosteriorDraw } from "./total_correlation.ts";

/** The names of the inputs and outputs that graphs share. */
export const NAMES = {
  /** What the model should make of a sample [N, D]. */
  target: "target",
  /** What the model sees [N, D], in a graph for pairs. */
  input: "input",
  /** A VAE's standard normal numbers [N, K]. */
  epsilon: "epsilon",
  /** `1 / N` [1, 1]: the last batch may be smaller. */
  inverseRows: "inverseRows",
  /** The weight of the KL term [1, 1] under its schedule. */
  beta: "beta",
  /** The capacity: the target of the KL in nats [1, 1]. */
  klTarget: "klTarget",
  /** The weights of the pairs of a batch [N, N], with which it estimates the aggregate posterior. */
  pairWeights: "pairWeights",
  /** Latent points [N, K]. */
  latent: "latent",
  /** The class of each sample of a conditional model, one-hot [N, classes]. */
  condition: CONDITION,
  /** A posterior's means [N, K], where they are known already. */
  mean: "mean",
  /** Its log-variances [N, K]. */
  logVariance: "logVariance",
} as const;

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

/** The latent of an input: an AE's own, or a VAE's reparameterised sample with its KL divergence [N, K]. */
function sampleLatent(
  build: GraphBuilder,
  model: ModelSpec,
  input: Value,
  options: ForwardOptions,
): Pick<Encoding, "mean" | "raw" | "quantised"> & { latent: Value; posterior?: Posterior } {
  const { mean, logVariance, raw, quantised } = encode(build, model, input, options);
  if (logVariance === undefined) return { latent: mean, mean, raw, quantised };
  const epsilon = build.input(NAMES.epsilon, ["batch", model.latent]);
  return {
    latent: reparameterise(build, mean, logVariance, epsilon),
    mean,
    raw,
    posterior: { divergence: klDivergence(build, mean, logVariance), mean, logVariance, epsilon },
  };
}

/** The posterior of a VAE with what a sample is drawn by, and its KL divergence from the prior. Shapes [N, K]. */
interface Posterior {
  readonly divergence: Value;
  readonly mean: Value;
  readonly logVariance: Value;
  readonly epsilon: Value;
}

/** The decoder with all that its likelihood learns. */
function reconstruct(
  build: GraphBuilder,
  model: ModelSpec,
  latent: Value,
  options: ForwardOptions,
): Decoding {
  return decode(build, model, latent, { ...options, withSpread: true });
}

/** The training loss of a reconstruction per row [N, 1]; scales as in {@link trainingGraph}. */
function reconstructionError(
  build: GraphBuilder,
  model: ModelSpec,
  target: Value,
  decoding: Decoding,
): Value {
  const error = likelihoodError(build, model, target, decoding);
  const isMean = likelihoodOf(model).kind === "mse" && model.kind !== "vae";
  const scale = isMean ? 1 / inputSize(model) : errorOf(model).nats;
  return scale === 1 ? error : build.multiply(error, build.constant(scale));
}

/**
 * All reported values of a batch, per row.
 *
 * Inputs `target`, `input`, of a conditional model `condition` and, for a VAE, `epsilon` (all zeros: at the posterior mean). Outputs: `latent` [N, K] (a VAE's
 * posterior mean), `output` [N, D], the mean of the likelihood, `squaredError` and `crossEntropy` [N, 1] (sums over values; cross-entropy
 * where the output is a sigmoid), with all losses but `mse` and `bce` `negativeLogLikelihood` [N, 1] and what the likelihood is given by
 * (`outputLogVariance`, ... [N, D]), for a VAE `klOfDimension` [N, K] and `logVariance` [N, K].
 */
export function evaluationGraph(model: ModelSpec): Graph {
  const build = graphBuilder();
  const target = build.input(NAMES.target, ["batch", inputSize(model)]);
  const input = build.input(NAMES.input, ["batch", inputSize(model)]);
  const options = { condition: conditionInput(build, model) };
  const { latent, mean, posterior } = sampleLatent(build, model, input, options);
  const decoding = reconstruct(build, model, latent, options), { logits, output } = decoding;
  const outputs: Record<string, Value> = {
    latent: mean,
    output,
    squaredError: squaredError(build, output, target),
  };
  if (showsProbabilities(model)) outputs.crossEntropy = crossEntropy(build, logits, target);
  outputs[errorOf(model).output] ??= likelihoodError(build, model, target, decoding);
  for (const [name, value] of Object.entries(statisticsOf(model, decoding))) {
    outputs[name] = build.broadcast(value, output.shape);
  }
  if (posterior !== undefined) {
    outputs.klOfDimension = posterior.divergence;
    outputs.logVariance = posterior.logVariance;
  }
  return build.finish({ outputs });
}

/**
 * The encoder alone: `input` [N, D] to `latent` [N, K] (a VAE's posterior mean, a VQ-VAE's codes), for a VAE `logVariance` [N, K], for a
 * VQ-VAE the numbers of its codes, `codes` [N, positions].
 */
export function encoderGraph(model: ModelSpec): Graph {
  const build = graphBuilder(), input = build.input(NAMES.input, ["batch", inputSize(model)]);
  const { mean, logVariance, quantised } = encode(build, model, input, {
    condition: conditionInput(build, model),
  });
  const outputs: Record<string, Value> = { latent: mean };
  if (logVariance !== undefined) outputs.logVariance = logVariance;
  if (hasCodebook(model) && quantised !== undefined) outputs.codes = codeNumbers(build, model, quantised);
  return build.finish({ outputs });
}

/**
 * A whole model for export: `input` [N, D] to `output` [N, D], the mean of the likelihood, and `latent` [N, K], a VAE's through its
 * posterior mean, and what else the likelihood is given by, as in `outputLogVariance`.
 */
export function reconstructionGraph(model: ModelSpec): Graph {
  const build = graphBuilder(), input = build.input(NAMES.input, ["batch", inputSize(model)]);
  const options = { condition: conditionInput(build, model) };
  const { mean } = encode(build, model, input, options);
  const decoding = reconstruct(build, model, mean, options), { output } = decoding;
  return build.finish({ outputs: { output, latent: mean, ...statisticsOf(model, decoding) } });
}

/** The decoder alone: `latent` [N, K] to `output` [N, D]. */
export function decoderGraph(model: ModelSpec): Graph {
  const build = graphBuilder(), latent = build.input(NAMES.latent, ["batch", model.latent]);
  const { output } = decode(build, model, latent, { condition: conditionInput(build, model) });
  return build.finish({ outputs: { output } });
}

/**
 * The weight of one latent sample per image, as an importance-weighted bound sums them up: `logWeight` [N, 1], in nats,
 * `log p(x | z) + log p(z) - log q(z | x)` at `z = mean + exp(logVariance / 2) epsilon`, which is
 * `-error + 0.5 sum_k (epsilon_k^2 + logVariance_k - z_k^2)`; the constants of both Gaussians cancel. Inputs `target`, `mean`,
 * `logVariance` and `epsilon`; the error is the model's own, as in {@link trainingGraph}. The last parameters of the model: all but the
 * encoder's.
 */
export function importanceGraph(model: VariationalSpec): Graph {
  const build = graphBuilder();
  const target = build.input(NAMES.target, ["batch", inputSize(model)]);
  const latentInput = (name: string) => build.input(name, ["batch", model.latent]);
  const mean = latentInput(NAMES.mean), logVariance = latentInput(NAMES.logVariance);
  const epsilon = latentInput(NAMES.epsilon);
  const z = reparameterise(build, mean, logVariance, epsilon);
  const output = reconstruct(build, model, z, { condition: conditionInput(build, model) });
  const error = reconstructionError(build, model, target, output);
  const logWeight = logImportanceWeight(build, { error, z, epsilon, logVariance });
  return build.finish({ outputs: { logWeight } });
}
