/** One attribute added to images in the latent space, and what a classifier makes of them. @module */
import { type Attribute, attributeText, attributeVector, movedBy } from "../../analysis/latent/arithmetic.ts";
import { decodePoints, encodeImages } from "../../analysis/reconstruction/inference.ts";
import { accuracyOf, votes } from "../../analysis/points/knn_classifier.ts";
import { nearestNeighbours } from "../../analysis/points/neighbours.ts";
import { imagePoints, type Points, valuePoints } from "../../analysis/points/points.ts";
import { nearest, RunError } from "../../core/errors.ts";
import { sampleSize } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { firstOfSplit, pickFromSplit } from "../../data/parts.ts";
import { scaledValues } from "../../data/scale.ts";
import type { Engine } from "../../engine/engine.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { Tried } from "./report.ts";

/** The options of the stage of an attempt; see `ArithmeticOptions`. */
export interface AttemptOptions {
  readonly strength: number;
  readonly images: number;
  readonly k: number;
  readonly trainImages: number;
  readonly shown: number;
}

/** What all attributes share. */
export interface Setting {
  readonly engine: Engine;
  readonly model: TrainedModel;
  readonly dataset: Dataset;
  readonly options: AttemptOptions;
  /** The train images of the vectors and the classifier: their latents, pixels and labels. */
  readonly points: Float32Array;
  readonly known: Points;
  readonly labels: Uint16Array;
}

/** Checks that images have labels, and prepares what all attributes share. */
export function settingOf(
  engine: Engine,
  model: TrainedModel,
  dataset: Dataset,
  options: AttemptOptions,
): Setting {
  const { train, test, labelNames } = dataset;
  if (labelNames === undefined || train.labels === undefined || test.labels === undefined) {
    throw new RunError(
      `images must have labels, got ${dataset.name} without any`,
    );
  }
  const pixels = sampleSize(dataset.shape), known = firstOfSplit(train, pixels, options.trainImages);
  return {
    engine,
    model,
    dataset,
    options,
    points: encodeImages(engine, model, known),
    known: imagePoints(known, pixels),
    labels: known.labels!,
  };
}

function labelOf(name: string, known: readonly string[]): number {
  const label = known.indexOf(name);
  if (label >= 0) return label;
  const near = nearest(name, known);
  throw new RunError(
    `attribute must be one of ${known.join(", ")}, got "${name}"${
      near === undefined ? "" : ` (did you mean "${near}"?)`
    }`,
  );
}

/** Changes test images and classifies them; `undefined` where images with or without the attribute are missing. */
export function tryAttribute(setting: Setting, attribute: Attribute): Tried | undefined {
  const { engine, model, dataset: { labelNames = [], test, shape }, options, points, labels } = setting;
  const pixels = sampleSize(shape), { latent } = model.spec;
  const wanted = labelOf(typeof attribute === "string" ? attribute : attribute.to, labelNames);
  const from = typeof attribute === "string" ? undefined : labelOf(attribute.from, labelNames);
  const isWithout = (label: number) => from === undefined ? label !== wanted : label === from;
  const rowsWhere = (all: Uint16Array, is: (label: number) => boolean) =>
    Array.from(all).flatMap((label, row) => is(label) ? [row] : []);
  const vector = attributeVector(
    points,
    latent,
    rowsWhere(labels, (label) => label === wanted),
    rowsWhere(labels, isWithout),
  );
  const changed = rowsWhere(test.labels!, isWithout).slice(0, options.images);
  if (vector === undefined || changed.length === 0) return undefined;
  const originals = pickFromSplit(test, pixels, changed);
  const latents = encodeImages(engine, model, originals);
  const after = decodePoints(engine, model, movedBy(latents, vector, options.strength));
  const hits = (images: Float32Array) =>
    classify(setting, valuePoints(images, pixels)).filter((label) => label === wanted).length;
  const shown = [Float32Array.from(scaledValues(originals)), after].map((images) =>
    images.subarray(0, options.shown * pixels)
  );
  return {
    text: attributeText(attribute),
    vector,
    count: changed.length,
    hits: hits(after),
    hitsBefore: hits(decodePoints(engine, model, latents)),
    shown,
  };
}

/** The classes of images by the nearest train images, pixel by pixel: nothing of the model has a part in it. */
function classify({ engine, known, labels, options }: Setting, queries: Points): Uint16Array {
  const k = Math.min(options.k, known.count);
  return votes(nearestNeighbours({ engine, queries, points: known, k }), labels);
}

/** How often the classifier is right on real test images: what a share can be trusted to. */
export function classifierAccuracy(setting: Setting): number {
  const { dataset: { test, shape }, options: { images } } = setting, pixels = sampleSize(shape);
  const some = firstOfSplit(test, pixels, images);
  return accuracyOf(classify(setting, imagePoints(some, pixels)), some.labels!);
}
