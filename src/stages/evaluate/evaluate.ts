/** The stage that measures a model. @module */
import { z } from "zod";
import { importanceBounds } from "../../analysis/reconstruction/importance_bound.ts";
import { meanInterval } from "../../analysis/statistics/intervals.ts";
import { measureBound, measureReconstruction } from "../../analysis/reconstruction/measure.ts";
import { nounsOf, type SampleNouns } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { evaluationConditions } from "./conditions.ts";
import { denoisingMetrics, drawsText, type NoiseLevel, noiseLevels } from "./noise.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { engineOf } from "../engine.ts";
import { perSampleTable } from "./per_sample.ts";
import { type Stage, type StageContext, stageOf } from "../../pipeline/stage.ts";
import { klPartMetrics } from "./kl_parts.ts";
import {
  bitsPerDimension,
  boundMetrics,
  boundVariants,
  distributionText,
  reconstructionMetrics,
  renamed,
} from "./metrics.ts";
import {
  estimated,
  measuredMetrics,
  metric,
  type MetricInfo,
  type Metrics,
  metricValues,
} from "../../pipeline/metric.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  splits: z.array(z.enum(["train", "test"])).min(1).default(["train", "test"]),
  noise: z.array(z.number().positive()).default([]),
  flips: z.array(z.number().gt(0).lt(0.5)).default([]),
  draws: z.int().min(1).max(10_000).default(1),
  passes: z.int().min(1).max(100).default(1),
  blend: z.number().gt(0).max(1).default(0.5),
  inputWeight: z.number().min(0).max(1).default(0),
  limits: z.boolean().default(true),
  importanceSamples: z.int().min(1).max(1_000_000).nullable().default(null),
  importanceImages: z.int().min(1).nullable().default(null),
  perSample: z.boolean().default(false),
});
type Options = z.infer<typeof Options>;

/** Options for {@link evaluate}. */
export interface EvaluateOptions {
  /** The stage's name. @default {"evaluate"} */
  name?: string;
  /** The splits to measure on; numbers of the train split begin with `train.`. @default {["train", "test"]} */
  splits?: ("train" | "test")[];
  /** Standard deviations of Gaussian noise to measure the test split at too; numbers end with `@0.3`. @default {[]} */
  noise?: number[];
  /** Shares of flipped pixels (x becomes 1 - x) to measure the test split at too; numbers end with `@flips0.1`. @default {[]} */
  flips?: number[];
  /**
   * How often each test image is drawn at each noise level, independently each time. From 2 on, shares have 95 % intervals over the draws
   * (`pixelAccuracy@0.3Low`, `...High`): a draw is one number however many pixels it has, images are strata, as all are measured.
   * @default {1}
   */
  draws?: number;
  /**
   * Passes of a corrupted image through the model; from the second on the input is the mean of the corrupted image and the output (towards
   * the attractors of a denoising autoencoder: Bengio et al. 2013, arXiv:1305.6663); the last numbers begin with `repeated.`.
   * @default {1}
   */
  passes?: number;
  /** The weight of the output in the input of the next pass; the rest is the corrupted image. @default {0.5} */
  blend?: number;
  /**
   * The weight of the corrupted image in what is thresholded at 0.5 after the last pass: a pixel of which the model is not sure stays as it was
   * seen. Numbers begin with `repeated.`, as those of several passes do. @default {0}
   */
  inputWeight?: number;
  /**
   * Whether to compute, at each noise level, what thresholding alone reaches (`thresholdPixelAccuracy@0.3`) and what is possible at
   * all (`bestPixelAccuracy@0.3`, the posterior mean over the train images; only for sets of up to 1,024), and how far the model is
   * from it on the same draws (`pixelAccuracyBelowBest@0.3`). For flipped pixels also `bestWithinOnePixel@flips0.1`, the share of images
   * with at most one wrong pixel by the rule that is best for it, and `nearestGlyphExact@flips0.1`. @default {true}
   */
  limits?: boolean;
  /** Latent samples per image for a VAE's importance-weighted bound on the test split; `null`: none. @default {null} */
  importanceSamples?: number | null;
  /** How many of the test images, from the first on, that bound is the mean of; `null`: all. @default {null} */
  importanceImages?: number | null;
  /**
   * Whether to write the errors of each sample to `artifacts/<stage>-samples.csv`: split, name or number, class, `reconstruction` (sum of
   * squared errors), `crossEntropy` or `likelihood` (nats), for a VAE also `elbo` (its negative, at the mean) and `kl`. @default {false}
   */
  perSample?: boolean;
}

