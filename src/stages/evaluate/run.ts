/** The work of the stage evaluate, which is loaded when it runs. @module */
import { importanceBounds } from "../../analysis/reconstruction/importance_bound.ts";
import { meanInterval } from "../../analysis/statistics/intervals.ts";
import { measureBound, measureReconstruction } from "../../analysis/reconstruction/measure.ts";
import { nounsOf, type SampleNouns } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import { OWN_LIKELIHOODS } from "../../models/likelihoods/table.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { evaluationConditions } from "./conditions.ts";
import { type NoiseLevel, noiseLevels } from "./levels.ts";
import { denoisingMetrics, drawsText } from "./noise.ts";
import { engineOf } from "../engine.ts";
import { perSampleTable } from "./per_sample.ts";
import type { StageContext, StageResult } from "../../pipeline/stage.ts";
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
import { codeMetrics } from "./codes.ts";
import { klPartMetrics } from "./kl_parts.ts";
import type { EvaluateOutput, EvaluateSettings } from "./settings.ts";

/** The largest set for which the best possible accuracy is computed: its cost grows with the square. */
const LIMIT_IMAGES = 1024;

/** Measures a model; see `evaluate`. */
export async function runEvaluate(
  { dataset, model }: { dataset: Dataset; model: TrainedModel },
  options: EvaluateSettings,
  context: StageContext,
): Promise<StageResult<EvaluateOutput>> {
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
}

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
  if (spec.kind !== "vae") return { ...reconstructed, ...codeMetrics({ engine, model, split }, name) };
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
  { importanceSamples, importanceImages }: EvaluateSettings,
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
    options: EvaluateSettings;
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
  const nats = OWN_LIKELIHOODS.map((name) => metrics[name]).find((value) => value !== undefined);
  if (metrics.elbo !== undefined) {
    const importance = metrics.importanceBound === undefined
      ? ""
      : `; importance-weighted bound with ${metrics.importanceSamples} samples ${
        (-metrics.importanceBound).toFixed(2)
      }`;
    const bits = nats === undefined || metrics.bitsPerDimension === undefined
      ? ""
      : `, ${metrics.bitsPerDimension.toFixed(3)} bits/dimension`;
    return `test -ELBO ${(-metrics.elbo).toFixed(2)} nats/sample${bits} (reconstruction ${
      metrics.reconstruction.toFixed(2)
    } + KL ${metrics.kl.toFixed(2)}; sums over ${values}, mean over samples, one latent sample)${importance}`;
  }
  if (metrics.mse === undefined) return `${Object.keys(metrics).length} numbers`;
  if (metrics.pixelAccuracy === undefined) {
    const likelihood = nats === undefined ? "" : `, negative log-likelihood ${nats.toFixed(2)} nats/sample`;
    return `MSE ${metrics.mse.toPrecision(4)} a feature${likelihood}`;
  }
  return `pixel accuracy ${
    (100 * metrics.pixelAccuracy).toFixed(2)
  } %, at most ${metrics.worstWrongPixels} wrong in a sample, MSE ${metrics.mse.toPrecision(4)} a pixel`;
}
