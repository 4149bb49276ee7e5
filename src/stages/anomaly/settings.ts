/** The options of anomaly, and its outputs. @module */
import { z } from "zod";
import { SCORE_NAMES, type ScoreName } from "../../analysis/anomaly/score_names.ts";
import { PROTOCOLS } from "./protocol.ts";

/** The schema of the options. */
export const AnomalySettings = z.strictObject({
  name: z.string().optional(),
  protocol: z.enum(PROTOCOLS).default("oneNormal"),
  class: z.string().nullable().default(null),
  score: z.enum(SCORE_NAMES).default("combined"),
  k: z.int().min(1).max(1000).default(5),
  smoothing: z.number().min(0).max(20).default(1),
  latentWeight: z.number().min(0).default(0.5),
  edgeWeight: z.number().min(0).default(0),
  trainImages: z.int().min(1).default(10_000),
  baselines: z.boolean().default(true),
  baselineImages: z.int().min(1).nullable().default(null),
  shown: z.int().min(1).max(100).default(16),
  quantile: z.number().gt(0).lt(1).default(0.95),
});
/** The options with all defaults. */
export type AnomalySettings = z.infer<typeof AnomalySettings>;

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
   * the k nearest latents of train samples), `edgeDistance` (of pictures: to the k nearest edge maps of train samples), or `combined` of the
   * error (`relative` of pictures) and both distances. The others are measured too, as `auroc.<score>`. @default {"combined"}
   */
  score?:
    | "elbo"
    | "likelihood"
    | "reconstruction"
    | "relative"
    | "latentDistance"
    | "edgeDistance"
    | "combined";
  /** Neighbours, in the latent space, of edge maps and of the baselines. @default {5} */
  k?: number;
  /** The standard deviation of the filter that smooths images for `relative`, for edge maps and for baselines, in pixels; 0: none. @default {1} */
  smoothing?: number;
  /** The weight of the latent distance in `combined`. @default {0.5} */
  latentWeight?: number;
  /** The weight of the distance of edge maps in `combined`; must be 0 for vectors. @default {0} */
  edgeWeight?: number;
  /** Train samples that the distances of latents and of edge maps are measured to, from the first on. @default {10000} */
  trainImages?: number;
  /**
   * Whether an isolation forest and nearest neighbours score the same samples without the model: on plain pixels or features, on images that
   * are smoothed as for `relative` and have unit norm, and (the neighbours) on edge maps. @default {true}
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

/** The scores that only pictures have, and what they do. */
const PICTURE_SCORES: Partial<Record<ScoreName, string>> = {
  relative: "smooths pictures",
  edgeDistance: "compares edges of pictures",
};

/** The options that only pictures can have, and why. */
export function vectorFaults(
  { score, edgeWeight }: AnomalySettings,
): { readonly path: string; readonly message: string }[] {
  const what = PICTURE_SCORES[score];
  const wrongScore = what === undefined ? [] : [{
    path: "score",
    message: `must be another score for vectors, got "${score}", which ${what} (choose elbo or likelihood)`,
  }];
  const wrongWeight = edgeWeight === 0 ? [] : [{
    path: "edgeWeight",
    message: `must be 0 for vectors, got ${edgeWeight}, which weights edges of pictures`,
  }];
  return [...wrongScore, ...wrongWeight];
}