/** Outputs of {@link evaluate}: the metrics, as in `metrics.json`. */
export interface EvaluateOutput {
  /** Metric name to value, as in `metrics.json`. */
  measured: Readonly<Record<string, number>>;
}

/** The largest set for which the best possible accuracy is computed: its cost grows with the square. */
const LIMIT_IMAGES = 1024;

const definition: ModelStageDefinition<Options, { dataset: Dataset; model: TrainedModel }, EvaluateOutput> = {
  kind: "evaluate",
  version: 8,
  models: { autoencoder: true, variational: true, conditional: true },
  inputs: ["dataset", "model"],
  outputs: ["measured"],
  schema: Options,
  plan: ({ splits, noise, flips, draws, importanceSamples, importanceImages }) => ({
    lines: [
      `on ${splits.join(" and ")}${
        noise.length + flips.length === 0
          ? ""
          : `, at noise ${
            noiseLevels({ noise, flips }).map(({ name }) => name).join(", ")
          } with ${draws} draws per image`
      }`,
      ...importanceSamples === null ? [] : [
        `the importance-weighted bound with ${importanceSamples.toLocaleString("en-US")} samples of ${
          importanceImages === null ? "each test image" : `each of ${importanceImages} test images`
        }`,
      ],
    ],
  }),
  async run({ dataset, model }, options, context) {
    const { seed, signal } = context;
    const engine = await engineOf(context);
    const metrics: Record<string, Metrics[string]> = {};
    const measure = (split: "train" | "test") => measureSplit({ engine, model, dataset, split, seed });
    const test = measure("test");
    if (options.splits.includes("train") && !signal.aborted) {
      // Where the task is to store the images there is one split, and measuring it twice would only look like two results.
      const train = dataset.train === dataset.test ? ofSplit(test, "train") : measure("train");
      Object.assign(metrics, renamed(train, (name) => `train.${name}`));
    }
    if (options.splits.includes("test")) Object.assign(metrics, test);
    for (const level of noiseLevels(options)) {
      if (signal.aborted) break;
      Object.assign(metrics, measureNoise({ engine, model, dataset, seed, level, options }));
    }
    if (options.importanceSamples !== null) {
      Object.assign(metrics, measureImportance(engine, model, dataset, options, context));
    }
    if (options.perSample && !signal.aborted) {
      const table = perSampleTable(engine, model, dataset, options.splits);
      await context.writeArtifact(`${context.name}-samples.csv`, "the errors of each sample", table);
    }
    const measured = metricValues(metrics);
    const conditions = evaluationConditions(dataset, model.spec, {
      ...options,
      levels: noiseLevels(options).length,
      metrics: measured,
    });
    return { outputs: { measured }, metrics, conditions, note: noteOf(measured, nounsOf(dataset.shape)) };
  },
};

function measureSplit(
  { engine, model, dataset, split: name, seed }: {
    engine: Engine;
    model: TrainedModel;
    dataset: Dataset;
    split: "train" | "test";
    seed: number;
  },
): Metrics {
  const { spec } = model, split = dataset[name];
  const measures = measureReconstruction({ engine, model, split });
  const nouns = nounsOf(dataset.shape),
    reconstructed = reconstructionMetrics(measures, nouns, { split: name });
  if (spec.kind !== "vae") return reconstructed;
  const bound = measureBound({ engine, model, split, seed });
  return {
    ...boundMetrics(bound, spec, nouns, name),
    ...klPartMetrics({ engine, model, split, seed }, nouns, name),
    ...boundVariants(spec, bound, measures, nouns, name),
    ...reconstructed,
  };
}

/** The same metrics as those of another split with the same images. */
function ofSplit(metrics: Metrics, split: MetricInfo["split"]): Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, one]) => [name, { ...one, split }]));
}

