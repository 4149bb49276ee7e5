/** The stage that looks for anomalies. @module */
import { z } from "zod";
import { anomalyScores, SCORE_NAMES, type ScoreName } from "../../analysis/anomaly/anomaly_scores.ts";
import { baselineScores } from "../../analysis/anomaly/anomaly_baselines.ts";
import { auroc } from "../../analysis/anomaly/roc.ts";
import { RunError } from "../../core/errors.ts";
import { pictureSize, sampleSize } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { firstOfSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import { encodePng } from "../../export/pictures.ts";
import { sheet } from "../../export/sheet.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { anomalyConditions } from "./conditions.ts";
import { groupsOf, PROTOCOLS } from "./protocol.ts";
import { anomalyMetrics, anomalyNote, misranked, parted, rawOf } from "./report.ts";
import { engineOf } from "../engine.ts";
import { type Stage, type StageDefinition, stageOf } from "../../pipeline/stage.ts";

const Options = z.strictObject({
  name: z.string().optional(),
  protocol: z.enum(PROTOCOLS).default("oneNormal"),
  class: z.string().nullable().default(null),
  score: z.enum(SCORE_NAMES).default("combined"),
  k: z.int().min(1).max(1000).default(5),
  smoothing: z.number().min(0).max(20).default(1),
  latentWeight: z.number().min(0).default(0.5),
  trainImages: z.int().min(1).default(10_000),
  baselines: z.boolean().default(true),
  baselineImages: z.int().min(1).nullable().default(null),
  shown: z.int().min(1).max(100).default(16),
});
type Options = z.infer<typeof Options>;

/** Options for {@link anomaly}. */
export interface AnomalyOptions {
  /** The stage's name, also of its files. @default {"anomaly"} */
  name?: string;
  /**
   * `oneNormal`: the model was trained on one class, all others of the test split are anomalies. `oneAnomalous`: it was trained on all
   * classes but one, and that one is the anomaly. {@link filterClasses} chooses the classes. @default {"oneNormal"}
   */
  protocol?: "oneNormal" | "oneAnomalous";
  /** The one class; `null`: the one that the train split has alone, or lacks alone. @default {null} */
  class?: string | null;
  /**
   * The score of an image: `elbo` (a VAE's bound at the mean), `reconstruction` (the squared error), `relative` (the error of
   * smoothed images for each unit of ink), `latentDistance` (to the k nearest latents of train images), or `combined` of the last two.
   * The others are measured too, as `auroc.<score>`. @default {"combined"}
   */
  score?: "elbo" | "reconstruction" | "relative" | "latentDistance" | "combined";
  /** Neighbours, in the latent space and of the baselines. @default {5} */
  k?: number;
  /** The standard deviation of the filter that smooths images for `relative` and for two baselines, in pixels; 0: none. @default {1} */
  smoothing?: number;
  /** The weight of the latent distance in `combined`. @default {0.5} */
  latentWeight?: number;
  /** Train images that latent distances are measured to, from the first on. @default {10000} */
  trainImages?: number;
  /**
   * Whether an isolation forest and nearest neighbours score the same images without the model: on plain pixels, and on images that are
   * smoothed as for `relative` and have unit norm. @default {true}
   */
  baselines?: boolean;
  /** Train images that the baselines have, from the first on; `null`: all. They take up to 5 bytes per pixel. @default {null} */
  baselineImages?: number | null;
  /** Normal and anomalous images each that are shown: those that were misranked most. @default {16} */
  shown?: number;
}

/** Outputs of {@link anomaly}. */
export interface AnomalyOutput {
  /** The score of each test image; higher is more anomalous. */
  anomalyScores: Float64Array;
}

const definition: StageDefinition<Options, { dataset: Dataset; model: TrainedModel }, AnomalyOutput> = {
  kind: "anomaly",
  version: 2,
  inputs: ["dataset", "model"],
  outputs: ["anomalyScores"],
  schema: Options,
  plan: ({ protocol, score, baselines }) => ({
    lines: [
      `${protocol === "oneNormal" ? "one class normal" : "one class anomalous"}, scored by ${score}, ${
        baselines ? "compared with an isolation forest and neighbours" : "without baselines"
      }`,
    ],
  }),
  async run({ dataset, model }, options, context) {
    const groups = groupsOf(dataset, options.protocol, options.class);
    const engine = await engineOf(context);
    const scores = new Map<string, Float64Array>(modelScores(engine, model, dataset, options));
    const chosen = scores.get(options.score);
    if (chosen === undefined) {
      throw new RunError(
        `model must be a vae for the score elbo, got ${model.spec.kind}`,
      );
    }
    if (options.baselines && !context.signal.aborted) {
      const { train, test, shape } = dataset, { baselineImages, k, smoothing } = options;
      const known = firstOfSplit(train, sampleSize(shape), baselineImages ?? Infinity);
      const { seed } = context, size = pictureSize(shape);
      const baselines = baselineScores({ engine, train: known, test, size, k, smoothing, seed });
      for (const [name, values] of baselines) scores.set(name, values);
    }
    const areas = new Map([...scores].map(([name, values]) => [name, auroc(...parted(values, groups))]));
    const picture = sheet(misranked(chosen, groups, dataset, options.shown), { columns: options.shown });
    const title = "the normal images that look most anomalous, then the anomalies that look most normal";
    await context.writeArtifact(`${context.name}.png`, title, await encodePng(picture));
    await context.writeArtifact(
      `${context.name}.json`,
      "the ROC curves",
      JSON.stringify(rawOf(scores, areas, groups, options)) + "\n",
    );
    return {
      outputs: { anomalyScores: chosen },
      metrics: anomalyMetrics(scores, areas, groups, options),
      note: anomalyNote(areas, groups, options),
      conditions: anomalyConditions(options, groups, {
        latents: Math.min(options.trainImages, dataset.train.count),
        known: Math.min(options.baselineImages ?? Infinity, dataset.train.count),
      }),
    };
  },
};

function modelScores(
  engine: Engine,
  model: TrainedModel,
  { train, test, shape }: Dataset,
  { trainImages, k, smoothing, latentWeight }: Options,
): Map<ScoreName, Float64Array> {
  const known = firstOfSplit(train, sampleSize(shape), trainImages);
  return anomalyScores({ engine, model, train: known, test, k, smoothing, latentWeight });
}

/**
 * Measures how well a model separates the classes it was trained on from unseen ones, on the test split: `auroc` of the chosen score with its
 * 95 % interval `aurocLow` to `aurocHigh` (Newcombe 2006 and DeLong et al. 1988), and `auroc.<score>` of every score and of the baselines, which have no
 * model: an isolation forest and nearest neighbours, on plain pixels (`isolationForest`, `neighbours`) and on smoothed images of unit
 * norm (`smoothedIsolationForest`, `smoothedNeighbours`). `aurocDifference.<baseline>` is the area of the chosen score minus that of a
 * baseline, with an interval that is paired by image. No test label takes part in a score. The ROC curves are in
 * `artifacts/<stage>.json`.
 *
 * @example One digit normal
 * ```ts
 * import { anomaly, load, mnist, filterClasses, pipeline, train, vae } from "@hourglass/hourglass";
 *
 * const example = pipeline("threes")
 *   .pipe(load(mnist()))
 *   .pipe(filterClasses({ labels: ["3"] }))
 *   .pipe(train(vae({ encoder: [784, 400], latent: 10 }), { epochs: 30 }))
 *   .pipe(anomaly({ protocol: "oneNormal" }));
 * ```
 */
export function anomaly(
  options: AnomalyOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, AnomalyOutput> {
  return stageOf(definition, options);
}
