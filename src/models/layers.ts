/**
 * A model's layers with their shapes and parameters: folds over the table of layers.
 *
 * @module
 */
import { isPicture, type SampleShape, sampleShapeText, sampleSize } from "../core/shape.ts";
import type { Activation, ActivationKind } from "./activations.ts";
import { CODEBOOK, codebookShapes, codePositions, hasCodebook } from "./codebook.ts";
import { conditionSize, isConditional } from "./condition.ts";
import { toLayer } from "./layers/entry.ts";
import { atLayer, LayerFault } from "./layers/fault.ts";
import { conv, dense } from "./layers/kinds.ts";
import type { LayerParameter } from "./layers/layer.ts";
import { mirrorsOf, stepsOf, withMaps } from "./layers/mirror.ts";
import { type Layer, LayerEntry, layers as table } from "./layers/table.ts";
import type { Spread } from "./likelihoods/likelihood.ts";
import { describeLikelihood, hasOwnLikelihood, spreadOf } from "./likelihoods/table.ts";
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
  /** How its weights are initialised where the model's initialiser is "auto". @default {by its activation} */
  readonly initialiser?: ActivationKind["initialiser"];
  /** The layers that it is made of, named `<layer>.<inner layer>`; their parameters follow its own. */
  readonly inner: readonly ModelLayer[];
}

/** The layers of the encoder; the last computes the latent (for a VAE the mean and the raw log-variance, side by side). */
export function encoderLayers(model: ModelSpec): ModelLayer[] {
  const layers = hiddenLayers(model), classes = conditionSize(model);
  const joined = layers.findIndex(({ kind }) => kind === "dense");
  const hidden = place(model, "encoder", layers, inputShape(model), { at: joined, classes });
  const input = hidden.at(-1)?.output ?? inputShape(model);
  const latent = placed(
    joinedTo({ name: LATENT, layer: latentLayer(model, input), input }, joined < 0 ? classes : 0),
    model.latentActivation,
  );
  return [...hidden, latent];
}

/** The layer that computes the latent. */
function latentLayer(model: ModelSpec, input: SampleShape): Layer {
  const channels = latentChannels(model, input), numbers = model.kind === "vae" ? 2 : 1;
  return channels === undefined ? dense(numbers * model.latent) : pointwise(numbers * channels);
}

/** The channels of a latent that is a feature map, given the shape with which the encoder ends: of a VQ-VAE the dimensions of a code. */
function latentChannels(model: ModelSpec, encoded: SampleShape): number | undefined {
  if (hasCodebook(model)) {
    return model.encoder.length > 0 && encoded.length === 3 ? model.dimensions : undefined;
  }
  if (model.latentChannels !== undefined && encoded.length !== 3) {
    throw new LayerFault(
      ["latentChannels"],
      `needs an encoder that ends with a feature map, got one that ends with a vector of ${
        sampleShapeText(encoded)
      } (remove its dense layers, or give latent)`,
    );
  }
  return model.latentChannels;
}

/** A convolution of each pixel by itself. */
function pointwise(filters: number): Layer {
  return toLayer(LayerEntry.parse(conv(filters, { kernel: 1 })));
}

/** The shape of a sample's latent: a vector, or a feature map. */
export function latentShape(model: ModelSpec): SampleShape {
  if (!hasCodebook(model) && model.latentChannels === undefined) return [model.latent];
  const steps = stepsOf(table, hiddenLayers(model), inputShape(model)), last = steps.at(-1);
  const encoded = last === undefined ? inputShape(model) : table.outputShapeOf(last.layer, last.input);
  const channels = latentChannels(model, encoded);
  return channels === undefined ? [model.latent] : [encoded[0], encoded[1], channels];
}

/** The layers of the decoder; the last computes the logits (or the output itself, when that is linear). */
export function decoderLayers(model: ModelSpec): ModelLayer[] {
  const layers = model.decoder?.map(toLayer) ?? mirrored(model);
  const decoder = place(model, "decoder", layers, latentShape(model), {
    at: 0,
    classes: conditionSize(model),
  });
  const last = placed({ ...decoder.at(-1)!, name: "output" }, model.activation);
  return decoder.with(-1, { ...last, activation: model.outputActivation });
}

/** All layers, from the input to the output. */
export function modelLayers(model: ModelSpec): ModelLayer[] {
  return [...encoderLayers(model), ...decoderLayers(model)];
}

/** A parameter of a model under its full name, with the activation by which it is initialised. */
export type ModelParameter = LayerParameter & Pick<ModelLayer, "activation" | "initialiser">;

/** The name of what the likelihood learns besides its location: `likelihood.logVariance`, or a layer with weight and bias. */
export const LIKELIHOOD = "likelihood";

/** The last layer of the encoder. */
const LATENT = "latent";

/** All parameters in order: the encoder's, those of a codebook, those of the likelihood's spread where it is learned, and the decoder's. */
export function modelParameters(model: ModelSpec): ModelParameter[] {
  return modelLayers(model).flatMap((layer): ModelParameter[] => [
    ...parametersIn(layer),
    ...(layer.name === LATENT ? [...codebookParameters(model), ...spreadParameters(model)] : []),
  ]);
}

