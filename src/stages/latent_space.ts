/** The stage that measures the latent space of a model. @module */
import { z } from "zod";
import { decodePoints, encodeImages, encodePosteriors } from "../analysis/inference.ts";
import { aggregateReport, type LabelledSplits, neighbourAccuracy } from "../analysis/latent_report.ts";
import { linearPath, sphericalPath } from "../analysis/latent_space.ts";
import { meanSmoothness, smoothnessOf } from "../analysis/smoothness.ts";
import { permutation } from "../core/random.ts";
import { type Dataset, sliceSplit, type Split } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import type { TrainedModel } from "../models/trained.ts";
import { engineOf } from "./engine.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  k: z.int().min(1).max(1000).default(5),
  images: z.int().min(1).default(10_000),
  paths: z.int().min(0).max(10_000).default(100),
  steps: z.int().min(3).max(1000).default(16),
});
type Options = z.infer<typeof Options>;

/** What {@link latentSpace} can be told. */
export interface LatentSpaceOptions {
  /** The stage's name, also of its file. @default {"latentSpace"} */
  name?: string;
  /** Neighbours that vote for the class of a test image. @default {5} */
  k?: number;
  /** The most images of each split that are looked at, from the first on. @default {10000} */
  images?: number;
  /** Ways between two test images, drawn by the seed, along which smoothness is measured. @default {100} */
  paths?: number;
  /** Images of such a way, both ends included. @default {16} */
  steps?: number;
}

/** What {@link latentSpace} makes. */
export interface LatentMeasured {
  /** Metric name to value. */
  latentMeasured: Readonly<Record<string, number>>;
}

type Metrics = Record<string, number>;

const definition: StageDefinition<Options, { dataset: Dataset; model: TrainedModel }, LatentMeasured> = {
  kind: "latentSpace",
  version: 1,
  needs: ["dataset", "model"],
  makes: ["latentMeasured"],
  schema: Options,
  plan: ({ k, images, paths, steps }) => ({
    lines: [
      `${k} neighbours among at most ${
        images.toLocaleString("en-US")
      } images, ${paths} ways of ${steps} steps`,
    ],
  }),
  async run({ dataset, model }, options, context) {
    const engine = await engineOf(context);
    const pixels = model.spec.encoder[0];
    const test = sliceSplit(dataset.test, pixels, 0, Math.min(options.images, dataset.test.count));
    const points = labelledLatents({ engine, model, dataset, test, images: options.images });
    const { metrics, raw } = latentSpaceMetrics({ engine, model, test, points, options, seed: context.seed });
    await context.writeArtifact(
      `${context.name}.json`,
      "the latent space in numbers",
      JSON.stringify(raw, null, 1) + "\n",
    );
    return { adds: { latentMeasured: metrics }, metrics, note: noteOf(metrics, model.spec.latent) };
  },
};

/** The latents of both splits with their labels; none where the images have no labels. */
function labelledLatents(
  { engine, model, dataset, test, images }: {
    engine: Engine;
    model: TrainedModel;
    dataset: Dataset;
    test: Split;
    images: number;
  },
): LabelledSplits {
  const known = sliceSplit(dataset.train, model.spec.encoder[0], 0, Math.min(images, dataset.train.count));
  const latents = (split: Split) => ({
    points: split.labels === undefined ? [] : encodeImages(engine, model, split),
    labels: split.labels ?? [],
  });
  return { train: latents(known), test: latents(test), dimensions: model.spec.latent };
}

/** What {@link latentSpaceMetrics} needs. */
export interface LatentSpaceInput {
  readonly engine: Engine;
  readonly model: TrainedModel;
  /** The images by whose latents the space is measured. */
  readonly test: Split;
  /** The latents of both splits with their labels. */
  readonly points: LabelledSplits;
  readonly options: Pick<Options, "k" | "paths" | "steps">;
  readonly seed: number;
  /** Points of the same images by another way of as many numbers (principal components), held to the same vote. */
  readonly baseline?: LabelledSplits;
}

