/** The stage that adds attributes to images in the latent space. @module */
import { z } from "zod";
import { attributeText, attributeVector, movedBy } from "../analysis/arithmetic.ts";
import { decodePoints, encodeImages } from "../analysis/inference.ts";
import { accuracyOf, nearestNeighbours, votes } from "../analysis/knn_classifier.ts";
import { nearest, RunError } from "../core/errors.ts";
import { type Dataset, pickFromSplit, type Split } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import { encodePng } from "../export/pictures.ts";
import { sheet, tilesOfValues } from "../export/sheet.ts";
import type { TrainedModel } from "../models/trained.ts";
import { metricsOf, noteOf, type Tried } from "./arithmetic_report.ts";
import { engineOf } from "./engine.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const Attribute = z.union([z.string(), z.strictObject({ from: z.string(), to: z.string() })]);
type Attribute = z.infer<typeof Attribute>;

const Options = z.strictObject({
  name: z.string().optional(),
  attributes: z.array(Attribute).min(1).max(100).nullable().default(null),
  strength: z.number().positive().default(1),
  images: z.int().min(1).max(10_000).default(100),
  k: z.int().min(1).max(100).default(5),
  trainImages: z.int().min(1).default(5000),
  shown: z.int().min(1).max(50).default(8),
});
type Options = z.infer<typeof Options>;

/** What {@link arithmetic} can be told. */
export interface ArithmeticOptions {
  /** The stage's name, also of its file. @default {"arithmetic"} */
  name?: string;
  /**
   * What is added: a label (its mean latent minus that of all other images, to images of the others), or one label in place of another
   * (`{ from: "3", to: "8" }`, to images of the first). `null`: every label. @default {null}
   */
  attributes?: (string | { from: string; to: string })[] | null;
  /** What the vector is multiplied by. @default {1} */
  strength?: number;
  /** Test images that are changed for each attribute, from the first on. @default {100} */
  images?: number;
  /** Neighbours that vote for the class of a changed image. @default {5} */
  k?: number;
  /** Train images that the vectors and the classifier are made of, from the first on. @default {5000} */
  trainImages?: number;
  /** Images of each attribute that are shown. @default {8} */
  shown?: number;
}

/** What {@link arithmetic} makes. */
export interface Calculated {
  /** Attribute in words to its vector. */
  attributeVectors: Readonly<Record<string, readonly number[]>>;
}

/** What all attributes share. */
interface Setting {
  readonly engine: Engine;
  readonly model: TrainedModel;
  readonly dataset: Dataset;
  readonly options: Options;
  /** The train images of the vectors and the classifier: their latents, pixels and labels. */
  readonly points: Float32Array;
  readonly pixels: Float32Array;
  readonly labels: Uint16Array;
}

const definition: StageDefinition<Options, { dataset: Dataset; model: TrainedModel }, Calculated> = {
  kind: "arithmetic",
  version: 1,
  needs: ["dataset", "model"],
  makes: ["attributeVectors"],
  schema: Options,
  plan: ({ attributes, images, strength }) => ({
    lines: [
      `${
        attributes === null ? "every label" : attributes.map(attributeText).join(", ")
      } on ${images} images ` +
      `each, at strength ${strength}`,
    ],
  }),
  async run({ dataset, model }, options, context) {
    const setting = settingOf(await engineOf(context), model, dataset, options);
    const tried: Tried[] = [], left: string[] = [];
    for (const attribute of options.attributes ?? dataset.labelNames ?? []) {
      if (context.signal.aborted) break;
      const one = tryAttribute(setting, attribute);
      if (one === undefined) left.push(attributeText(attribute));
      else tried.push(one);
    }
    for (const text of left) {
      context.emit({ type: "warning", message: `"${text}" is left out: a class has no images in the split` });
    }
    if (tried.length === 0) {
      if (context.signal.aborted) return { adds: { attributeVectors: {} }, note: "stopped" };
      throw new RunError(
        `Cannot add attributes as at least one must have images with and without it: current value is ${
          left.join(", ")
        }`,
      );
    }
    const rows = tried.flatMap(({ shown }) => shown);
    const columns = options.shown, D = dataset.height * dataset.width;
    const filled = rows.flatMap((row) => [...row, ...new Float32Array(columns * D - row.length)]);
    const picture = sheet(tilesOfValues(filled, dataset.height, dataset.width), { columns });
    const title = `test images and what they become: ${tried.map(({ text }) => text).join(", ")}`;
    await context.writeArtifact(`${context.name}.png`, title, await encodePng(picture));
    const metrics = metricsOf(tried, classifierAccuracy(setting));
    const attributeVectors = Object.fromEntries(tried.map(({ text, vector }) => [text, vector]));
    return { adds: { attributeVectors }, metrics, note: noteOf(metrics) };
  },
};

