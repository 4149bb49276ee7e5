/** What is measured of a latent space, in numbers and words. @module */
import { inputSize } from "../../models/spec.ts";
import {
  decodePoints,
  encodeImages,
  encodePosteriors,
  splitConditions,
} from "../../analysis/reconstruction/inference.ts";
import {
  aggregateReport,
  type LabelledSplits,
  neighbourAccuracy,
} from "../../analysis/latent/latent_report.ts";
import type { PcaBaseline } from "../../analysis/latent/pca_baseline.ts";
import { linearPath, sphericalPath } from "../../analysis/latent/latent_space.ts";
import { meanSmoothness, smoothnessOf } from "../../analysis/latent/smoothness.ts";
import { permutation } from "../../core/random.ts";
import type { Split } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import type { TrainedModel } from "../../models/trained.ts";

import {
  measuredMetrics,
  type Metric,
  metric,
  type MetricInfo,
  type Metrics,
  metricValues,
} from "../../pipeline/metric.ts";

/** What {@link latentSpaceMetrics} needs. */
export interface LatentSpaceInput {
  readonly engine: Engine;
  readonly model: TrainedModel;
  /** The images by whose latents the space is measured. */
  readonly test: Split;
  /** The latents of both splits with their labels. */
  readonly points: LabelledSplits;
  /** Neighbours that vote, paths between test images, and images of a path. */
  readonly options: { readonly k: number; readonly paths: number; readonly steps: number };
  readonly seed: number;
  /**
   * The same images as coordinates along as many principal components, measured by the same vote, with the squared errors per pixel of
   * their reconstructions of test images, of the mean train image, and of the model.
   */
  readonly principal?: PcaBaseline & { readonly ownMse: number };
}

/** The numbers of a latent space: some for `metrics.json`, all for the report. */
export function latentSpaceMetrics(
  { engine, model, test, points, options, seed, principal }: LatentSpaceInput,
): { metrics: Metrics; raw: object } {
  const { latent } = model.spec;
  const { mean, logVariance } = model.spec.kind === "vae"
    ? encodePosteriors(engine, model, test)
    : { mean: encodeImages(engine, model, test), logVariance: undefined };
  const report = aggregateReport(mean, latent, logVariance);
  const { dimensions, gapToPrior } = report;
  const largest = (of: (dimension: typeof dimensions[number]) => number) => Math.max(...dimensions.map(of));
  const vote = { ...ACCURACY, estimator: `${options.k} nearest latents of the train split` };
  const baselineVote = {
    ...ACCURACY,
    estimator: `${options.k} nearest train images by principal components`,
  };
  const metrics = measuredMetrics({
    neighbourAccuracy: onTest(neighbourAccuracy(engine, points, options.k), vote),
    baselineAccuracy: onTest(
      principal && neighbourAccuracy(engine, principal.points, options.k),
      baselineVote,
    ),
    ...baselineErrors(principal),
    activeUnits: onTest(dimensions.filter(({ active }) => active).length, descriptive("latent dimensions")),
    kl: onTest(
      logVariance && dimensions.reduce((sum, { kl = 0 }) => sum + kl, 0),
      descriptive("nats/sample"),
    ),
    largestMean: onTest(largest(({ mean }) => Math.abs(mean)), lower("latent units")),
    leastVariance: onTest(-largest(({ variance }) => -variance), descriptive("latent units squared")),
    largestVariance: onTest(largest(({ variance }) => variance), descriptive("latent units squared")),
    largestCorrelation: onTest(report.largestCorrelation, lower("from 0 to 1")),
    gapToPrior: onTest(logVariance && gapToPrior, lower("nats")),
    ...smoothness({ engine, model, points: mean, conditions: splitConditions(model, test), options, seed }),
  });
  const covariance = Array.from(
    { length: latent },
    (_, row) => [...report.covariance.subarray(row * latent, (row + 1) * latent)],
  );
  const raw = { images: test.count, k: options.k, metrics: metricValues(metrics), dimensions, covariance };
  return { metrics, raw };
}

/** A metric of the test images; `undefined` where it was not measured. */
function onTest(value: number | undefined, info: MetricInfo): Metric | undefined {
  return value === undefined ? undefined : metric(value, { ...info, split: "test" });
}

const ACCURACY = { unit: "share of samples", direction: "higher" } as const;
const descriptive = (unit: MetricInfo["unit"]): MetricInfo => ({ unit, direction: "none" });
const lower = (unit: MetricInfo["unit"]): MetricInfo => ({ unit, direction: "lower" });

