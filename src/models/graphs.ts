// N = batch, D = pixels, K = latent size.

/**
 * The graphs of a trained model: what is evaluated, and encoder and decoder alone; `loss_graphs.ts` has those of its training. All have the
 * model's parameters in the same order, so one block of numbers serves them all.
 *
 * @module
 */
import { CONDITION, conditionInput } from "./condition.ts";
import { type GraphBuilder, graphBuilder } from "../graph/builder.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { codeNumbers, hasCodebook } from "./codebook.ts";
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
import { klDivergence, logImportanceWeight, reparameterise } from "./losses.ts";
import type { VariationalSpec } from "./options.ts";
import { inputSize, type ModelSpec } from "./spec.ts";

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

/** The latent of an input: an AE's own, or a VAE's reparameterised sample with its KL divergence [N, K]. */
export function sampleLatent(
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
export function reconstruct(
  build: GraphBuilder,
  model: ModelSpec,
  latent: Value,
  options: ForwardOptions,
): Decoding {
  return decode(build, model, latent, { ...options, withSpread: true });
}

/** The training loss of a reconstruction per row [N, 1]; scales as in `trainingGraph`. */
export function reconstructionError(
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
 * `logVariance` and `epsilon`; the error is the model's own, as in `trainingGraph`. The last parameters of the model: all but the
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
