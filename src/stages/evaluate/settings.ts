/** The options of evaluate, and its outputs. @module */
import { z } from "zod";

/** The schema of the options. */
export const EvaluateSettings = z.strictObject({
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
/** The options with all defaults. */
export type EvaluateSettings = z.infer<typeof EvaluateSettings>;

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