/** What is explained of test images; no share where all of them are the mean picture. */
function baselineErrors(principal: LatentSpaceInput["principal"]): Record<string, Metric | undefined> {
  if (principal === undefined) return {};
  const { mse, meanMse, ownMse } = principal;
  const explained = (error: number) => meanMse > 0 ? 1 - error / meanMse : undefined;
  return {
    baselineMse: onTest(mse, descriptive("squared error/pixel")),
    meanPictureMse: onTest(meanMse, descriptive("squared error/pixel")),
    explained: onTest(explained(ownMse), { unit: "share of variance", direction: "higher" }),
    baselineExplained: onTest(explained(mse), descriptive("share of variance")),
  };
}

/** Images that are decoded at a time, so that many paths need little memory. */
const MOST_DECODED = 4096;

/** The evenness of linear and spherical paths between pairs of test images. */
function smoothness(
  { engine, model, points, conditions, options: { paths, steps }, seed }:
    & Pick<LatentSpaceInput, "engine" | "model" | "options" | "seed">
    & { points: Float32Array; conditions: Float32Array | undefined },
): Record<string, Metric | undefined> {
  const { latent } = model.spec, count = points.length / latent;
  const order = permutation(count, { seed, stream: "analysis", epoch: 0 });
  const pairs = Math.min(paths, Math.floor(count / 2));
  const point = (position: number) =>
    points.subarray(order[position] * latent, (order[position] + 1) * latent);
  // The class of a conditional model changes evenly on the way, whatever the path.
  const conditionsBetween = (conditions: Float32Array, pair: number) => {
    const columns = conditions.length / count;
    const condition = (position: number) =>
      conditions.subarray(order[position] * columns, (order[position] + 1) * columns);
    return linearPath(condition(2 * pair), condition(2 * pair + 1), steps).flat();
  };
  const measure = (path: typeof linearPath) =>
    measurePaths({ engine, model, pairs, steps }, (pair) => ({
      points: path(point(2 * pair), point(2 * pair + 1), steps).flat(),
      conditions: conditions && conditionsBetween(conditions, pair),
    }));
  const linear = measure(linearPath), spherical = measure(sphericalPath);
  const ratio = { ...lower("ratio"), estimator: `mean over ${pairs} paths` };
  return {
    linearStretch: onTest(linear?.stretch, ratio),
    linearWorstStep: onTest(linear?.worstStep, ratio),
    sphericalStretch: onTest(spherical?.stretch, ratio),
    sphericalWorstStep: onTest(spherical?.worstStep, ratio),
  };
}

/** The mean smoothness of paths: each is decoded at all of its points, and some are decoded together. */
function measurePaths(
  { engine, model, pairs, steps }: Pick<LatentSpaceInput, "engine" | "model"> & {
    pairs: number;
    steps: number;
  },
  pathOf: (pair: number) => { readonly points: number[]; readonly conditions: number[] | undefined },
) {
  const pixels = inputSize(model.spec), together = Math.max(1, Math.floor(MOST_DECODED / steps));
  const measured = [];
  for (let first = 0; first < pairs; first += together) {
    const paths = Array.from({ length: Math.min(together, pairs - first) }, (_, at) => pathOf(first + at));
    const given = paths[0].conditions && paths.flatMap(({ conditions }) => conditions!);
    const images = decodePoints(engine, model, paths.flatMap(({ points }) => points), given);
    measured.push(
      ...paths.map((_, at) =>
        smoothnessOf(images.subarray(at * steps * pixels, (at + 1) * steps * pixels), pixels)
      ),
    );
  }
  return meanSmoothness(measured);
}

/** What was found, in a sentence. */
export function latentSpaceNote(
  { neighbourAccuracy, baselineAccuracy, explained, baselineExplained, activeUnits, linearStretch }: Readonly<
    Record<string, number>
  >,
  latent: number,
): string {
  const compared = baselineAccuracy === undefined
    ? ""
    : `, those of as many principal components ${percent(baselineAccuracy)} %`;
  const accuracy = neighbourAccuracy === undefined
    ? "no labels, so no accuracy of neighbours"
    : `neighbours name the class of ${percent(neighbourAccuracy)} %${compared}`;
  const stretch = linearStretch === undefined
    ? "; no path between two images could be measured"
    : `; a straight path is ${linearStretch.toFixed(2)} times as long in pixels as its chord`;
  const share = explained === undefined
    ? ""
    : `; ${percent(explained)} % of the variance of pixels explained, ${
      percent(baselineExplained)
    } % by as many components`;
  return `${accuracy}${share}; ${activeUnits} of ${latent} units active${stretch}`;
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}
