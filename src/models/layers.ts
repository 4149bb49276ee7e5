// N = batch, K = latent size.

/**
 * A model's layers with their shapes, and its encoder and decoder as graphs: folds over the table of layers.
 *
 * @module
 */
import { type SampleShape, sampleShapeText, sampleSize } from "../core/shape.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Shape, Value } from "../graph/graph.ts";
import { activate, type Activation } from "./activations.ts";
import { conditionSize, isConditional } from "./condition.ts";
import { atLayer } from "./layers/fault.ts";
import { dense, type Layer } from "./layers/kinds.ts";
import type { LayerParameter } from "./layers/layer.ts";
import { asRows } from "./layers/sample_rows.ts";
import { mirrorsOf, stepsOf, withMaps } from "./layers/mirror.ts";
import { layers as table, toLayer } from "./layers/table.ts";
import { inputShape, inputSize, type ModelSpec } from "./spec.ts";

/** A layer at its position in a model. */
export interface ModelLayer {
  /** `encoder.0`, ..., `latent`, `decoder.0`, ..., `output`. */
  readonly name: string;
  readonly layer: Layer;
  /** The shape of a sample before and after it. */
  readonly input: SampleShape;
  readonly output: SampleShape;
  readonly activation: Activation;
  /** Its own parameters; their full names are `<layer>.<parameter>`. */
  readonly parameters: readonly LayerParameter[];
  /** How many columns of {@link input} are the class of a conditional model, which is joined there. @default {0} */
  readonly condition?: number;
  /** The layers that it is made of, named `<layer>.<inner layer>`; their parameters follow its own. */
  readonly inner: readonly ModelLayer[];
}

/** The bound of a log-variance, in nats: variances lie between e^-10 and e^10, and `exp` can never overflow. */
const LOG_VARIANCE_BOUND = 10;

/** The layers of the encoder; the last computes the latent (for a VAE the mean and the raw log-variance, side by side). */
export function encoderLayers(model: ModelSpec): ModelLayer[] {
  const layers = hiddenLayers(model), classes = conditionSize(model);
  const joined = layers.findIndex(({ kind }) => kind === "dense");
  const hidden = place(model, "encoder", layers, inputShape(model), { at: joined, classes });
  const units = model.kind === "vae" ? 2 * model.latent : model.latent;
  const input = hidden.at(-1)?.output ?? inputShape(model);
  const latent = placed(
    joinedTo({ name: LATENT, layer: dense(units), input }, joined < 0 ? classes : 0),
    model.latentActivation,
  );
  return [...hidden, latent];
}

/** The layers of the decoder; the last computes the logits (or the output itself, when that is linear). */
export function decoderLayers(model: ModelSpec): ModelLayer[] {
  const layers = model.decoder?.map(toLayer) ?? mirrored(model);
  const decoder = place(model, "decoder", layers, [model.latent], { at: 0, classes: conditionSize(model) });
  const last = placed({ ...decoder.at(-1)!, name: "output" }, model.activation);
  return decoder.with(-1, { ...last, activation: model.outputActivation });
}

/** All layers, from the input to the output. */
export function modelLayers(model: ModelSpec): ModelLayer[] {
  return [...encoderLayers(model), ...decoderLayers(model)];
}

/** A parameter of a model under its full name, with the activation by which it is initialised. */
export interface ModelParameter extends LayerParameter {
  readonly activation: Activation;
}

/** The log-variance of each feature of a Gaussian output, before it is bounded; it starts at 0, the variance 1. */
const LOG_VARIANCE = "likelihood.logVariance";

/** The last layer of the encoder. */
const LATENT = "latent";

/** All parameters in order: the encoder's, the log-variances of a Gaussian output where they are learned, and the decoder's. */
export function modelParameters(model: ModelSpec): ModelParameter[] {
  return modelLayers(model).flatMap((layer): ModelParameter[] => [
    ...parametersIn(layer),
    ...(layer.name === LATENT && model.loss === "gaussian" ? [logVarianceParameter(model)] : []),
  ]);
}

/** The parameters of a layer and of those in it. */
function parametersIn({ name, activation, parameters, inner }: ModelLayer): ModelParameter[] {
  const own = parameters.map((parameter) => ({
    ...parameter,
    name: `${name}.${parameter.name}`,
    activation,
  }));
  return [...own, ...inner.flatMap(parametersIn)];
}

function logVarianceParameter(model: ModelSpec): ModelParameter {
  const initial = { kind: "constant", value: 0 } as const;
  return { name: LOG_VARIANCE, shape: [inputSize(model)], initial, activation: "linear" };
}

/** Adds the log-variance of each feature of the output [1, D], bounded, where it is learned. */
export function outputLogVariance(build: GraphBuilder, model: ModelSpec): Value | undefined {
  if (model.loss !== "gaussian") return undefined;
  return boundLogVariance(build, build.parameter(LOG_VARIANCE, [1, inputSize(model)]));
}

/** The layers of an encoder before the latent. */
function hiddenLayers(model: ModelSpec): Layer[] {
  // A spec that is not fitted to data starts with the width of its input.
  return model.encoder.slice(model.input === undefined ? 1 : 0).map(toLayer);
}

/** The encoder in reverse order, each layer mirrored. */
function mirrored(model: ModelSpec): Layer[] {
  const steps = stepsOf(table, [...hiddenLayers(model), dense(model.latent)], inputShape(model));
  const mirrors = mirrorsOf(table, steps);
  // The output needs a layer with weights: a normalisation of the input has no mirror.
  const last = mirrors.findLastIndex(({ layer, input }) => hasWeights(layer, input));
  return withMaps(table, mirrors.slice(0, last + 1));
}

