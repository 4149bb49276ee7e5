/**
 * Previews of a model during training: some reconstructed images, and the positions of all in a two-dimensional latent space.
 *
 * @module
 */
import { inputSize } from "../../models/spec.ts";
import type { DrawKey } from "../../core/random.ts";
import { brightness, unscaled } from "../../core/scale.ts";
import { isPicture, sampleSize } from "../../core/shape.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import { pickFromSplit } from "../../data/parts.ts";
import type { Corruption, Engine, Floats } from "../../engine/engine.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { encodeImages, evaluator, reconstruct } from "./inference.ts";

/** The most images of a preview, and the most points of a scatter. */
const ITEMS = 10, POINTS = 500;

/** One image: target, input and reconstruction, a byte for each value of a pixel. */
export interface PreviewItem {
  readonly label: string;
  readonly target: Uint8Array;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** Of a vector: its features and their reconstruction, in the units of the data. */
  readonly values?: { readonly target: number[]; readonly output: number[] };
}

/** The most features of a vector that a preview has. */
const FEATURES = 48;

/** The names of the features that a preview has; `undefined` of pictures. */
export function previewFeatures({ shape, featureNames }: Dataset): string[] | undefined {
  if (isPicture(shape)) return undefined;
  const count = Math.min(FEATURES, sampleSize(shape));
  return Array.from({ length: count }, (_, feature) => featureNames?.[feature] ?? `feature ${feature + 1}`);
}

/** The positions of images in the latent plane. */
export interface LatentScatter {
  readonly labelNames: string[];
  readonly points: [number, number][];
  readonly labels: number[];
}

/** Whether an epoch is previewed: all of the first 10, then each tenth of the decade: 20, 30, ... 100, 200, ... */
export function isPreviewed(epoch: number): boolean {
  return lastPreviewed(epoch) === epoch;
}

/** The last epoch up to this one that is previewed. */
export function lastPreviewed(epoch: number): number {
  return epoch - epoch % 10 ** Math.floor(Math.log10(epoch) + 1e-9);
}

/** Images that show a dataset: one of each class first, as far as there are places. */
export function exampleRows(split: Split, most = ITEMS): number[] {
  const seen = new Set<number>(), firsts: number[] = [], others: number[] = [];
  for (let row = 0; row < split.count && firsts.length < most; row++) {
    const label = split.labels?.[row];
    if (label !== undefined && !seen.has(label)) {
      seen.add(label);
      firsts.push(row);
    } else if (others.length < most) others.push(row);
  }
  firsts.sort((a, b) => (split.labels?.[a] ?? a) - (split.labels?.[b] ?? b));
  return [...firsts, ...others].slice(0, most);
}

/** What an image is called: its name, its class, or its number. */
export function captionOf(dataset: Dataset, split: Split, row: number): string {
  const label = split.labels?.[row];
  return split.names?.[row] ?? (label === undefined ? undefined : dataset.labelNames?.[label]) ?? `#${row}`;
}

/** Prepares previews of a model in training, made of its current parameters. Close it at the end. */
export function previewer(
  { engine, model, dataset, split, corruption, seed }: {
    engine: Engine;
    model: Omit<TrainedModel, "parameters">;
    dataset: Dataset;
    split: Split;
    corruption?: Corruption;
    seed: number;
  },
): { render(parameters: Floats): PreviewItem[]; close(): void } {
  const pixels = inputSize(model.spec);
  const rows = exampleRows(split);
  const shown = pickFromSplit(split, pixels, rows);
  const key: DrawKey = { seed, stream: "preview", epoch: 0 };
  const noise = corruption === undefined ? undefined : { corruption, key };
  const evaluation = evaluator(engine, { ...model, parameters: new Float32Array(0) }, shown);
  function render(parameters: Floats): PreviewItem[] {
    evaluation.program.parameters.set(parameters);
    const { targets, inputs, outputs } = reconstruct(evaluation, shown.count, noise);
    const image = (images: Floats, row: number) =>
      toBytes(brightness(model.scale, images.subarray(row * pixels, (row + 1) * pixels)));
    const features = previewFeatures(dataset)?.length;
    const numbers = (values: Floats, row: number) =>
      Array.from(
        unscaled(model.scale, values.subarray(row * pixels, (row + 1) * pixels)).subarray(0, features),
        (value) => Number(value.toPrecision(5)),
      );
    return rows.map((from, row) => ({
      label: captionOf(dataset, split, from),
      target: image(targets, row),
      input: image(inputs, row),
      output: image(outputs, row),
      ...(features && { values: { target: numbers(targets, row), output: numbers(outputs, row) } }),
    }));
  }
  return { render, close: () => evaluation.program.dispose() };
}

/** The positions of images (the first `most`) in a two-dimensional latent space. */
export function latentScatter(
  engine: Engine,
  model: TrainedModel,
  dataset: Dataset,
  split: Split,
  most = POINTS,
): LatentScatter {
  const rows = Array.from({ length: Math.min(most, split.count) }, (_, row) => row);
  const points = encodeImages(engine, model, pickFromSplit(split, inputSize(model.spec), rows));
  return {
    labelNames: [...dataset.labelNames ?? []],
    points: rows.map((row) => [points[2 * row], points[2 * row + 1]]),
    labels: split.labels === undefined ? [] : rows.map((row) => split.labels![row]),
  };
}

/** Values in [0, 1] as bytes; values outside are clipped. */
export function toBytes(values: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}
