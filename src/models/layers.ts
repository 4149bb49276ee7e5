// N = batch, I = inputs, O = outputs of a layer, K = latent size; x [N, I], w [I, O], b [1, O].

/**
 * A model's encoder and decoder as graphs of dense layers: `y = activation(x w + b)`.
 *
 * @module
 */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { type Activation, decoderWidths, type ModelSpec } from "./spec.ts";

/** A dense layer by its sizes; its parameters are called `<name>.weight` [I, O] and `<name>.bias` [1, O]. */
export interface Layer {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: Activation;
}

/** The slope of leakyRelu below zero. */
export const LEAKY_SLOPE = 0.01;

/** The bound of a log-variance, in nats: variances lie between e^-10 and e^10, and `exp` can never overflow. */
export const LOG_VARIANCE_BOUND = 10;

/** The layers of the encoder; the last makes the latent (for a VAE the mean and the raw log-variance, side by side). */
export function encoderLayers(model: ModelSpec): Layer[] {
  const hidden = stack("encoder", model.encoder, model.activation);
  const outputs = model.kind === "vae" ? 2 * model.latent : model.latent;
  const latent = {
    name: "latent",
    inputs: model.encoder.at(-1)!,
    outputs,
    activation: model.latentActivation,
  };
  return [...hidden, latent];
}

/** The layers of the decoder; the last makes the logits (or the output itself, when that is linear). */
export function decoderLayers(model: ModelSpec): Layer[] {
  const layers = stack("decoder", [model.latent, ...decoderWidths(model)], model.activation);
  return layers.with(-1, { ...layers.at(-1)!, name: "output", activation: model.outputActivation });
}

/** All layers in the order of their parameters. */
export function modelLayers(model: ModelSpec): Layer[] {
  return [...encoderLayers(model), ...decoderLayers(model)];
}

function stack(part: string, widths: readonly number[], activation: Activation): Layer[] {
  return widths.slice(1).map((outputs, position) => ({
    name: `${part}.${position}`,
    inputs: widths[position],
    outputs,
    activation,
  }));
}

/** What an encoder gives: the latent of an AE, or the mean and log-variance of a VAE's posterior. Shapes [N, K]. */
export interface Encoding {
  readonly mean: Value;
  readonly logVariance?: Value;
}

/** Adds the encoder to a graph. x [N, pixels]. */
export function encode(build: GraphBuilder, model: ModelSpec, x: Value): Encoding {
  const latent = encoderLayers(model).reduce((value, layer) => dense(build, layer, value), x);
  if (model.kind !== "vae") return { mean: latent };
  const mean = build.sliceColumns(latent, 0, model.latent);
  const raw = build.sliceColumns(latent, model.latent, 2 * model.latent);
  return { mean, logVariance: boundLogVariance(build, raw) };
}

/**
 * `bound tanh(raw / bound)`: the identity near 0 (to third order), never beyond the bound, and with a gradient everywhere, unlike a
 * clamp, so that a log-variance which ran away can come back.
 */
export function boundLogVariance(build: GraphBuilder, raw: Value): Value {
  const bound = build.constant(LOG_VARIANCE_BOUND);
  return build.multiply(build.tanh(build.divide(raw, bound)), bound);
}

/** A reconstruction [N, pixels] in [0, 1] (when the output is a sigmoid), and the logits that it was made of. */
export interface Decoding {
  readonly output: Value;
  /** The output before its activation. */
  readonly logits: Value;
}

/** Adds the decoder to a graph. z [N, K]. */
export function decode(build: GraphBuilder, model: ModelSpec, z: Value): Decoding {
  const layers = decoderLayers(model);
  const hidden = layers.slice(0, -1).reduce((value, layer) => dense(build, layer, value), z);
  const last = layers.at(-1)!;
  const logits = dense(build, { ...last, activation: "linear" }, hidden);
  return { logits, output: activate(build, last.activation, logits) };
}

function dense(build: GraphBuilder, layer: Layer, x: Value): Value {
  const weight = build.parameter(`${layer.name}.weight`, [layer.inputs, layer.outputs]);
  const bias = build.parameter(`${layer.name}.bias`, [1, layer.outputs]);
  return activate(build, layer.activation, build.add(build.matmul(x, weight), bias));
}

const ACTIVATIONS: Readonly<Record<Activation, (build: GraphBuilder, x: Value) => Value>> = {
  relu: (build, x) => build.relu(x),
  leakyRelu: (build, x) => build.relu(x, LEAKY_SLOPE),
  tanh: (build, x) => build.tanh(x),
  sigmoid: (build, x) => build.sigmoid(x),
  gelu,
  linear: (_build, x) => x,
};

/** Applies an activation function. */
export function activate(build: GraphBuilder, activation: Activation, x: Value): Value {
  return ACTIVATIONS[activation](build, x);
}

/** `0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`, Hendrycks and Gimpel 2016 (arXiv:1606.08415), section 2. */
function gelu(build: GraphBuilder, x: Value): Value {
  const cubic = build.multiply(build.constant(0.044715), build.multiply(x, build.multiply(x, x)));
  const inner = build.multiply(build.constant(Math.sqrt(2 / Math.PI)), build.add(x, cubic));
  return build.multiply(
    build.multiply(build.constant(0.5), x),
    build.add(build.constant(1), build.tanh(inner)),
  );
}
