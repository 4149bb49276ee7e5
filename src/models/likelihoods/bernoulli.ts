// N = batch, D = values of a sample; x = target, l = logits [N, D].

/** The Bernoulli likelihood: binary cross-entropy. @module */
import { z } from "zod";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { bernoulliExcess } from "./excess.ts";
import type { LikelihoodKind } from "./likelihood.ts";

/** The Bernoulli likelihood with its options. */
export interface BernoulliLoss {
  /** Which kind. */
  kind: "bce";
}

/**
 * Binary cross-entropy in nats for each sample, from logits: `sum_d softplus(l_d) - x_d l_d`, which equals
 * `-sum_d x_d log p_d + (1 - x_d) log(1 - p_d)` for `p = sigmoid(l)` and never takes the log of 0.
 * Grey pixels are Bernoulli targets as they are. Shapes: l, x [N, D] -> [N, 1].
 */
export function crossEntropy(build: GraphBuilder, l: Value, x: Value): Value {
  return build.sumColumns(build.subtract(build.softplus(l), build.multiply(x, l)));
}

/** The mean is `p = sigmoid(l)`; a draw is 1 with probability p, else 0. */
export const bernoulliKind = {
  schema: z.strictObject({ kind: z.literal("bce") }),
  outputActivations: ["sigmoid"],
  targets: "unit",
  isDiscrete: true,
  spread: () => undefined,
  error: (build, x, { logits }) => crossEntropy(build, logits, x),
  errorName: "crossEntropy",
  nats: 1,
  excess: bernoulliExcess,
  statistics: () => ({}),
  describe: (_spec, values) => `Bernoulli ${values}`,
} satisfies LikelihoodKind<BernoulliLoss>;
