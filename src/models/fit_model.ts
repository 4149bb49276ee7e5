/** Fits a model to the shape of its samples, or says why it does not fit. @module */
import { plural } from "../core/amounts.ts";
import type { Fault } from "../core/fault.ts";
import { isSameShape, type SampleShape, sampleShapeText, sampleSize } from "../core/shape.ts";
import { hasCodebook } from "./codebook.ts";
import { decoderLayers, encoderLayers, latentShape, type ModelLayer } from "./layers.ts";
import { LayerFault } from "./layers/fault.ts";
import { isConditional } from "./condition.ts";
import type { ModelClass } from "./options.ts";
import type { ModelSpec } from "./spec.ts";

/**
 * A model with the shape of its samples filled in, and of a conditional model its classes; a first width equal to the shape is left out.
 */
export function fitModel(
  model: ModelSpec,
  shape: SampleShape,
  classes: readonly ModelClass[] = [],
): ModelSpec {
  const [first, ...rest] = model.encoder;
  const saysInput = model.input === undefined && first === sampleSize(shape);
  const fitted = { ...model, input: [...shape], encoder: saysInput ? rest : model.encoder };
  const known = isConditional(fitted) && classes.length > 0 ? { ...fitted, classes: [...classes] } : fitted;
  return hasCodebook(known) || known.latentChannels !== undefined ? withLatent(known) : known;
}

/**
 * A sentence that says that the first number of an encoder is a hidden layer, where it could be meant as the number of values of a sample;
 * `undefined` where it is that number, or where the model states its input or begins with a layer that is written as one.
 */
export function hiddenFirst({ input, encoder: [first] }: ModelSpec, shape: SampleShape): string | undefined {
  const size = sampleSize(shape);
  if (input !== undefined || typeof first !== "number" || first === size) return undefined;
  const values = shape.length === 1 ? "" : ` (${sampleShapeText(shape)})`;
  return `the encoder's first number, ${first}, is a hidden layer: samples have ${
    plural(size, "value")
  }${values}`;
}

/** A model with as many latent values as its feature map has; as it is where its layers do not fit, which are faults. */
function withLatent(model: ModelSpec): ModelSpec {
  try {
    return { ...model, latent: sampleSize(latentShape(model)) };
  } catch (thrown) {
    if (thrown instanceof LayerFault) return model;
    throw thrown;
  }
}

/** All reasons why a model does not fit samples of a shape (and classes, as far as they are known); paths begin within the model. */
export function modelFaults(
  model: ModelSpec,
  shape: SampleShape,
  classes: readonly ModelClass[] = [{ name: "any", label: 0 }],
): Fault[] {
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
  const fitted = fitModel(model, shape, classes), latentFaults = faultsOfLatent(model, fitted, size);
  // Where a map cannot be the latent, what the layers make of it says nothing more.
  if (latentFaults.some(({ path }) => path === "latentChannels")) return latentFaults;
  const written = model.encoder.length - fitted.encoder.length;
  const encoderFault = layerFault(() => encoderLayers(fitted), written);
  if (latentFaults.length > 0 || encoderFault !== undefined) {
    return [...latentFaults, ...faultList(encoderFault)];
  }
  return faultList(
    layerFault(() => decoderLayers(fitted)) ?? outputFault(decoderLayers(fitted), shape),
  );
}

/** What is wrong with the size of a latent, before and after its model is fitted to samples of `size` values. */
function faultsOfLatent(model: ModelSpec, fitted: ModelSpec, size: number): Fault[] {
  const { latentChannels } = model, latent: number | undefined = model.latent;
  if (hasCodebook(model)) return [];
  if (latentChannels === undefined) {
    return latent <= size
      ? []
      : [{ path: "latent", message: `must be at most the ${size} values of a sample, got ${latent}` }];
  }
  const most = Math.floor(size * latentChannels / fitted.latent);
  const message = latent !== undefined && latent !== fitted.latent
    ? `must be left out where latent is given, got ${latentChannels} and ${latent} (set one of them to null)`
    : fitted.latent > size
    ? `must give at most ${size} latent dimensions, the values of a sample, got ${fitted.latent} (${
      most > 0 ? `at most ${most} channels` : "make its feature map smaller by a stride"
    })`
    : undefined;
  return message === undefined ? [] : [{ path: "latentChannels", message }];
}

function faultList(fault: Fault | undefined): Fault[] {
  return fault === undefined ? [] : [fault];
}

/** Why a list of layers cannot be placed; `before` entries were written before the first layer. */
function layerFault(place: () => unknown, before = 0): Fault | undefined {
  try {
    place();
  } catch (thrown) {
    if (!(thrown instanceof LayerFault)) throw thrown;
    const [part, position, ...option] = thrown.path;
    const place = position === undefined ? [part] : [part, position as number + before, ...option];
    return { path: place.join("."), message: thrown.must };
  }
}

/** What does not fit samples of a shape in what a decoder makes. */
function outputFault(decoder: readonly ModelLayer[], shape: SampleShape): Fault | undefined {
  const { layer, output } = decoder.at(-1)!, size = sampleSize(shape), text = sampleShapeText(shape);
  const path = "decoder", found = sampleShapeText(output);
  if (!hasParameters(decoder.at(-1)!)) {
    return {
      path,
      message: `must end with a layer that has weights, such as dense or conv, got ${layer.kind}`,
    };
  }
  const isMap = output.length === 3 && shape.length === 3;
  if (isMap ? isSameShape(output, shape) : sampleSize(output) === size) return undefined;
  if (!isMap) {
    return { path, message: `must end with the ${size} values of a sample of ${text}, got ${found}` };
  }
  const remedy = output[2] === shape[2]
    ? sizeRemedy(decoder, shape)
    : `the last layer needs ${shape[2]} filters`;
  return { path, message: `must end with a sample of ${text}, got ${found}${remedy && ` (${remedy})`}` };
}

function hasParameters({ parameters, inner }: ModelLayer): boolean {
  return parameters.length > 0 || inner.some(hasParameters);
}

/** The sizes next to that of a sample that a decoder's strides lead to. */
function sizeRemedy(decoder: readonly ModelLayer[], [height, width]: SampleShape): string {
  const first = decoder.find(({ output }) => output.length === 3)!.output, last = decoder.at(-1)!.output;
  const [down, right] = [last[0] / first[0], last[1] / first[1]];
  if (!Number.isInteger(down) || !Number.isInteger(right)) return "";
  const round = (to: typeof Math.floor) =>
    `${Math.max(1, to(height / down)) * down}x${Math.max(1, to(width / right)) * right}`;
  const near = [...new Set([round(Math.floor), round(Math.ceil)])].join(" and ");
  return `its strides lead to multiples of ${down}x${right}, such as ${near}; outputSize of a convTranspose, and a decoder that is left out, to all`;
}
