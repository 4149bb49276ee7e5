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
import type { Graph, Value } from "../graph/graph.ts";
import { decode, type Decoding, encode, type ForwardOptions, outputLogVariance } from "./layers.ts";
import {
  crossEntropy,
  gaussianError,
  klDivergence,
  maximum,
  reparameterise,
  squaredError,
} from "./losses.ts";
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
 * - `bce`: `1/N sum_n sum_d BCE`, from logits.
 * - `gaussian`: `1/(2N) sum_n sum_d (log(2 pi) + v_d + (x - y)^2 / exp(v_d))`, v a parameter.
 * - a VAE adds `beta sum_k max(freeBits, 1/N sum_n KL_nk)`, or under a capacity C `beta |sum_k ... - C|`.
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

function losses(
  build: GraphBuilder,
  model: ModelSpec,
  { paired, training }: LossOptions,
): Record<string, Value> & { loss: Value } {
  const target = build.input(NAMES.target, ["batch", inputSize(model)]);
  const input = paired ? build.input(NAMES.input, ["batch", inputSize(model)]) : target;
  const inverseRows = build.input(NAMES.inverseRows, [1, 1]);
  const mean = (perSample: Value) => build.multiply(build.sumAll(perSample), inverseRows);

  const options = { training, condition: conditionInput(build, model) };
  const { latent, posterior } = sampleLatent(build, model, input, options);
  const output = reconstruct(build, model, latent, options);
  const reconstruction = mean(reconstructionError(build, model, target, output));
  if (model.kind !== "vae" || posterior === undefined) return { loss: reconstruction };
  const klOfDimension = build.multiply(build.sumRows(posterior.divergence), inverseRows);
  const charged = model.freeBits > 0
    ? maximum(build, klOfDimension, build.constant(model.freeBits))
    : klOfDimension;
  const penalty = build.multiply(
    build.input(NAMES.beta, [1, 1]),
    weightedKl(build, model, build.sumAll(charged)),
  );
  return { loss: build.add(reconstruction, penalty), reconstruction, kl: build.sumAll(klOfDimension) };
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
): { latent: Value; mean: Value; posterior?: { divergence: Value; logVariance: Value } } {
  const { mean, logVariance } = encode(build, model, input, options);
  if (logVariance === undefined) return { latent: mean, mean };
  const epsilon = build.input(NAMES.epsilon, ["batch", model.latent]);
  return {
    latent: reparameterise(build, mean, logVariance, epsilon),
    mean,
    posterior: { divergence: klDivergence(build, mean, logVariance), logVariance },
  };
}

/** What a decoder makes of a latent, and the log-variances [1, D] of a Gaussian output with learned ones. */
interface Reconstruction extends Decoding {
  readonly logVariance?: Value;
}

/** Adds the decoder. Log-variances come before it, so that the decoder's own parameters are the last of a model. */
function reconstruct(
  build: GraphBuilder,
  model: ModelSpec,
  latent: Value,
  options: ForwardOptions,
): Reconstruction {
  const logVariance = outputLogVariance(build, model);
  return { ...decode(build, model, latent, options), logVariance };
}

/** The training loss of a reconstruction per row [N, 1]; scales as in {@link trainingGraph}. */
function reconstructionError(
  build: GraphBuilder,
  model: ModelSpec,
  target: Value,
  { logits, output, logVariance }: Reconstruction,
): Value {
  if (logVariance !== undefined) return gaussianError(build, output, target, logVariance);
  if (model.loss === "bce") return crossEntropy(build, logits, target);
  const scale = model.kind === "vae" ? 0.5 : 1 / inputSize(model);
  return build.multiply(squaredError(build, output, target), build.constant(scale));
}

/** The output of {@link evaluationGraph} that is the error of a model's loss, and what makes nats of it: `-log p(x | z)` of its sample. */
export function likelihoodError(
  { loss }: Pick<ModelSpec, "loss">,
): { readonly output: string; readonly scale: number } {
  return LIKELIHOOD_ERRORS[loss];
}

const LIKELIHOOD_ERRORS: Readonly<Record<ModelSpec["loss"], { output: string; scale: number }>> = {
  // A Gaussian of variance 1 without its constant.
  mse: { output: "squaredError", scale: 0.5 },
  bce: { output: "crossEntropy", scale: 1 },
  gaussian: { output: "gaussianError", scale: 1 },
};

/**
 * All reported values of a batch, per row.
 *
 * Inputs `target`, `input`, of a conditional model `condition` and, for a VAE, `epsilon` (all zeros: at the posterior mean). Outputs: `latent` [N, K] (a VAE's
 * posterior mean), `output` [N, D], `squaredError` and `crossEntropy` [N, 1] (sums over values; cross-entropy where the output is
 * a sigmoid), `gaussianError` [N, 1] and `outputLogVariance` [1, D] with the loss `gaussian`, for a VAE `klOfDimension` [N, K] and
 * `logVariance` [N, K].
 */
export function evaluationGraph(model: ModelSpec): Graph {
  const build = graphBuilder();
  const target = build.input(NAMES.target, ["batch", inputSize(model)]);
  const input = build.input(NAMES.input, ["batch", inputSize(model)]);
  const options = { condition: conditionInput(build, model) };
  const { latent, mean, posterior } = sampleLatent(build, model, input, options);
  const { logits, output, logVariance } = reconstruct(build, model, latent, options);
  const outputs: Record<string, Value> = {
    latent: mean,
    output,
    squaredError: squaredError(build, output, target),
  };
  if (model.outputActivation === "sigmoid") outputs.crossEntropy = crossEntropy(build, logits, target);
  if (logVariance !== undefined) {
    outputs.gaussianError = gaussianError(build, output, target, logVariance);
    outputs.outputLogVariance = logVariance;
  }
  if (posterior !== undefined) {
    outputs.klOfDimension = posterior.divergence;
    outputs.logVariance = posterior.logVariance;
  }
  return build.finish({ outputs });
}

/** The encoder alone: `input` [N, D] to `latent` [N, K] (a VAE's posterior mean) and, for a VAE, `logVariance` [N, K]. */
export function encoderGraph(model: ModelSpec): Graph {
  const build = graphBuilder(), input = build.input(NAMES.input, ["batch", inputSize(model)]);
  const { mean, logVariance } = encode(build, model, input, { condition: conditionInput(build, model) });
  return build.finish({ outputs: { latent: mean, ...(logVariance === undefined ? {} : { logVariance }) } });
}

/**
 * A whole model for export: `input` [N, D] to `output` [N, D] and `latent` [N, K], a VAE's through its posterior mean, and with the loss
 * `gaussian` also `outputLogVariance` [1, D].
 */
export function reconstructionGraph(model: ModelSpec): Graph {
  const build = graphBuilder(), input = build.input(NAMES.input, ["batch", inputSize(model)]);
  const options = { condition: conditionInput(build, model) };
  const { mean } = encode(build, model, input, options);
  const { output, logVariance } = reconstruct(build, model, mean, options);
  const outputs: Record<string, Value> = { output, latent: mean };
  if (logVariance !== undefined) outputs.outputLogVariance = logVariance;
  return build.finish({ outputs });
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
  const square = (value: Value) => build.multiply(value, value);
  const ratio = build.subtract(build.add(square(epsilon), logVariance), square(z));
  const logWeight = build.subtract(
    build.multiply(build.constant(0.5), build.sumColumns(ratio)),
    error,
  );
  return build.finish({ outputs: { logWeight } });
}
