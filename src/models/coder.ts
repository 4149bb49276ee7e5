// N = batch, D = values of a sample, K = latent size.

/** A model's encoder and decoder as graphs. @module */
import { sampleSize } from "../core/shape.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Dimension, Shape, Value } from "../graph/graph.ts";
import { activate } from "./activations.ts";
import { hasCodebook, quantise, type Quantised } from "./codebook.ts";
import {
  decoderLayers,
  encoderLayers,
  latentShape,
  LIKELIHOOD,
  type ModelLayer,
  modelLayers,
  spreadLayer,
  spreadSize,
} from "./layers.ts";
import { asPixels, asRows } from "./layers/sample_rows.ts";
import { layers as table } from "./layers/table.ts";
import type { DecoderOutput } from "./likelihoods/likelihood.ts";
import { likelihoodMean, meanNeedsSpread, spreadOf } from "./likelihoods/table.ts";
import { inputSize, type ModelSpec } from "./spec.ts";

/** The bound of a log-variance or log-scale, in nats: variances lie between e^-10 and e^10, and `exp` can never overflow. */
const LOG_VARIANCE_BOUND = 10;

/** The share of the bound up to which numbers in single precision have an exact enough slope. */
const BOUND_SHARE = 0.99;

/** The outputs of an encoder: the latent of an AE, or the mean and log-variance of a VAE's posterior. Shapes [N, K]. */
export interface Encoding {
  readonly mean: Value;
  /** Of a VQ-VAE: how its codes, which are the mean, were found. */
  readonly quantised?: Quantised;
  /** What the last layer gives [N, K], before codes take its place. */
  readonly raw: Value;
  readonly logVariance?: Value;
}

/** How a model is added to a graph. */
export interface ForwardOptions {
  /** Whether layers with draws of their own make them, as in a training step. @default {false} */
  readonly training?: boolean;
  /** The class of each sample, for a conditional model [N, classes]. */
  readonly condition?: Value;
}

/** Adds the encoder to a graph. x [N, values of a sample]. */
export function encode(
  build: GraphBuilder,
  model: ModelSpec,
  x: Value,
  options: ForwardOptions = {},
): Encoding {
  const latent = encoderLayers(model).reduce((value, layer) => forward(build, layer, options)(value), x);
  if (hasCodebook(model)) {
    const rows = asRows(build, latent, [model.latent]), quantised = quantise(build, model, rows);
    return { mean: quantised.latent, quantised, raw: rows };
  }
  if (model.kind !== "vae") {
    const rows = asRows(build, latent, [model.latent]);
    return { mean: rows, raw: rows };
  }
  const [mean, raw] = halvesOf(build, model, latent);
  return { mean, logVariance: boundLogVariance(build, raw), raw: latent };
}

/**
 * Means and raw log-variances [N, K], which the latent layer computes side by side: those of a sample, or those at each position of a feature
 * map.
 */
function halvesOf(build: GraphBuilder, model: ModelSpec, latent: Value): Value[] {
  const shape = latentShape(model), columns = shape.at(-1)!;
  const sides = asPixels(build, latent, shape.with(-1, 2 * columns));
  return [0, columns].map((from) => {
    const half = build.sliceColumns(sides, from, from + columns);
    return asRows(build, half, [model.latent]);
  });
}

/**
 * `bound tanh(raw / bound)`: the identity near 0 (to third order), never beyond the bound, and with a gradient everywhere, unlike a
 * clamp, so that an extreme log-variance can recover.
 */
export function boundLogVariance(build: GraphBuilder, raw: Value): Value {
  const bound = build.constant(LOG_VARIANCE_BOUND);
  return build.multiply(build.tanh(build.divide(raw, bound)), bound);
}

/** The same of a number, at most 0.99 of the bound. */
export function boundedNumber(raw: number): number {
  return withinBound(LOG_VARIANCE_BOUND * Math.tanh(raw / LOG_VARIANCE_BOUND));
}

/** The slope of {@link boundLogVariance} by its raw number, where its value is `bounded`. */
export function slopeAt(bounded: number): number {
  return 1 - (bounded / LOG_VARIANCE_BOUND) ** 2;
}

/** The raw number whose bounded value is nearest to a number, at most 0.99 of the bound. */
export function unboundedNumber(bounded: number): number {
  return LOG_VARIANCE_BOUND * Math.atanh(withinBound(bounded) / LOG_VARIANCE_BOUND);
}

function withinBound(value: number): number {
  const largest = BOUND_SHARE * LOG_VARIANCE_BOUND;
  return Math.min(largest, Math.max(-largest, value));
}

/** The logarithm of a learned spread, by what is learned. */
export function boundedSpread(build: GraphBuilder, raw: Value, offset: number): Value {
  const bounded = boundLogVariance(build, raw);
  return offset === 0 ? bounded : build.add(bounded, build.constant(offset));
}

/** What a decoder gives, and what of it is shown. */
export interface Decoding extends DecoderOutput {
  /** The mean of the likelihood [N, values of a sample]: what reconstructions and generated samples show. */
  readonly output: Value;
}