function settingOf(engine: Engine, model: TrainedModel, dataset: Dataset, options: Options): Setting {
  const { train, test, labelNames } = dataset;
  if (labelNames === undefined || train.labels === undefined || test.labels === undefined) {
    throw new RunError(
      `Cannot add attributes as the images must have labels: current dataset is ${dataset.name}`,
    );
  }
  const known = firstOf(train, dataset, options.trainImages);
  return {
    engine,
    model,
    dataset,
    options,
    points: encodeImages(engine, model, known),
    pixels: valuesOf(known),
    labels: known.labels!,
  };
}

function firstOf(split: Split, { height, width }: Dataset, most: number): Split {
  const rows = Uint32Array.from({ length: Math.min(most, split.count) }, (_, row) => row);
  return pickFromSplit(split, height * width, rows);
}

const valuesOf = ({ images }: Split): Float32Array => Float32Array.from(images, (byte) => byte / 255);

function labelOf(name: string, known: readonly string[]): number {
  const label = known.indexOf(name);
  if (label >= 0) return label;
  const near = nearest(name, known);
  throw new RunError(
    `Cannot add an attribute as it must be one of ${known.join(", ")}: current value is "${name}"${
      near === undefined ? "" : ` (did you mean "${near}"?)`
    }`,
  );
}

/** Changes test images and asks the classifier; `undefined` where images with or without the attribute are missing. */
function tryAttribute(setting: Setting, attribute: Attribute): Tried | undefined {
  const { engine, model, dataset: { labelNames = [], test, height, width }, options, points, labels } =
    setting;
  const pixels = height * width, { latent } = model.spec;
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
  const hits = (images: Float32Array) => classify(setting, images).filter((label) => label === wanted).length;
  const shown = [valuesOf(originals), after].map((images) => images.subarray(0, options.shown * pixels));
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
function classify({ pixels, labels, options, model }: Setting, images: Float32Array): Uint16Array {
  return votes(nearestNeighbours(pixels, images, model.spec.encoder[0], options.k), labels);
}

/** How often the classifier is right on real test images: what a share can be trusted to. */
function classifierAccuracy(setting: Setting): number {
  const { dataset, options: { images } } = setting;
  const some = firstOf(dataset.test, dataset, images);
  return accuracyOf(classify(setting, valuesOf(some)), some.labels!);
}

/**
 * Adds attributes in the latent space: the mean latent of train images with a label minus that of those without is added to the latents
 * of test images without it, and what the decoder makes of them is shown beside the originals. A classifier of k nearest train images,
 * by pixels, says how many got the wanted class: `share` with its 95 % interval `shareLow` to `shareHigh` (Wilson 1927), `shareBefore`
 * of the same images rebuilt unchanged, each also by attribute (`share.7`, `share.3 to 8`), and `classifierAccuracy` on real images.
 */
export function arithmetic(
  options: ArithmeticOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, Calculated> {
  return stageOf(definition, options);
}
