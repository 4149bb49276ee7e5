// N = batch, D = values of a sample; x = target, y = output [N, D], v = log-variance [1, 1], [1, D] or [N, D].

/** The Gaussian likelihood with a fixed or a learned variance. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { gaussianExcess } from "./excess.ts";
import type { LikelihoodKind, Spread } from "./likelihood.ts";
import { squaredError } from "./squared_error.ts";

/** The Gaussian likelihood with its options as a pipeline's record holds them. */
export interface GaussianLoss {
  /** Which kind. */
  kind: "gaussian";
  /** The variance, or what has a learned one of its own. */
  variance: number | "shared" | "feature" | "pixel";
}

/** Options for {@link gaussian}. */
export interface GaussianOptions {
  /**
   * The variance of a value, in squared units of what the model sees. A number: fixed. `"shared"`: one that is learned for all values.
   * `"feature"`: one that is learned for each value of a sample, the same for all samples. `"pixel"`: one for each value of each
   * sample, computed by a second output layer of the decoder. @default {"feature"}
   */
  variance?: number | "shared" | "feature" | "pixel";
}

/**
 * The Gaussian likelihood `N(x; y, variance)` as a loss, all constants included; `loss: "gaussian"` is that of `"feature"`.
 *
 * - A fixed variance weighs the reconstruction against the KL term: beta of a VAE divided by it.
 * - `"shared"`: the optimal sigma-VAE of Rybkin, Daniilidis and Levine 2021 (arXiv:2006.13202). The variance of the highest likelihood is the
 *   mean squared error of a value: training sets it to a moving average of that of its batches, at once and whatever the optimizer.
 * - `"feature"`: the same for each value, for measurements of different precision.
 * - `"pixel"`: Kingma and Welling 2014 (arXiv:1312.6114), App. C.2. A value that never varies has no most likely variance: the bound
 *   of the log-variance, from -10 to 10, then ends its fall. It starts near 1, and the optimizer updates the layer that gives it.
 *
 * @example
 * ```ts
 * import { gaussian, vae } from "@hourglass/hourglass";
 * const model = vae({ encoder: [400], latent: 20, loss: gaussian({ variance: "shared" }) });
 * ```
 */
export function gaussian(options: GaussianOptions = {}): GaussianLoss {
  return { kind: "gaussian", variance: "feature", ...optionsOf("gaussian", options) };
}

/**
 * The negative log-likelihood in nats of each sample under a Gaussian whose mean is the output, with log-variances v:
 * `0.5 sum_d (log(2 pi) + v_d + (x_d - y_d)^2 / exp(v_d))`, all constants included.
 *
 * Kingma and Welling 2014 (arXiv:1312.6114), App. C.2; with one v for all values the sigma-VAE of Rybkin, Daniilidis and Levine 2021
 * (arXiv:2006.13202, section 3 and eq. 4). Where v_d is the same for all samples, at the optimum `exp(v_d)` is the mean squared error
 * of feature d. Shapes: y, x [N, D], v [1, 1], [1, D] or [N, D] -> [N, 1].
 */
export function gaussianError(build: GraphBuilder, y: Value, x: Value, v: Value): Value {
  const difference = build.subtract(x, y), precision = build.exp(build.subtract(build.constant(0), v));
  const ofFeature = build.add(build.multiply(build.multiply(difference, difference), precision), v);
  const features = x.shape[1] as number;
  const total = build.add(build.sumColumns(ofFeature), build.constant(features * Math.log(2 * Math.PI)));
  return build.multiply(build.constant(0.5), total);
}

/** The same for a variance s^2 that is fixed: `D/2 log(2 pi s^2) + sum_d (x_d - y_d)^2 / (2 s^2)`. Shapes: y, x [N, D] -> [N, 1]. */
function fixedGaussianError(build: GraphBuilder, y: Value, x: Value, variance: number): Value {
  const features = x.shape[1] as number;
  const constant = build.constant(0.5 * features * Math.log(2 * Math.PI * variance));
  return build.add(build.multiply(build.constant(0.5 / variance), squaredError(build, y, x)), constant);
}

const PER = { shared: "all", feature: "feature", pixel: "pixel" } as const;
const TEXTS = {
  shared: "one learned variance",
  feature: "learned variances",
  pixel: "a variance that the decoder gives",
} as const;

/** See {@link gaussian}. A draw is `y + exp(v / 2) eps`, eps ~ N(0, 1). */
export const gaussianKind = {
  schema: z.strictObject({
    kind: z.literal("gaussian"),
    variance: z.union([z.number().positive(), z.enum(["shared", "feature", "pixel"])], {
      error: 'must be a positive number, "shared", "feature" or "pixel"',
    }).default("feature"),
  }),
  outputActivations: ["linear", "sigmoid"],
  targets: "any",
  isDiscrete: false,
  spread: ({ variance }): Spread | undefined =>
    typeof variance === "number"
      ? undefined
      : { name: "logVariance", per: PER[variance], offset: 0, isMeanSquare: variance !== "pixel" },
  error: (build, x, { location, logSpread }, { variance }) =>
    typeof variance === "number"
      ? fixedGaussianError(build, location, x, variance)
      : gaussianError(build, location, x, logSpread!),
  errorName: "negativeLogLikelihood",
  nats: 1,
  excess: (x, y, { variance }, logVariance) =>
    gaussianExcess(x, y, typeof variance === "number" ? Math.log(variance) : logVariance),
  statistics: ({ logSpread }): Record<string, Value> =>
    logSpread === undefined ? {} : { outputLogVariance: logSpread },
  describe: ({ variance }, values) =>
    `Gaussian ${values} with ${typeof variance === "number" ? `variance ${variance}` : TEXTS[variance]}`,
} satisfies LikelihoodKind<GaussianLoss>;
