// N = batch, K = latent size.

/**
 * A model's layers with their shapes, and its encoder and decoder as graphs: folds over the table of layers.
 *
 * @module
 */
import type { Fault } from "../core/fault.ts";
import { isSameShape, type SampleShape, sampleShapeText, sampleSize } from "../core/shape.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Shape, Value } from "../graph/graph.ts";
import { activate, type Activation } from "./activations.ts";
import type { LayerParameter } from "./layers/layer.ts";
import { dense, type Layer } from "./layers/kinds.ts";
import {
  activationOf,
  describeLayer,
  forwardOf,
  mirrorOf,
  outputShapeOf,
  parametersOf,
  toLayer,
} from "./layers/table.ts";
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
  /** Its parameters; their full names are `<layer>.<parameter>`. */
  readonly parameters: readonly LayerParameter[];
}

/** The bound of a log-variance, in nats: variances lie between e^-10 and e^10, and `exp` can never overflow. */
const LOG_VARIANCE_BOUND = 10;

/** The layers of the encoder; the last computes the latent (for a VAE the mean and the raw log-variance, side by side). */
export function encoderLayers(model: ModelSpec): ModelLayer[] {
  const hidden = place(model, "encoder", hiddenLayers(model), inputShape(model));
  const units = model.kind === "vae" ? 2 * model.latent : model.latent;
  const input = hidden.at(-1)?.output ?? inputShape(model);
  const latent = placed(LATENT, dense(units), input, model.latentActivation);
  return [...hidden, latent];
}