function measureImportance(
  engine: Engine,
  model: TrainedModel,
  { test: split, shape }: Dataset,
  { importanceSamples, importanceImages }: Options,
  { seed, signal, emit }: StageContext,
): Metrics {
  if (model.spec.kind !== "vae") {
    emit({ type: "log", message: `the importance-weighted bound is left out: only a vae has one` });
    return {};
  }
  const bounds = importanceBounds({
    engine,
    model,
    split,
    seed,
    samples: importanceSamples ?? 1,
    images: importanceImages ?? split.count,
    stop: () => signal.aborted,
  });
  if (bounds === undefined) return {};
  const samples = importanceSamples ?? 1, direction = "none", nouns = nounsOf(shape);
  const estimator = `${distributionText(model.spec, nouns)}, k = ${samples} latent samples per ${nouns.one}`;
  const bound = meanInterval(bounds), source = { split: "test", estimator } as const;
  return measuredMetrics({
    importanceBound: estimated(bound, { unit: "nats/sample", direction: "higher", ...source }),
    importanceBitsPerDimension: bound && bitsPerDimension(model.spec, bound, source),
    importanceSamples: metric(samples, { unit: "samples", direction }),
    importanceImages: metric(bounds.length, { unit: nouns.samples, direction, split: "test" }),
  });
}

function measureNoise(
  { engine, model, dataset, seed, level, options }: {
    engine: Engine;
    model: TrainedModel;
    dataset: Dataset;
    seed: number;
    level: NoiseLevel;
    options: Options;
  },
): Metrics {
  const { test, train, shape } = dataset, nouns = nounsOf(shape);
  const key = { seed, stream: "evaluation", epoch: 1 } as const;
  const noise = { corruption: level.corruption, key };
  const measured = { engine, model, split: test, noise, copies: options.draws };
  const source = { split: "test", estimator: drawsText(options.draws, nouns) } as const;
  const metrics = renamed(
    reconstructionMetrics(measureReconstruction(measured), nouns, source),
    (name) => `${name}@${level.name}`,
  );
  if (nouns.values !== "pixels") return metrics;
  const { passes, blend, inputWeight } = options;
  const limits = options.limits && train.count <= LIMIT_IMAGES && test === train;
  return { ...metrics, ...denoisingMetrics(level, { ...measured, limits, passes, blend, inputWeight }) };
}

function noteOf(metrics: Readonly<Record<string, number>>, { values }: SampleNouns): string {
  if (metrics.elbo !== undefined) {
    const importance = metrics.importanceBound === undefined
      ? ""
      : `; importance-weighted bound with ${metrics.importanceSamples} samples ${
        (-metrics.importanceBound).toFixed(2)
      }`;
    const bits = metrics.discretisedLogistic === undefined
      ? ""
      : `, ${metrics.bitsPerDimension.toFixed(3)} bits/dimension`;
    return `test -ELBO ${(-metrics.elbo).toFixed(2)} nats/sample${bits} (reconstruction ${
      metrics.reconstruction.toFixed(2)
    } + KL ${metrics.kl.toFixed(2)}; sums over ${values}, mean over samples, one latent sample)${importance}`;
  }
  if (metrics.mse === undefined) return `${Object.keys(metrics).length} numbers`;
  if (metrics.pixelAccuracy === undefined) {
    const nats = metrics.gaussian ?? metrics.continuousBernoulli ?? metrics.discretisedLogistic;
    const likelihood = nats === undefined ? "" : `, negative log-likelihood ${nats.toFixed(2)} nats/sample`;
    return `MSE ${metrics.mse.toPrecision(4)} a feature${likelihood}`;
  }
  return `pixel accuracy ${
    (100 * metrics.pixelAccuracy).toFixed(2)
  } %, at most ${metrics.worstWrongPixels} wrong in a sample, MSE ${metrics.mse.toPrecision(4)} a pixel`;
}

/**
 * Measures a model on the train and test splits: `mse` (a pixel, or a feature of vectors), `bce` (nats/sample), with the losses `gaussian`,
 * `continuousBernoulli` and `discretisedLogistic` also their negative log-likelihood under that name (nats/sample, of the values as scaled),
 * and of pictures `pixelAccuracy`, `worstWrongPixels`; for a VAE also `elbo`, `reconstruction`, `kl` (nats/sample: sums over pixels and latent dimensions, means over samples; one latent
 * sample per image), `bitsPerDimension` (of `elbo`, with the losses `bce` and `discretisedLogistic`), `elboAtMean` (at the posterior mean: no bound) and
 * `activeUnits`, and with `importanceSamples` also `importanceBound` with the ends of its 95 % interval over images (`importanceBoundLow`,
 * `importanceBoundHigh`), `importanceBitsPerDimension`, its `importanceSamples` and `importanceImages`. Reconstructed images go through a VAE's posterior mean.
 */
export function evaluate(
  options: EvaluateOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, EvaluateOutput> {
  return stageOf(definition, options);
}
