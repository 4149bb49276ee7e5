// N = batch, D = values of a sample; x = target, y = output [N, D].

/** The squared error: a Gaussian of variance 1 without its constant. @module */
import { z } from "zod";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { gaussianExcess } from "./excess.ts";
import type { LikelihoodKind } from "./likelihood.ts";

/** The squared error with its options. */
export interface SquaredErrorLoss {
  /** Which kind. */
  kind: "mse";
}

/** `sum_d (y_d - x_d)^2` for each sample. Shapes: y, x [N, D] -> [N, 1]. */
export function squaredError(build: GraphBuilder, y: Value, x: Value): Value {
  const difference = build.subtract(y, x);
  return build.sumColumns(build.multiply(difference, difference));
}

/**
 * Half the squared error is `-log p(x | z)` of a Gaussian of variance 1 but for `D/2 log(2 pi)`, which is left out: bounds by this loss cannot
 * be compared with those of other likelihoods. A draw is `y + eps`, eps ~ N(0, 1).
 */
export const squaredErrorKind = {
  schema: z.strictObject({ kind: z.literal("mse") }),
  outputActivations: ["sigmoid", "linear"],
  targets: "any",
  isDiscrete: false,
  spread: () => undefined,
  error: (build, x, { location }) => squaredError(build, location, x),
  errorName: "squaredError",
  nats: 0.5,
  excess: (x, y) => gaussianExcess(x, y, 0),
  statistics: () => ({}),
  describe: (_spec, values) => `Gaussian ${values}`,
} satisfies LikelihoodKind<SquaredErrorLoss>;
