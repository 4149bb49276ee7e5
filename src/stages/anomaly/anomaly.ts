/** The stage that looks for anomalies. @module */
import { z } from "zod";
import { anomalyScorer, SCORE_NAMES, type ScoreName } from "../../analysis/anomaly/anomaly_scores.ts";
import { baselineScores } from "../../analysis/anomaly/anomaly_baselines.ts";
import { auroc } from "../../analysis/anomaly/roc.ts";
import { RunError } from "../../core/errors.ts";
import { isPicture, nounsOf, sampleSize } from "../../core/shape.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import { firstOfSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import { encodePng } from "../../export/pictures.ts";
import { sheet } from "../../export/sheet.ts";
import { likelihoodOf } from "../../models/likelihoods/table.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { anomalyConditions } from "./conditions.ts";
import { type Groups, groupsOf, PROTOCOLS } from "./protocol.ts";
import {
  blameOf,
  heldOutNormal,
  mostAnomalous,
  scoresTable,
  type Threshold,
  thresholdOf,
  verdictMetrics,
} from "./verdicts.ts";
import { anomalyMetrics, anomalyNote, misranked, parted, rawOf } from "./report.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { engineOf } from "../engine.ts";
import type { Metric, Metrics } from "../../pipeline/metric.ts";
import { type Stage, type StageContext, stageOf } from "../../pipeline/stage.ts";

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
  quantile: z.number().gt(0).lt(1).default(0.95),
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
   * The score of a sample: `elbo` (a VAE's bound at the mean), `likelihood` (with all losses but `mse` and `bce`),
   * `reconstruction` (the squared error), `relative` (of pictures: the error of smoothed images for each unit of ink), `latentDistance` (to
   * the k nearest latents of train samples), or `combined` of that and the error (`relative` of pictures). The others are measured too, as
   * `auroc.<score>`. @default {"combined"}
   */
  score?: "elbo" | "likelihood" | "reconstruction" | "relative" | "latentDistance" | "combined";
  /** Neighbours, in the latent space and of the baselines. @default {5} */
  k?: number;
  /** The standard deviation of the filter that smooths images for `relative` and for two baselines, in pixels; 0: none. @default {1} */
  smoothing?: number;
  /** The weight of the latent distance in `combined`. @default {0.5} */
  latentWeight?: number;
  /** Train samples that latent distances are measured to, from the first on. @default {10000} */
  trainImages?: number;
  /**
   * Whether an isolation forest and nearest neighbours score the same samples without the model: on plain pixels or features, and on images
   * that are smoothed as for `relative` and have unit norm. @default {true}
   */
  baselines?: boolean;
  /** Train samples that the baselines have, from the first on; `null`: all. They take up to 5 bytes per value. @default {null} */
  baselineImages?: number | null;
  /** Normal and anomalous images each that are shown, those that were misranked most; of vectors, the samples that score highest. @default {16} */
  shown?: number;
  /**
   * The quantile of the scores of normal validation samples above which a sample is called an anomaly; without a validation split there is
   * no threshold. @default {0.95}
   */
  quantile?: number;
}

/** Outputs of {@link anomaly}. */
export interface AnomalyOutput {
  /** The score of each test sample; higher is more anomalous. */
  anomalyScores: Float64Array;
}

const definition: ModelStageDefinition<Options, { dataset: Dataset; model: TrainedModel }, AnomalyOutput> = {
  kind: "anomaly",
  version: 4,
  models: {
    autoencoder: true,
    variational: true,
    conditional:
      "must know no classes, of which an anomaly has none, got a conditional one (train one without condition)",
  },
  inputs: ["dataset", "model"],
  outputs: ["anomalyScores"],
  schema: Options,
  plan: ({ protocol, score, baselines, quantile }, { shape, validation }) => ({
    faults: score === "relative" && shape !== undefined && !isPicture(shape)
      ? [{ path: "score", message: NO_PICTURES }]
      : [],
    lines: [
      `${protocol === "oneNormal" ? "one class normal" : "one class anomalous"}, scored by ${score}, ${
        baselines ? "compared with an isolation forest and neighbours" : "without baselines"
      }`,
      ...validation === true ? [`threshold: the ${quantile}-quantile of normal validation samples`] : [],
    ],
  }),
  async run({ dataset, model }, options, context) {
    const groups = groupsOf(dataset, options.protocol, options.class);
    const engine = await engineOf(context);
    const score = scorer(engine, model, dataset, options);
    const scores = new Map<string, Float64Array>(score(dataset.test)), chosen = scores.get(options.score);
    if (chosen === undefined) throw new RunError(missingScore(options.score, model));
    const held = heldOutNormal(dataset);
    const threshold = held && thresholdOf(score(held).get(options.score)!, options.quantile);
    if (options.baselines && !context.signal.aborted) {
      const { train, test, shape } = dataset, { baselineImages, k, smoothing } = options, { seed } = context;
      const known = firstOfSplit(train, sampleSize(shape), baselineImages ?? Infinity);
      const baselines = baselineScores({ engine, train: known, test, shape, k, smoothing, seed });
      for (const [name, values] of baselines) scores.set(name, values);
    }
    const areas = new Map([...scores].map(([name, values]) => [name, auroc(...parted(values, groups))]));
    await writeArtifacts({ engine, model, dataset, options, context, groups, chosen, threshold }, {
      ...rawOf(scores, areas, groups, options),
      ...(threshold && { threshold }),
    });
    return {
      outputs: { anomalyScores: chosen },
      metrics: {
        ...anomalyMetrics(scores, areas, groups, { ...options, nouns: nounsOf(dataset.shape) }),
        ...verdictMetrics(chosen, groups, threshold),
      },
      note: anomalyNote(areas, groups, options) +
        thresholdText(threshold, verdictMetrics(chosen, groups, threshold)),
      conditions: anomalyConditions({ ...options, threshold, shape: dataset.shape }, groups, {
        latents: Math.min(options.trainImages, dataset.train.count),
        known: Math.min(options.baselineImages ?? Infinity, dataset.train.count),
      }),
    };
  },
};

