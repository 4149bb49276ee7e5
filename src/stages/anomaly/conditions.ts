/** What must be known of the numbers of a search for anomalies before they are compared with others. @module */
import { FOREST } from "../../analysis/anomaly/isolation_forest.ts";
import { isPicture, nounsOf, type SampleShape } from "../../core/shape.ts";
import type { AnomalyProtocol, Groups } from "./protocol.ts";
import type { Threshold } from "./verdicts.ts";

/** How images were scored. */
export interface AnomalyConditions {
  readonly protocol: AnomalyProtocol;
  readonly score: string;
  readonly k: number;
  readonly smoothing: number;
  readonly latentWeight: number;
  readonly edgeWeight: number;
  readonly baselines: boolean;
  readonly threshold: Threshold | undefined;
  /** The shape of a sample. */
  readonly shape: SampleShape;
}

/** What the model and the baselines were given. */
export interface ConditionCounts {
  /** Train images whose latents and edge maps are neighbours. */
  readonly latents: number;
  /** Train images of the baselines. */
  readonly known: number;
}

/** The conditions, by what they are of: the protocol, the scores, the baselines, and what was chosen on which data. */
export function anomalyConditions(
  { protocol, score, k, smoothing, latentWeight, edgeWeight, baselines, threshold, shape }: AnomalyConditions,
  { className, normal, anomalous }: Groups,
  { latents, known }: ConditionCounts,
): Record<string, string> {
  const count = (samples: number) => samples.toLocaleString("en-US");
  const usesEdges = score === "edgeDistance" || edgeWeight > 0;
  const { samples, sample } = nounsOf(shape), isSmoothed = isPicture(shape);
  return {
    protocol: `${
      protocol === "oneNormal"
        ? `trained on "${className}" alone`
        : `trained on all classes but "${className}"`
    }; ${count(normal.length)} normal and ${count(anomalous.length)} anomalous test ${samples}`,
    auroc: `of the score ${score}; ${
      isSmoothed ? `images smoothed by ${smoothing} px, ` : ""
    }${k} nearest of ${count(latents)} train latents${
      usesEdges ? " and edge maps" : ""
    }, latentWeight ${latentWeight}${usesEdges ? `, edgeWeight ${edgeWeight}` : ""}`,
    ...(baselines
      ? {
        baselines: `without the model, on ${
          count(known)
        } train ${samples}: the mean distance to the ${k} nearest ${samples}, and an isolation forest of ${FOREST.trees} trees of ${FOREST.samples} ${samples}${
          isSmoothed
            ? `; smoothed: images smoothed by ${smoothing} px and scaled to unit norm first; edges: their edge maps`
            : ""
        }`,
        aurocDifference:
          `the chosen score minus the baseline, with a 95 % interval that is paired by ${sample}`,
      }
      : {}),
    ...(threshold === undefined ? {} : {
      threshold: `the ${threshold.quantile}-quantile of the scores of ${
        count(threshold.samples)
      } normal validation ${samples}, on which neither weights nor scores depend but for the choice of the best epoch`,
    }),
    choices:
      "no test label and no anomaly takes part in a score. The defaults were chosen on MNIST: latentWeight and the shipped model on train digits of one class, edge maps on train digits held out of training, smoothing and the share of ink after trials on test digits of three classes. The baselines have the same k, smoothing and edge maps; nothing was chosen for them",
  };
}
