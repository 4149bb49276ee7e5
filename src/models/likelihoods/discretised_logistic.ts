// N = batch, D = values of a sample; x = target, m = location [N, D], s = scale, log s [1, D] or [N, D]; h = half the width of a level.

/** The discretised logistic likelihood, for values of 8 bits. @module */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { gaussianExcess } from "./excess.ts";
import type { LikelihoodKind, Spread } from "./likelihood.ts";
import { logMeanDecay } from "./exponential.ts";

/** The discretised logistic likelihood with its options as a pipeline's record holds them. */
export interface DiscretisedLogisticLoss {
  /** Which kind. */
  kind: "discretisedLogistic";
  /** What has a scale of its own. */
  scale: "channel" | "pixel";
}

/** Options for {@link discretisedLogistic}. */
export interface DiscretisedLogisticOptions {
  /**
   * `"channel"`: a scale that is learned for each channel, the same for all samples (of vectors one for all features). `"pixel"`: one for
   * each value of each sample, computed by a second output layer of the decoder. @default {"channel"}
   */
  scale?: "channel" | "pixel";
}

/**
 * The discretised logistic likelihood as a loss: the probability of each of 256 levels, for pixels of 8 bits (scaled to `k / 255`). It is that
 * of a logistic distribution between the edges of the level; the levels 0 and 255 have its tails.
 *
 * Kingma et al. 2016 (arXiv:1606.04934) and Salimans et al. 2017 (PixelCNN++, arXiv:1701.05517), section 2.1, there a mixture. Its
 * bound in bits per dimension, `-elbo / (D log 2)`, can be compared with publications. The scale starts at 0.1, with white at 1.
 *
 * @example
 * ```ts
 * import { discretisedLogistic, vae } from "@hourglass/hourglass";
 * const model = vae({ encoder: [400], latent: 20, loss: discretisedLogistic({ scale: "channel" }) });
 * ```
 */
export function discretisedLogistic(options: DiscretisedLogisticOptions = {}): DiscretisedLogisticLoss {
  return { kind: "discretisedLogistic", scale: "channel", ...optionsOf("discretisedLogistic", options) };
}

/** Half the width of a level: values are `k / 255`. */
const HALF = 0.5 / 255;

/** The logarithm of the scale at the start. */
const START = Math.log(0.1);

/**
 * The negative log-probability in nats of each sample: `-sum_d log(F(x_d + h) - F(x_d - h))`, `F(t) = sigmoid((t - m_d) / s_d)`, with
 * `F = 0` below the level 0 and `F = 1` above the level 255.
 *
 * With `a = (x + h - m) / s` and `b = (x - h - m) / s`, which differ by `w = 2h / s`, the difference is exactly
 * `sigmoid(a) sigmoid(-b) (1 - exp(-w))`: no difference of two numbers that are nearly the same, however small or far away the level. At the
 * level 0 only the first factor counts, at the level 255 only the second. Shapes: m, x [N, D], log s [1, D] or [N, D] -> [N, 1].
 */
function discretisedLogisticError(build: GraphBuilder, m: Value, x: Value, logScale: Value): Value {
  const zero = build.constant(0), one = build.constant(1), half = build.constant(HALF);
  const inverse = build.exp(build.subtract(zero, logScale));
  const isLowest = build.greater(half, x), isHighest = build.greater(x, build.constant(1 - HALF));
  const notLowest = build.subtract(one, isLowest), notHighest = build.subtract(one, isHighest);
  const offset = build.subtract(x, m);
  const a = build.multiply(build.add(offset, half), inverse);
  const b = build.multiply(build.subtract(offset, half), inverse);
  const below = build.multiply(notHighest, build.softplus(build.subtract(zero, a)));
  const above = build.multiply(notLowest, build.softplus(b));
  const inner = build.multiply(
    build.multiply(notLowest, notHighest),
    logComplement(build, inverse, logScale),
  );
  return build.sumColumns(build.subtract(build.add(below, above), inner));
}

/** `log(1 - exp(-w))`, `w = 2h / s`, as `log w + log((1 - exp(-w)) / w)`. */
function logComplement(build: GraphBuilder, inverse: Value, logScale: Value): Value {
  const logWidth = build.subtract(build.constant(Math.log(2 * HALF)), logScale);
  return build.add(logWidth, logMeanDecay(build, build.multiply(build.constant(2 * HALF), inverse)));
}

/**
 * The mean of the logistic distribution cut to [0, 1], its tails at 0 and 1: `s (softplus(m / s) - softplus((m - 1) / s))`, the integral of
 * `P(X > t)` from 0 to 1. The mean of the 256 levels, which sums that probability at the edges of the levels, is within half a level of it,
 * and far nearer where s is not below a level. Shapes: m [N, D], log s [1, D] or [N, D] -> [N, D].
 */
function discretisedLogisticMean(build: GraphBuilder, m: Value, logScale: Value): Value {
  const scale = build.exp(logScale);
  const upTo = (location: Value) => build.softplus(build.divide(location, scale));
  return build.multiply(
    scale,
    build.subtract(upTo(m), upTo(build.subtract(m, build.constant(1)))),
  );
}

/** See {@link discretisedLogistic}. A draw is `m + s log(u / (1 - u))`, u ~ U(0, 1), rounded to the nearest level in [0, 1]. */
export const discretisedLogisticKind = {
  schema: z.strictObject({
    kind: z.literal("discretisedLogistic"),
    scale: z.enum(["channel", "pixel"]).default("channel"),
  }),
  outputActivations: ["linear", "sigmoid"],
  targets: "levels",
  isDiscrete: true,
  spread: ({ scale }): Spread => ({ name: "logScale", per: scale, offset: START, isMeanSquare: false }),
  error: (build, x, { location, logSpread }) => discretisedLogisticError(build, location, x, logSpread!),
  errorName: "negativeLogLikelihood",
  nats: 1,
  mean: {
    of: (build, { location, logSpread }) => discretisedLogisticMean(build, location, logSpread!),
    needsSpread: true,
  },
  // The variance of a logistic distribution of scale s is (pi s)^2 / 3.
  excess: (x, y, _spec, logScale) => gaussianExcess(x, y, 2 * logScale + Math.log(Math.PI ** 2 / 3)),
  statistics: ({ location, logSpread }) => ({ outputLocation: location, outputLogScale: logSpread! }),
  describe: ({ scale }, values) =>
    `discretised logistic ${values}${scale === "pixel" ? " with a scale that the decoder gives" : ""}`,
} satisfies LikelihoodKind<DiscretisedLogisticLoss>;