/** The parameters of a layer and of those in it. */
function parametersIn({ name, activation, initialiser, parameters, inner }: ModelLayer): ModelParameter[] {
  const own = parameters.map((parameter) => ({
    ...parameter,
    name: `${name}.${parameter.name}`,
    activation,
    ...(initialiser === undefined ? {} : { initialiser }),
  }));
  return [...own, ...inner.flatMap(parametersIn)];
}

/** The codes of a VQ-VAE, drawn as the weights of a layer would be, and the averages that they follow, which start at 0. */
function codebookParameters(model: ModelSpec): ModelParameter[] {
  if (!hasCodebook(model)) return [];
  const { codes, usage, sum } = codebookShapes(model), activation = "tanh" as const;
  const still = { kind: "constant", value: 0 } as const;
  return [
    { name: CODEBOOK.codes, shape: codes, initial: { kind: "weight", fanIn: model.dimensions }, activation },
    { name: CODEBOOK.usage, shape: usage, initial: still, activation },
    { name: CODEBOOK.sum, shape: sum, initial: still, activation },
  ];
}

/** The parameters of a learned spread, before it is bounded: they start at 0, those of a layer as any layer's. */
function spreadParameters(model: ModelSpec): ModelParameter[] {
  const spread = spreadOf(model);
  if (spread === undefined) return [];
  if (spread.per === "pixel") return parametersIn(spreadLayer(model));
  const initial = { kind: "constant", value: 0 } as const, shape = [spreadSize(spread.per, model)];
  return [{ name: `${LIKELIHOOD}.${spread.name}`, shape, initial, activation: "linear" }];
}

/** How many numbers a learned spread has that is the same for all samples. */
export function spreadSize(per: Exclude<Spread["per"], "pixel">, model: ModelSpec): number {
  const shape = inputShape(model);
  return { all: 1, feature: sampleSize(shape), channel: isPicture(shape) ? shape[2] : 1 }[per];
}

/** The second output layer of a decoder, which gives a spread for each value: a layer as its output layer is. */
export function spreadLayer(model: ModelSpec): ModelLayer {
  const last = decoderLayers(model).at(-1)!;
  return { ...placed({ ...last, name: LIKELIHOOD }, model.activation), activation: "linear" };
}

/** The layers of an encoder before the latent. */
function hiddenLayers(model: ModelSpec): Layer[] {
  // A spec that is not fitted to data starts with the width of its input.
  return model.encoder.slice(model.input === undefined ? 1 : 0).map(toLayer);
}

/** The encoder in reverse order, each layer mirrored. */
function mirrored(model: ModelSpec): Layer[] {
  const shape = latentShape(model);
  const toLatent = shape.length === 3 ? pointwise(shape[2]) : dense(model.latent);
  const steps = stepsOf(table, [...hiddenLayers(model), toLatent], inputShape(model));
  const mirrors = atLayer(["encoder"], () => mirrorsOf(table, steps));
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
type LayerPlace = Pick<ModelLayer, "name" | "layer" | "input" | "condition" | "initialiser">;

/** A place at which the columns of a condition join the values of the input, which are flattened for it. */
function joinedTo(place: LayerPlace, condition: number): LayerPlace {
  return condition === 0 ? place : { ...place, input: [sampleSize(place.input) + condition], condition };
}

/** A layer and those in it at their positions. `usual`: the activation of layers that name none. */
function placed(
  { name, layer, input, condition, initialiser }: LayerPlace,
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
    ...(initialiser === undefined ? {} : { initialiser }),
  };
}

/**
 * A model as text: `vae 784-400-20-400-784`, `ae 28x28-conv32/2-20-6272-14x14x32-convT1/2`. Equal residual blocks in a row are written once,
 * with their number: `3*residual(conv64-conv64)`.
 */
export function describeModel(model: ModelSpec): string {
  const encoder = encoderLayers(model).slice(0, -1),
    hasMaps = encoder.some(({ output }) => output.length === 3);
  const input = hasMaps ? sampleShapeText(inputShape(model)) : inputSize(model);
  const words = (layers: readonly ModelLayer[]) =>
    repeatedOnce(layers.map(({ layer, inner }) => ({
      text: table.describeLayer(layer),
      isBlock: inner.length > 0,
    })));
  const given = isConditional(model)
    ? ` given ${conditionSize(model)} classes`
    : hasCodebook(model)
    ? ` by ${codePositions(model)} of ${model.codes} codes`
    : "";
  const latent = hasCodebook(model) ? model.latent : sampleShapeText(latentShape(model));
  const values = isPicture(inputShape(model)) ? "pixels" : "features";
  const likelihood = hasOwnLikelihood(model) ? `, ${describeLikelihood(model, values)}` : "";
  return `${model.kind} ${
    [input, ...words(encoder), latent, ...words(decoderLayers(model))].join("-")
  }${given}${likelihood}`;
}

/** Texts of layers; those of equal blocks in a row as one, with their number. */
function repeatedOnce(layers: readonly { readonly text: string; readonly isBlock: boolean }[]): string[] {
  const groups: { text: string; count: number }[] = [];
  for (const { text, isBlock } of layers) {
    const last = groups.at(-1);
    if (isBlock && last?.text === text) last.count++;
    else groups.push({ text, count: 1 });
  }
  return groups.map(({ text, count }) => count === 1 ? text : `${count}*${text}`);
}
