/** The stage that looks for anomalies. @module */
import { isPicture } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { ModelStageDefinition } from "../model_stage.ts";
import { type Stage, stageOf } from "../../pipeline/stage.ts";
import { type AnomalyOptions, type AnomalyOutput, AnomalySettings, vectorFaults } from "./settings.ts";

const definition: ModelStageDefinition<
  AnomalySettings,
  { dataset: Dataset; model: TrainedModel },
  AnomalyOutput
> = {
  kind: "anomaly",
  version: 5,
  models: {
    autoencoder: true,
    variational: true,
    vectorQuantised: true,
    conditional:
      "must know no classes, of which an anomaly has none, got a conditional one (train one without condition)",
  },
  inputs: ["dataset", "model"],
  outputs: ["anomalyScores"],
  schema: AnomalySettings,
  plan: (options, { shape, validation }) => {
    const { protocol, score, baselines, quantile } = options;
    const lines = [
      `${protocol === "oneNormal" ? "one class normal" : "one class anomalous"}, scored by ${score}, ${
        baselines ? "compared with an isolation forest and neighbours" : "without baselines"
      }`,
      ...validation === true ? [`threshold: the ${quantile}-quantile of normal validation samples`] : [],
    ];
    return { faults: shape !== undefined && !isPicture(shape) ? vectorFaults(options) : [], lines };
  },
  run: async (...given) => (await import("./run.ts")).runAnomaly(...given),
};

/**
 * Measures how well a model separates the classes it was trained on from unseen ones, on the test split: `auroc` of the chosen score with its
 * 95 % interval `aurocLow` to `aurocHigh` (Newcombe 2006 and DeLong et al. 1988), and `auroc.<score>` of every score and of the baselines, which have no
 * model: an isolation forest and nearest neighbours, on plain pixels (`isolationForest`, `neighbours`) and on smoothed images of unit
 * norm (`smoothedIsolationForest`, `smoothedNeighbours`), and nearest neighbours of edge maps (`edgeNeighbours`); vectors have only the
 * plain ones. `aurocDifference.<baseline>` is the area of the chosen score minus that of a
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