/** How a decoder is added to a graph. */
export interface DecodeOptions extends ForwardOptions {
  /** Whether a learned spread is added in any case, and not only where what is shown depends on it. @default {false} */
  readonly withSpread?: boolean;
}

/**
 * Adds the decoder to a graph. z [N, K]. The parameters of a learned spread come before its own, so that the decoder's are the last of a
 * model.
 */
export function decode(
  build: GraphBuilder,
  model: ModelSpec,
  z: Value,
  { withSpread = false, ...options }: DecodeOptions = {},
): Decoding {
  const layers = decoderLayers(model), last = layers.at(-1)!;
  const rows = (value: Value) => asRows(build, value, last.output);
  const addSpread = withSpread || meanNeedsSpread(model) ? spreadAdder(build, model, options) : undefined;
  const hidden = layers.slice(0, -1).reduce((value, layer) => forward(build, layer, options)(value), z);
  const logits = forward(build, { ...last, activation: "linear" }, options)(hidden);
  const decoded = {
    logits: rows(logits),
    location: rows(activate(build, last.activation, logits)),
    ...(addSpread && { logSpread: addSpread(hidden, z.shape[0]) }),
  };
  return { ...decoded, output: likelihoodMean(build, model, decoded) };
}

/**
 * Adds the parameters of a learned spread, and returns what adds its bounded logarithm, [1, D], [N, 1] or [N, D], given what comes before
 * the output layer and N.
 */
function spreadAdder(
  build: GraphBuilder,
  model: ModelSpec,
  options: ForwardOptions,
): ((hidden: Value, rows: Dimension) => Value) | undefined {
  const spread = spreadOf(model);
  if (spread === undefined) return undefined;
  const { per, name, offset } = spread;
  const finish = (raw: Value) => boundedSpread(build, raw, offset);
  if (per === "pixel") {
    const layer = spreadLayer(model), add = forward(build, layer, options);
    return (hidden) => finish(asRows(build, add(hidden), layer.output));
  }
  const raw = build.parameter(`${LIKELIHOOD}.${name}`, [1, spreadSize(per, model)]);
  // That of features is used as it is; all others are repeated before they are bounded, so that their gradient is a sum over rows, which
  // data parallelism can split.
  return (_hidden, rows) =>
    finish(per === "feature" ? raw : repeatedSpread(build, raw, rows, inputSize(model)));
}

/** A spread of each channel [1, c] for each of N samples: [N, 1] of a single channel, else [N, D]. */
function repeatedSpread(build: GraphBuilder, raw: Value, rows: Dimension, size: number): Value {
  const channels = raw.shape[1] as number;
  if (channels === 1) return build.broadcast(raw, [rows, 1]);
  const row = build.reshape(build.broadcast(raw, [size / channels, channels]), [1, size]);
  return build.broadcast(row, [rows, size]);
}

/** Adds the parameters of a layer, and returns what adds the rest. */
function forward(build: GraphBuilder, layer: ModelLayer, options: ForwardOptions): (x: Value) => Value {
  const { name, layer: spec, input, activation } = layer;
  const parameters = Object.fromEntries(
    layer.parameters.map((parameter): [string, Value] => [
      parameter.name,
      build.parameter(`${name}.${parameter.name}`, matrixShape(parameter.shape)),
    ]),
  );
  const inner = layer.inner.map((each) => forward(build, each, options));
  const mask = options.training ? maskName(name) : undefined;
  return (values) => {
    const x = joinCondition(build, layer, values, options);
    return activate(build, activation, table.forwardOf({ build, spec, input, x, parameters, inner, mask }));
  };
}

/** What a layer reads: the values of a sample, and beside them its class where the layer is given that. */
function joinCondition(
  build: GraphBuilder,
  { input, condition: columns = 0 }: ModelLayer,
  values: Value,
  { condition }: ForwardOptions,
): Value {
  if (columns === 0 || condition === undefined) return values;
  return build.joinColumns(asRows(build, values, [sampleSize(input) - columns]), condition);
}

/** The draws of a layer in a training step. */
export interface DropoutMask {
  /** The input of the training graph that holds them, 0 or 1. */
  readonly input: string;
  /** The share of zeros. */
  readonly rate: number;
}

/** The draws that a training step of a model needs, layer by layer. */
export function dropoutMasksOf(model: ModelSpec): DropoutMask[] {
  const of = ({ name, layer, inner }: ModelLayer): DropoutMask[] => {
    const rate = table.dropRateOf(layer), own = rate === undefined ? [] : [{ input: maskName(name), rate }];
    return [...own, ...inner.flatMap(of)];
  };
  const layers = modelLayers(model), hasSpreadLayer = spreadOf(model)?.per === "pixel";
  return [...layers, ...hasSpreadLayer ? [spreadLayer(model)] : []].flatMap(of);
}

/** The input that holds the draws of a layer. */
function maskName(layer: string): string {
  return `${layer}.mask`;
}

/** The matrix of a parameter's numbers: its last dimension are the columns. */
export function matrixShape(shape: readonly number[]): Shape {
  return [sampleSize(shape.slice(0, -1)), shape.at(-1)!];
}
