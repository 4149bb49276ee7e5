// N = batch, D = values of a sample; x = target, l = logits [N, D], p = sigmoid(l).

/** The continuous Bernoulli likelihood, for values in [0, 1]. @module */
import { z } from "zod";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { bernoulliExcess } from "./excess.ts";
import type { LikelihoodKind } from "./likelihood.ts";
import { exponentialMean, logMeanDecay, magnitude } from "./exponential.ts";

/** The continuous Bernoulli likelihood with its options. */
export interface ContinuousBernoulliLoss {
  /** Which kind. */
  kind: "continuousBernoulli";
}

/**
 * The negative log-density in nats of each sample under the continuous Bernoulli distribution with parameter p:
 * `-sum_d (x_d log p_d + (1 - x_d) log(1 - p_d) + log C(p_d))`, `C(p) = 2 artanh(1 - 2p) / (1 - 2p)`, `C(1/2) = 2`.
 *
 * Loaiza-Ganem and Cunningham 2019 (arXiv:1907.06845), section 3. By the logits it is `log((exp(l) - 1) / l) - x l`, whose first term has
 * a series near l = 0 (p = 1/2). Without C it is the cross-entropy, which is no density of grey values. A density may be above 1, so the
 * result may be negative. Shapes: l, x [N, D] -> [N, 1].
 */
function continuousBernoulliError(build: GraphBuilder, l: Value, x: Value): Value {
  // log((exp(l) - 1) / l) is log((1 - exp(-|l|)) / |l|), and l more where that is positive: there l - x l is one product.
  const share = build.subtract(build.greater(l, build.constant(0)), x);
  return build.sumColumns(build.add(logMeanDecay(build, magnitude(build, l)), build.multiply(l, share)));
}

/**
 * The mean is `p / (2p - 1) + 1 / (2 artanh(1 - 2p))`, by the logits `1 / (1 - exp(-l)) - 1 / l`; it is not p. A draw is `log(1 + u (exp(l) - 1)) / l`, u ~ U(0, 1): the inverse of its
 * distribution function.
 */
export const continuousBernoulliKind = {
  schema: z.strictObject({ kind: z.literal("continuousBernoulli") }),
  outputActivations: ["sigmoid"],
  targets: "unit",
  isDiscrete: false,
  spread: () => undefined,
  error: (build, x, { logits }) => continuousBernoulliError(build, logits, x),
  errorName: "negativeLogLikelihood",
  nats: 1,
  mean: { of: (build, { logits }) => exponentialMean(build, logits), needsSpread: false },
  // The likelihood itself has no most likely value within [0, 1] to measure from.
  excess: bernoulliExcess,
  statistics: ({ logits }) => ({ outputLogits: logits }),
  describe: (_spec, values) => `continuous Bernoulli ${values}`,
} satisfies LikelihoodKind<ContinuousBernoulliLoss>;
