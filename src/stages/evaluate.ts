/** The stage that measures a model. @module */
import { z } from "zod";
import { measureBound, measureReconstruction } from "../analysis/measure.ts";
import type { Dataset, Split } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import type { TrainedModel } from "../models/trained.ts";
import { denoisingNumbers, type NoiseLevel, noiseLevels } from "./evaluate_noise.ts";
import { engineOf } from "./engine.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  splits: z.array(z.enum(["train", "test"])).min(1).default(["train", "test"]),
  noise: z.array(z.number().positive()).default([]),
  flips: z.array(z.number().gt(0).lt(0.5)).default([]),
  draws: z.int().min(1).default(1),
  passes: z.int().min(1).max(100).default(1),
  limits: z.boolean().default(true),
});
type Options = z.infer<typeof Options>;

/** What {@link evaluate} can be told. */
export interface EvaluateOptions {
  /** The stage's name. @default {"evaluate"} */
  name?: string;
  /** The splits to measure on; numbers of the train split begin with `train.`. @default {["train", "test"]} */
  splits?: ("train" | "test")[];
  /** Standard deviations of Gaussian noise to measure the test split at too; numbers end with `@0.3`. @default {[]} */
  noise?: number[];
  /** Shares of turned pixels (x becomes 1 - x) to measure the test split at too; numbers end with `@flips0.1`. @default {[]} */
  flips?: number[];
  /**
   * How often each test image is drawn at each noise level, each time anew. From 2 on, shares have 95 % intervals over the draws
   * (`pixelAccuracy@0.3Low`, `...High`): a draw is one number however many pixels it has, images are strata, as all are measured.
   * @default {1}
   */
  draws?: number;
  /**
   * How often a spoiled image goes through the model, from the second time on as the mean of itself and of what was made of it (towards
   * the attractors of a denoising autoencoder: Bengio et al. 2013, arXiv:1305.6663); the last numbers begin with `repeated.`.
   * @default {1}
   */
  passes?: number;
  /**
   * Whether to compute, at each noise level, what thresholding alone reaches (`thresholdPixelAccuracy@0.3`) and what is possible at
   * all (`bestPixelAccuracy@0.3`, the posterior mean over the train images; only for sets of up to 1,024), and how far the model is
   * from it on the same draws (`pixelAccuracyBelowBest@0.3`). For turned pixels also `bestWithinOnePixel@flips0.1`, the share of images
   * with at most one wrong pixel by the rule that is best for it, and `nearestGlyphExact@flips0.1`. @default {true}
   */
  limits?: boolean;
}

/** What {@link evaluate} makes: the numbers stand in `metrics.json`, later stages may use them. */
export interface Evaluated {
  /** Metric name to value. */
  measured: Readonly<Record<string, number>>;
}

/** The largest set for which the best possible accuracy is computed: its cost grows with the square. */
const LIMIT_IMAGES = 1024;

type Metrics = Record<string, number>;

const definition: StageDefinition<Options, { dataset: Dataset; model: TrainedModel }, Evaluated> = {
  kind: "evaluate",
  version: 2,
  needs: ["dataset", "model"],
  makes: ["measured"],
  schema: Options,
  plan: ({ splits, noise, flips, draws }) => ({
    lines: [
      `on ${splits.join(" and ")}${
        noise.length + flips.length === 0
          ? ""
          : `, at noise ${
            noiseLevels({ noise, flips }).map(({ name }) => name).join(", ")
          } with ${draws} draws an image`
      }`,
    ],
  }),
  async run({ dataset, model }, options, context) {
    const { seed, signal } = context;
    const engine = await engineOf(context);
    const metrics: Metrics = {};
    const test = measureSplit(engine, model, dataset.test, seed);
    if (options.splits.includes("train") && !signal.aborted) {
      // Where the task is to store the images there is one split, and measuring it twice would only look like two results.
      const train = dataset.train === dataset.test ? test : measureSplit(engine, model, dataset.train, seed);
      for (const [metric, value] of Object.entries(train)) metrics[`train.${metric}`] = value;
    }
    if (options.splits.includes("test")) Object.assign(metrics, test);
    for (const level of noiseLevels(options)) {
      if (signal.aborted) break;
      Object.assign(metrics, measureNoise({ engine, model, dataset, seed, level, options }));
    }
    return { adds: { measured: metrics }, metrics, note: noteOf(metrics) };
  },
};

function measureSplit(engine: Engine, model: TrainedModel, split: Split, seed: number): Metrics {
  const bound = model.spec.kind === "vae" ? measureBound({ engine, model, split, seed }) : {};
  return { ...bound, ...measureReconstruction({ engine, model, split }) };
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
  const { test, train } = dataset;
  const key = { seed, stream: "evaluation", epoch: 1 } as const;
  const noise = { corruption: level.corruption, key };
  const measured = { engine, model, split: test, noise, copies: options.draws };
  const metrics: Metrics = {};
  for (const [metric, value] of Object.entries(measureReconstruction(measured))) {
    metrics[`${metric}@${level.name}`] = value;
  }
  const limits = options.limits && train.count <= LIMIT_IMAGES && test === train;
  return { ...metrics, ...denoisingNumbers(level, { ...measured, limits, passes: options.passes }) };
}

function noteOf(metrics: Metrics): string {
  if (metrics.elbo !== undefined) {
    return `test -ELBO ${(-metrics.elbo).toFixed(2)} nats a sample (reconstruction ${
      metrics.reconstruction.toFixed(2)
    } + KL ${metrics.kl.toFixed(2)}; sums over pixels, mean over samples, one latent sample)`;
  }
  if (metrics.mse === undefined) return `${Object.keys(metrics).length} numbers`;
  return `pixel accuracy ${
    (100 * metrics.pixelAccuracy).toFixed(2)
  } %, at most ${metrics.worstWrongPixels} wrong in a sample, MSE ${metrics.mse.toPrecision(4)} a pixel`;
}

/**
 * Measures a model on the train and test splits: `mse` (a pixel), `bce` (nats a sample), `pixelAccuracy`, `worstWrongPixels`; for a
 * VAE also `elbo`, `reconstruction`, `kl` (nats a sample: sums over pixels and latent dimensions, means over samples; one latent
 * sample an image) and `activeUnits`. Rebuilt images go through a VAE's posterior mean.
 */
export function evaluate(
  options: EvaluateOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, Evaluated> {
  return stageOf(definition, options);
}