/** Whether a layer, or one in it, sums its inputs under weights. */
function hasWeights(layer: Layer, input: SampleShape): boolean {
  return table.parametersOf(layer, input).some(({ initial }) => initial.kind === "weight") ||
    table.innerOf(layer, input).some((inner) => hasWeights(inner.layer, inner.input));
}

function place(
  model: ModelSpec,
  part: "encoder" | "decoder",
  layers: readonly Layer[],
  from: SampleShape,
  joined: { readonly at: number; readonly classes: number },
): ModelLayer[] {
  let input = from;
  return layers.map((layer, position) => {
    const condition = position === joined.at ? joined.classes : 0;
    const place = joinedTo({ name: `${part}.${position}`, layer, input }, condition);
    const found = atLayer([part, position], () => placed(place, model.activation));
    input = found.output;
    return found;
  });
}

/** What {@link placed} needs of a layer. */
type LayerPlace = Pick<ModelLayer, "name" | "layer" | "input" | "condition">;

/** A place at which the columns of a condition join the values of the input, which are flattened for it. */
function joinedTo(place: LayerPlace, condition: number): LayerPlace {
  return condition === 0 ? place : { ...place, input: [sampleSize(place.input) + condition], condition };
}

/** A layer and those in it at their positions. `usual`: the activation of layers that name none. */
function placed(
  { name, layer, input, condition }: LayerPlace,
  usual: Activation,
  modelActivation = usual,
): ModelLayer {
  const own = table.activationOf(layer);
  const inner = table.innerOf(layer, input).map((each) =>
    placed({ ...each, name: `${name}.${each.name}` }, each.activation ?? modelActivation, modelActivation)
  );
  return {
    name,
    layer,
    input,
    output: table.outputShapeOf(layer, input),
    activation: own === null ? "linear" : own ?? usual,
    parameters: table.parametersOf(layer, input),
    inner,
    ...(condition === undefined ? {} : { condition }),
  };
}

/** The outputs of an encoder: the latent of an AE, or the mean and log-variance of a VAE's posterior. Shapes [N, K]. */
export interface Encoding {
  readonly mean: Value;
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
  if (model.kind !== "vae") return { mean: latent };
  const mean = build.sliceColumns(latent, 0, model.latent);
  const raw = build.sliceColumns(latent, model.latent, 2 * model.latent);
  return { mean, logVariance: boundLogVariance(build, raw) };
}

/**
 * `bound tanh(raw / bound)`: the identity near 0 (to third order), never beyond the bound, and with a gradient everywhere, unlike a
 * clamp, so that an extreme log-variance can recover.
 */
export function boundLogVariance(build: GraphBuilder, raw: Value): Value {
  const bound = build.constant(LOG_VARIANCE_BOUND);
  return build.multiply(build.tanh(build.divide(raw, bound)), bound);
}

/** A reconstruction [N, values of a sample] in [0, 1] (when the output is a sigmoid), and its logits. */
export interface Decoding {
  readonly output: Value;
  /** The output before its activation. */
  readonly logits: Value;
}

/** Adds the decoder to a graph. z [N, K]. */
export function decode(
  build: GraphBuilder,
  model: ModelSpec,
  z: Value,
  options: ForwardOptions = {},
): Decoding {
  const layers = decoderLayers(model), last = layers.at(-1)!;
  const logits = layers.with(-1, { ...last, activation: "linear" })
    .reduce((value, layer) => forward(build, layer, options)(value), z);
  const rows = (value: Value) => asRows(build, value, last.output);
  return { logits: rows(logits), output: rows(activate(build, last.activation, logits)) };
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

/** A dropout layer's draws in a training step. */
export interface DropoutMask {
  /** The input of the training graph that holds them, 0 or 1. */
  readonly input: string;
  /** The share of zeros. */
  readonly rate: number;
}

/** The draws that a training step of a model needs, layer by layer. */
export function dropoutMasksOf(model: ModelSpec): DropoutMask[] {
  const of = ({ name, layer, inner }: ModelLayer): DropoutMask[] =>
    layer.kind === "dropout" ? [{ input: maskName(name), rate: layer.rate }] : inner.flatMap(of);
  return modelLayers(model).flatMap(of);
}

/** The input that holds the draws of a layer. */
function maskName(layer: string): string {
  return `${layer}.mask`;
}

/** The matrix of a parameter's numbers: its last dimension are the columns. */
function matrixShape(shape: readonly number[]): Shape {
  return [sampleSize(shape.slice(0, -1)), shape.at(-1)!];
}

/** A model as text: `vae 784-400-20-400-784`, `ae 28x28-conv32/2-20-6272-14x14x32-convT1/2`. */
export function describeModel(model: ModelSpec): string {
  const encoder = encoderLayers(model).slice(0, -1),
    hasMaps = encoder.some(({ output }) => output.length === 3);
  const input = hasMaps ? sampleShapeText(inputShape(model)) : inputSize(model);
  const words = (layers: readonly ModelLayer[]) => layers.map(({ layer }) => table.describeLayer(layer));
  const given = isConditional(model) ? ` given ${conditionSize(model)} classes` : "";
  return `${model.kind} ${
    [input, ...words(encoder), model.latent, ...words(decoderLayers(model))].join("-")
  }${given}`;
}