const NO_PICTURES =
  'must be another score for vectors, got "relative", which smooths pictures (choose elbo or likelihood)';

/** Why a model has no such score. */
function missingScore(score: ScoreName, { spec }: TrainedModel): string {
  if (score === "elbo") return `model must be a vae for the score elbo, got ${spec.kind}`;
  return score === "relative"
    ? `score ${NO_PICTURES}`
    : `model.loss must be "gaussian", "continuousBernoulli" or "discretisedLogistic" for the score likelihood, got "${
      likelihoodOf(spec).kind
    }" (choose another score)`;
}

function scorer(
  engine: Engine,
  model: TrainedModel,
  { train, shape }: Dataset,
  { trainImages, k, smoothing, latentWeight }: Options,
): (split: Split) => Map<ScoreName, Float64Array> {
  const known = firstOfSplit(train, sampleSize(shape), trainImages);
  return anomalyScorer({ engine, model, train: known, k, smoothing, latentWeight });
}

/** What came of a search. */
interface Found {
  readonly engine: Engine;
  readonly model: TrainedModel;
  readonly dataset: Dataset;
  readonly options: Options;
  readonly context: StageContext;
  readonly groups: Groups;
  /** The chosen score of each test sample. */
  readonly chosen: Float64Array;
  readonly threshold: Threshold | undefined;
}

/** Pictures that were misranked, the curves, and the score of each sample with the features to blame. */
async function writeArtifacts(
  { engine, model, dataset, options, context, groups, chosen, threshold }: Found,
  raw: object,
): Promise<void> {
  const { name } = context, blame = blameOf(engine, model, dataset);
  if (blame === undefined) {
    const picture = sheet(misranked(chosen, groups, dataset, options.shown), { columns: options.shown });
    const title = "the normal images that look most anomalous, then the anomalies that look most normal";
    await context.writeArtifact(`${name}.png`, title, await encodePng(picture));
  }
  await context.writeArtifact(`${name}.json`, "the ROC curves", JSON.stringify(raw) + "\n");
  if (blame !== undefined) {
    const rows = mostAnomalous(dataset, chosen, blame, options.shown);
    const title = "the test samples that score highest, and the features to blame";
    await context.writeArtifact(`${name}-samples.json`, title, JSON.stringify(rows) + "\n");
  }
  const title = `the score of each test ${nounsOf(dataset.shape).sample}`;
  await context.writeArtifact(`${name}.csv`, title, scoresTable(dataset, chosen, threshold, blame));
}

function thresholdText(threshold: Threshold | undefined, { falseAlarmRate, detectionRate }: Metrics): string {
  if (threshold === undefined) return "";
  const percent = ({ value }: Metric) => `${(100 * value).toFixed(1)} %`;
  return `; above ${threshold.value.toPrecision(4)}: ${percent(detectionRate)} of anomalies, ${
    percent(falseAlarmRate)
  } of normal samples`;
}

/**
 * Measures how well a model separates the classes it was trained on from unseen ones, on the test split: `auroc` of the chosen score with its
 * 95 % interval `aurocLow` to `aurocHigh` (Newcombe 2006 and DeLong et al. 1988), and `auroc.<score>` of every score and of the baselines, which have no
 * model: an isolation forest and nearest neighbours, on plain pixels (`isolationForest`, `neighbours`) and on smoothed images of unit
 * norm (`smoothedIsolationForest`, `smoothedNeighbours`); vectors are never smoothed. `aurocDifference.<baseline>` is the area of the chosen score minus that of a
 * baseline, with an interval that is paired by sample. No test label takes part in a score.
 *
 * With a validation split, `threshold` is a quantile of the scores of its normal samples; `detectionRate` and `falseAlarmRate` are the shares
 * of anomalous and of normal test samples above it. `artifacts/<stage>.csv` has the score and the verdict of each test sample, and of vectors
 * the features to blame; `artifacts/<stage>.json` has the ROC curves, and `artifacts/<stage>-samples.json` those vectors that score highest.
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