/** The numbers of a latent space: some for `metrics.json`, all for the report. */
export function latentSpaceMetrics(
  { engine, model, test, points, options, seed, baseline }: LatentSpaceInput,
): { metrics: Metrics; raw: object } {
  const { latent } = model.spec;
  const { mean, logVariance } = model.spec.kind === "vae"
    ? encodePosteriors(engine, model, test)
    : { mean: encodeImages(engine, model, test), logVariance: undefined };
  const report = aggregateReport(mean, latent, logVariance);
  const { dimensions, gapToPrior } = report;
  const largest = (of: (dimension: typeof dimensions[number]) => number) => Math.max(...dimensions.map(of));
  const metrics = defined({
    neighbourAccuracy: neighbourAccuracy(points, options.k),
    baselineAccuracy: baseline && neighbourAccuracy(baseline, options.k),
    activeUnits: dimensions.filter(({ active }) => active).length,
    kl: logVariance && dimensions.reduce((sum, { kl = 0 }) => sum + kl, 0),
    largestMean: largest(({ mean }) => Math.abs(mean)),
    leastVariance: -largest(({ variance }) => -variance),
    largestVariance: largest(({ variance }) => variance),
    largestCorrelation: report.largestCorrelation,
    gapToPrior: logVariance && gapToPrior,
    ...smoothness({ engine, model, points: mean, options, seed }),
  });
  const covariance = Array.from(
    { length: latent },
    (_, row) => [...report.covariance.subarray(row * latent, (row + 1) * latent)],
  );
  return { metrics, raw: { images: test.count, k: options.k, metrics, dimensions, covariance } };
}

/** Images that are decoded at a time, so that many ways need little memory. */
const MOST_DECODED = 4096;

/** The evenness of linear and spherical ways between pairs of test images. */
function smoothness(
  { engine, model, points, options: { paths, steps }, seed }:
    & Pick<LatentSpaceInput, "engine" | "model" | "options" | "seed">
    & { points: Float32Array },
): Record<string, number | undefined> {
  const { latent } = model.spec, pixels = model.spec.encoder[0];
  const count = points.length / latent;
  const order = permutation(count, { seed, stream: "analysis", epoch: 0 });
  const pairs = Math.min(paths, Math.floor(count / 2));
  const point = (position: number) =>
    points.subarray(order[position] * latent, (order[position] + 1) * latent);
  const together = Math.max(1, Math.floor(MOST_DECODED / steps));
  const measure = (path: typeof linearPath) => {
    const measured = [];
    for (let first = 0; first < pairs; first += together) {
      const some = Array.from({ length: Math.min(together, pairs - first) }, (_, at) => first + at);
      const walks = some.flatMap((pair) => path(point(2 * pair), point(2 * pair + 1), steps).flat());
      const images = decodePoints(engine, model, walks);
      measured.push(
        ...some.map((_, at) =>
          smoothnessOf(images.subarray(at * steps * pixels, (at + 1) * steps * pixels), pixels)
        ),
      );
    }
    return meanSmoothness(measured);
  };
  const linear = measure(linearPath), spherical = measure(sphericalPath);
  return {
    linearStretch: linear?.stretch,
    linearWorstStep: linear?.worstStep,
    sphericalStretch: spherical?.stretch,
    sphericalWorstStep: spherical?.worstStep,
  };
}

function defined(metrics: Record<string, number | undefined>): Metrics {
  return Object.fromEntries(
    Object.entries(metrics).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

function noteOf({ neighbourAccuracy, activeUnits, linearStretch }: Metrics, latent: number): string {
  const accuracy = neighbourAccuracy === undefined
    ? "no labels, so no accuracy of neighbours"
    : `neighbours name the class of ${(100 * neighbourAccuracy).toFixed(2)} %`;
  const stretch = linearStretch === undefined
    ? "; no way between two images could be measured"
    : `; a straight way is ${linearStretch.toFixed(2)} times as long in pixels as its chord`;
  return `${accuracy}; ${activeUnits} of ${latent} units active${stretch}`;
}

/**
 * Measures the latent space on the test images: `neighbourAccuracy` (the classes of test latents by their k nearest train latents),
 * `activeUnits`, the aggregate posterior against N(0, I) (`largestMean`, `leastVariance`, `largestVariance`, `largestCorrelation`,
 * for a VAE `kl` and `gapToPrior` in nats), and how evenly images change along ways between two test images (`linearStretch`,
 * `linearWorstStep`, `sphericalStretch`, `sphericalWorstStep`). All numbers of each dimension are in `artifacts/<stage>.json`.
 */
export function latentSpace(
  options: LatentSpaceOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, LatentMeasured> {
  return stageOf(definition, options);
}
