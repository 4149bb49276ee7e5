/** The stage that looks for anomalies. @module */
import { z } from "zod";
import { anomalyScores, SCORE_NAMES, type ScoreName } from "../analysis/anomaly_scores.ts";
import { isolationForest } from "../analysis/isolation_forest.ts";
import { meanDistances } from "../analysis/knn_classifier.ts";
import { nearestNeighbours } from "../analysis/neighbours.ts";
import { imagePoints } from "../analysis/points.ts";
import { auroc } from "../analysis/roc.ts";
import { RunError } from "../core/errors.ts";
import { type Dataset, firstOfSplit } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import { encodePng } from "../export/pictures.ts";
import { sheet } from "../export/sheet.ts";
import type { TrainedModel } from "../models/trained.ts";
import { groupsOf, PROTOCOLS } from "./anomaly_protocol.ts";
import { metricsOf, misjudged, noteOf, parted, rawOf } from "./anomaly_report.ts";
import { engineOf } from "./engine.ts";
import { type Stage, type StageDefinition, stageOf } from "../pipeline/stage.ts";

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
  baselineImages: z.int().min(1).default(2000),
  shown: z.int().min(1).max(100).default(16),
});
type Options = z.infer<typeof Options>;

/** What {@link anomaly} can be told. */
export interface AnomalyOptions {
  /** The stage's name, also of its files. @default {"anomaly"} */
  name?: string;
  /**
   * `oneNormal`: the model was trained on one class, all others of the test split are anomalies. `oneAnomalous`: it was trained on all
   * classes but one, and that one is the anomaly. {@link only} chooses the classes. @default {"oneNormal"}
   */
  protocol?: "oneNormal" | "oneAnomalous";
  /** The one class; `null`: the one that the train split has alone, or lacks alone. @default {null} */
  class?: string | null;
  /**
   * What an image is judged by: `elbo` (a VAE's bound at the mean), `reconstruction` (the squared error), `relative` (the error of
   * smoothed images for each unit of ink), `latentDistance` (to the k nearest latents of train images), or `combined` of the last two.
   * The others are measured too, as `auroc.<score>`. @default {"combined"}
   */
  score?: "elbo" | "reconstruction" | "relative" | "latentDistance" | "combined";
  /** Neighbours, in the latent space and of the baseline. @default {5} */
  k?: number;
  /** The standard deviation of the filter that smooths images for `relative`, in pixels; 0: none. @default {1} */
  smoothing?: number;
  /** The weight of the latent distance in `combined`. @default {0.5} */
  latentWeight?: number;
  /** Train images that latent distances are measured to, from the first on. @default {10000} */
  trainImages?: number;
  /** Whether an isolation forest and neighbours judge the same images by their pixels. @default {true} */
  baselines?: boolean;
  /** Train images that the neighbours of the baseline are looked for among, from the first on. @default {2000} */
  baselineImages?: number;
  /** Normal and anomalous images each that are shown: those that were misjudged most. @default {16} */
  shown?: number;
}

/** What {@link anomaly} makes. */
export interface Judged {
  /** The score of each test image; higher is stranger. */
  anomalyScores: Float64Array;
}

const definition: StageDefinition<Options, { dataset: Dataset; model: TrainedModel }, Judged> = {
  kind: "anomaly",
  version: 2,
  needs: ["dataset", "model"],
  makes: ["anomalyScores"],
  schema: Options,
  plan: ({ protocol, score, baselines }) => ({
    lines: [
      `${protocol === "oneNormal" ? "one class normal" : "one class anomalous"}, judged by ${score}, ${
        baselines ? "beside an isolation forest and neighbours" : "without baselines"
      }`,
    ],
  }),
  async run({ dataset, model }, options, context) {
    const groups = groupsOf(dataset, options.protocol, options.class);
    const engine = await engineOf(context);
    const scores = new Map<string, Float64Array>(modelScores(engine, model, dataset, options));
    const judge = scores.get(options.score);
    if (judge === undefined) {
      throw new RunError(
        `Cannot judge by the elbo as the model must be a vae: current value is ${model.spec.kind}`,
      );
    }
    if (options.baselines && !context.signal.aborted) {
      for (const [name, values] of baselineScores(engine, dataset, options, context.seed)) {
        scores.set(name, values);
      }
    }
    const areas = new Map([...scores].map(([name, values]) => [name, auroc(...parted(values, groups))]));
    const picture = sheet(misjudged(judge, groups, dataset, options.shown), { columns: options.shown });
    const title = "the normal images that look strangest, then the anomalies that look most normal";
    await context.writeArtifact(`${context.name}.png`, title, await encodePng(picture));
    await context.writeArtifact(
      `${context.name}.json`,
      "the ROC curves",
      JSON.stringify(rawOf(scores, areas, groups, options)) + "\n",
    );
    return {
      adds: { anomalyScores: judge },
      metrics: metricsOf(areas, groups, options.score),
      note: noteOf(areas, groups, options),
    };
  },
};

function modelScores(
  engine: Engine,
  model: TrainedModel,
  { train, test, height, width }: Dataset,
  { trainImages, k, smoothing, latentWeight }: Options,
): Map<ScoreName, Float64Array> {
  const known = firstOfSplit(train, height * width, trainImages);
  return anomalyScores({ engine, model, train: known, test, k, smoothing, latentWeight });
}

/** What needs no model: the isolation forest and the mean distance to the k nearest train images, both on pixels. */
function baselineScores(
  engine: Engine,
  { train, test, height, width }: Dataset,
  { baselineImages, k }: Options,
  seed: number,
): Map<string, Float64Array> {
  const pixels = height * width;
  const known = firstOfSplit(train, pixels, Infinity), asked = firstOfSplit(test, pixels, Infinity);
  const forest = isolationForest(known.images, pixels, { key: { seed, stream: "analysis", epoch: 0 } });
  const points = imagePoints(firstOfSplit(known, pixels, baselineImages), pixels);
  const queries = imagePoints(asked, pixels);
  return new Map([
    ["isolationForest", forest.score(asked.images)],
    [
      "neighbours",
      meanDistances(nearestNeighbours({ engine, queries, points, k: Math.min(k, points.count) })),
    ],
  ]);
}

/**
 * Judges how well a model tells what it was trained on from what it never saw, on the test split: `auroc` of the chosen score with its
 * 95 % interval `aurocLow` to `aurocHigh` (Newcombe 2006 and DeLong et al. 1988), `auroc.<score>` of every score, and of an isolation forest and of
 * nearest neighbours on the same pixels. No test label takes part in a score. The ROC curves are in `artifacts/<stage>.json`.
 *
 * @example One digit normal
 * ```ts
 * import { anomaly, load, mnist, only, pipeline, train, vae } from "@hourglass/hourglass";
 *
 * const example = pipeline("threes")
 *   .pipe(load(mnist()))
 *   .pipe(only({ labels: ["3"] }))
 *   .pipe(train(vae({ encoder: [784, 400], latent: 10 }), { epochs: 30 }))
 *   .pipe(anomaly({ protocol: "oneNormal" }));
 * ```
 */
export function anomaly(
  options: AnomalyOptions = {},
): Stage<{ dataset: Dataset; model: TrainedModel }, Judged> {
  return stageOf(definition, options);
}