/** The layers of the decoder; the last computes the logits (or the output itself, when that is linear). */
export function decoderLayers(model: ModelSpec): ModelLayer[] {
  const layers = model.decoder?.map(toLayer) ?? mirrored(model);
  const decoder = place(model, "decoder", layers, [model.latent]);
  return decoder.with(-1, { ...decoder.at(-1)!, name: "output", activation: model.outputActivation });
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
  return modelLayers(model).flatMap(({ name, activation, parameters }): ModelParameter[] => [
    ...parameters.map((parameter) => ({ ...parameter, name: `${name}.${parameter.name}`, activation })),
    ...(name === LATENT && model.loss === "gaussian" ? [logVarianceParameter(model)] : []),
  ]);
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

/**
 * The encoder in reverse order, each layer mirrored. The output of a mirrored layer corresponds to that of the previous layer in the
 * encoder, so it has that one's activation.
 */
function mirrored(model: ModelSpec): Layer[] {
  const hidden = hiddenLayers(model);
  const shapes = hidden.reduce(
    (found, layer) => [...found, outputShapeOf(layer, found.at(-1)!)],
    [inputShape(model)],
  );
  const chain = [...hidden, dense(model.latent)];
  const mirrors = chain.flatMap((layer, position) => {
    const mirror = mirrorOf(layer, shapes[position]);
    if (mirror === undefined) return [];
    const activation = position === 0 ? undefined : activationOf(chain[position - 1]);
    const isPlain = activationOf(mirror) === null || typeof activation !== "string";
    return [isPlain ? mirror : { ...mirror, activation } as Layer];
  });
  // The output needs a layer with weights and an activation: a normalisation of the input has no mirror.
  const first = mirrors.findIndex((layer) => activationOf(layer) !== null);
  return mirrors.slice(Math.max(first, 0)).toReversed();
}

function place(
  model: ModelSpec,
  part: "encoder" | "decoder",
  layers: readonly Layer[],
  from: SampleShape,
): ModelLayer[] {
  let input = from;
  return layers.map((layer, position) => {
    const found = placed(`${part}.${position}`, layer, input, model.activation);
    input = found.output;
    return found;
  });
}

function placed(name: string, layer: Layer, input: SampleShape, modelActivation: Activation): ModelLayer {
  const own = activationOf(layer);
  const activation = own === null ? "linear" : own ?? modelActivation;
  const output = outputShapeOf(layer, input);
  return { name, layer, input, output, activation, parameters: parametersOf(layer, input) };
}

/** The outputs of an encoder: the latent of an AE, or the mean and log-variance of a VAE's posterior. Shapes [N, K]. */
export interface Encoding {
  readonly mean: Value;
  readonly logVariance?: Value;
}

/** Adds the encoder to a graph. x [N, values of a sample]. */
export function encode(build: GraphBuilder, model: ModelSpec, x: Value): Encoding {
  const latent = encoderLayers(model).reduce((value, layer) => forward(build, layer, value), x);
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
export function decode(build: GraphBuilder, model: ModelSpec, z: Value): Decoding {
  const layers = decoderLayers(model);
  const hidden = layers.slice(0, -1).reduce((value, layer) => forward(build, layer, value), z);
  const last = layers.at(-1)!;
  const logits = forward(build, { ...last, activation: "linear" }, hidden);
  return { logits, output: activate(build, last.activation, logits) };
}

function forward(
  build: GraphBuilder,
  { name, layer, input, activation, parameters }: ModelLayer,
  x: Value,
): Value {
  const values = parameters.map((parameter): [string, Value] => [
    parameter.name,
    build.parameter(`${name}.${parameter.name}`, matrixShape(parameter.shape)),
  ]);
  const y = forwardOf({ build, spec: layer, input, x, parameters: Object.fromEntries(values) });
  return activate(build, activation, y);
}

/** The matrix of a parameter's numbers: its last dimension are the columns. */
function matrixShape(shape: readonly number[]): Shape {
  return [sampleSize(shape.slice(0, -1)), shape.at(-1)!];
}

/** A model with the shape of its samples filled in; a first width equal to it is left out. */
export function fitModel(model: ModelSpec, shape: SampleShape): ModelSpec {
  const [first, ...rest] = model.encoder;
  const saysInput = model.input === undefined && first === sampleSize(shape);
  return { ...model, input: [...shape], encoder: saysInput ? rest : model.encoder };
}

/** All reasons why a model does not fit samples of a shape; paths begin within the model. */
export function modelFaults(model: ModelSpec, shape: SampleShape): Fault[] {
  const size = sampleSize(shape), text = sampleShapeText(shape), [first] = model.encoder;
  if (model.input !== undefined && !isSameShape(model.input, shape)) {
    return [{
      path: "input",
      message: `must be ${text}, the shape of the data, got ${sampleShapeText(model.input)}`,
    }];
  }
  if (model.input === undefined && typeof first === "number" && first > size) {
    const message =
      `must begin with the ${size} values of a sample of ${text}, or leave them out, got ${first} ` +
      `(a hidden layer wider than its input is written dense(${first}))`;
    return [{ path: "encoder", message }];
  }
  const faults: Fault[] = [];
  if (model.latent > size) {
    faults.push({
      path: "latent",
      message: `must be at most the ${size} values of a sample, got ${model.latent}`,
    });
  }
  const fitted = fitModel(model, shape);
  const check = (path: string, layers: () => ModelLayer[], expected?: number) => {
    try {
      const output = layers().at(-1)!.output;
      if (expected !== undefined && sampleSize(output) !== expected) {
        const found = sampleShapeText(output);
        faults.push({
          path,
          message: `must end with the ${expected} values of a sample of ${text}, got ${found}`,
        });
      }
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      faults.push({ path, message: thrown.message });
    }
  };
  check("encoder", () => encoderLayers(fitted));
  if (faults.length === 0) check("decoder", () => decoderLayers(fitted), size);
  return faults;
}

/** A model as text: `vae 784-400-20-400-784`. */
export function describeModel(model: ModelSpec): string {
  const words = (layers: readonly ModelLayer[]) => layers.map(({ layer }) => describeLayer(layer));
  const encoder = words(encoderLayers(model).slice(0, -1)), decoder = words(decoderLayers(model));
  return `${model.kind} ${[inputSize(model), ...encoder, model.latent, ...decoder].join("-")}`;
}
