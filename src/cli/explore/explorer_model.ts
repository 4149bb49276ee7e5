// K = latent size, D = values of a picture; points and latents are rows of K numbers.

/**
 * Brings a stored model, its images and the engine together for the explorer.
 *
 * @module
 */
import { healthMeter } from "../../analysis/latent/health.ts";
import { encodeImages, splitFor } from "../../analysis/reconstruction/inference.ts";
import { linearPath, meanPoint, moments, sphericalPath } from "../../analysis/latent/latent_space.ts";
import { toBytes } from "../../analysis/reconstruction/preview.ts";
import { fillNormal } from "../../core/random.ts";
import { brightness } from "../../core/scale.ts";
import { pictureShape } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { pickFromSplit, sliceSplit } from "../../data/parts.ts";
import { brightnessOf } from "../../data/scale.ts";
import type { Engine } from "../../engine/engine.ts";
import { classesOf, classIndex } from "../../models/condition.ts";
import { decoderGraph, NAMES } from "../../models/graphs.ts";
import { describeModel } from "../../models/layers.ts";
import { inputSize } from "../../models/spec.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { ExplorerModel, ExplorerSamples } from "../../ui/explorer/model.ts";
import type { ModelRun } from "./find_run.ts";
import { artifactWriter } from "./write_artifacts.ts";

/** The maximum number of images encoded at the start, and the maximum number of multiplications for it. */
const MOST = 10_000, PRODUCTS = 4e9;

/** The parts of an explorer. */
export interface ExplorerParts {
  readonly run: ModelRun;
  readonly model: TrainedModel;
  readonly dataset: Dataset | null;
  readonly engine: Engine;
  readonly notice: string | null;
  /** The maximum number of images encoded at the start. @default {10,000} */
  readonly most?: number;
  /** Of a conditional model: the class that is decoded. @default {its first class} */
  readonly class?: string;
}

/** The explorer's view of a model. */
export function explorerModel(
  { run, model, dataset, engine, notice, most = MOST, class: chosen }: ExplorerParts,
): ExplorerModel {
  const { spec } = model, size = pictureShape(model.shape), { latent } = spec;
  const { pipeline, id, seed } = run.record;
  const [first] = classesOf(spec), className = chosen ?? first?.name;
  const index = className === undefined ? undefined : classIndex(spec, className, "--class");
  const decode = decoder(engine, model, index);
  const samples = dataset === null ? null : samplesOf(engine, model, dataset, most);
  const isVae = spec.kind === "vae", prior = priorOf(isVae ? null : samples, latent);
  const unit = isVae ? 1 : prior.std.reduce((sum, std) => sum + std, 0) / latent;
  const paths = { linear: linearPath, spherical: sphericalPath };
  return {
    title: [
      pipeline,
      ...className === undefined ? [] : [`class ${className}`],
      describeModel(spec),
      id,
      run.file,
    ],
    latent,
    order: orderOf({ engine, model, dataset, samples }),
    ...size,
    unit: unit > 0 && Number.isFinite(unit) ? unit : 1,
    decode,
    samples,
    notice,
    source: isVae || samples === null ? "the prior" : "a Gaussian fitted to the latents",
    draw(number) {
      const point = new Float32Array(latent);
      // Epoch 1 of the stream: the stage uses epoch 0.
      fillNormal(point, 1, latent, [number], { seed, stream: "generation", epoch: 1 });
      return Array.from(point, (value, k) => prior.mean[k] + prior.std[k] * value);
    },
    path: (name, from, to, steps) => paths[name](from, to, steps),
    ...artifactWriter(run.folder, { ...size, decode }),
  };
}

/** The prior. An autoencoder has none: a Gaussian fitted to its latents replaces it, as in the stage `generate`. */
function priorOf(
  samples: ExplorerSamples | null,
  latent: number,
): Pick<ReturnType<typeof moments>, "mean" | "std"> {
  return samples === null
    ? { mean: new Array<number>(latent).fill(0), std: new Array<number>(latent).fill(1) }
    : moments(samples.latents, latent);
}

/** The latent dimensions, most informative first: by the KL of a VAE, by the standard deviation of an AE; in model order without images. */
function orderOf(
  { engine, model, dataset, samples }:
    & Pick<ExplorerParts, "engine" | "model" | "dataset">
    & { samples: ExplorerSamples | null },
): number[] {
  const { spec, parameters } = model;
  const places = Array.from({ length: spec.latent }, (_, k) => k);
  if (dataset === null || samples === null || spec.latent <= 2) return places;
  // Measured on the images encoded at the start.
  const known = samples.latents.length / spec.latent;
  const split = splitFor(model, sliceSplit(dataset.test, inputSize(spec), 0, known));
  const meter = healthMeter({ engine, spec, split });
  const { kl, std } = meter.measure(parameters), weights = kl ?? std;
  meter.close();
  return places.sort((one, other) => weights[other] - weights[one]);
}

/** The decoder alone, compiled once: a point to its picture. */
function decoder(
  engine: Engine,
  { spec, parameters, scale }: TrainedModel,
  index: number | undefined,
): (point: readonly number[]) => Uint8Array {
  const program = engine.compile(decoderGraph(spec), { capacity: 1 });
  program.parameters.set(parameters.subarray(parameters.length - program.parameters.length));
  const input = program.input(NAMES.latent), output = program.output("output");
  if (index !== undefined) program.input(NAMES.condition)[index] = 1;
  return (point) => {
    input.set(point);
    program.run(1);
    return toBytes(brightness(scale, output.subarray(0, inputSize(spec))));
  };
}

function samplesOf(
  engine: Engine,
  model: TrainedModel,
  { test, train, labelNames = [] }: Dataset,
  most: number,
): ExplorerSamples {
  const { latent } = model.spec, pixels = inputSize(model.spec);
  const known = Math.min(test.count, most, Math.max(100, Math.floor(PRODUCTS / model.parameters.length)));
  const latents = encodeImages(engine, model, sliceSplit(test, pixels, 0, known));
  const labels = test.labels === undefined ? null : test.labels.subarray(0, known);
  return {
    noun: test === train ? "image" : "test image",
    count: test.count,
    latents,
    labels,
    labelNames,
    means: labels === null ? [] : meansOf(latents, latent, labels, labelNames.length),
    point: (index) =>
      Array.from(
        index < known
          ? latents.subarray(index * latent, (index + 1) * latent)
          : encodeImages(engine, model, pickFromSplit(test, pixels, [index])),
      ),
    caption: (index) =>
      test.names?.[index] ?? (test.labels === undefined ? "" : labelNames[test.labels[index]] ?? ""),
    image: (index) => toBytes(brightnessOf({ ...pickFromSplit(test, pixels, [index]), scale: model.scale })),
  };
}

/** The mean of the latents of each class; `null` for a class without images. */
function meansOf(
  latents: Float32Array,
  latent: number,
  labels: ArrayLike<number>,
  classes: number,
): (number[] | null)[] {
  const rows = Array.from({ length: classes }, (): number[] => []);
  for (let row = 0; row < labels.length; row++) rows[labels[row]]?.push(row);
  return rows.map((chosen) => chosen.length === 0 ? null : meanPoint(latents, latent, chosen));
}
