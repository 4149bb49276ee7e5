// N = rows of a batch, K = latent size, S = samples of the train split, mu, v [N, K] = means and log-variances of the posteriors,
// z [N, K] = a draw from each, W [N, N] = weights of pairs.

/**
 * The KL term of a VAE in three parts (Chen, Li, Grosse and Duvenaud 2018, arXiv:1802.04942, eq. 2), estimated on a batch: the mutual
 * information of samples and latent, the total correlation of the latent dimensions, and the KL of each dimension from the prior.
 *
 * @module
 */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import type { TotalCorrelation } from "./options.ts";

/** The three parts, in the order in which they are reported. */
export const KL_PARTS = ["mutualInformation", "totalCorrelation", "dimensionKl"] as const;
/** The name of a part. */
export type KlPart = typeof KL_PARTS[number];

/** What an estimate takes: a draw from the posterior of each row, and what it was drawn by. Shapes [N, K]; weights [N, N]. */
export interface PosteriorDraw {
  readonly z: Value;
  readonly mean: Value;
  readonly logVariance: Value;
  readonly epsilon: Value;
  readonly weights: Value;
}

/** The most by which a pair's log-density may exceed that of a row with itself: beyond it `exp` would overflow. */
const MOST_NATS = 80;
const LOG_2_PI = Math.log(2 * Math.PI);

/**
 * Adds the parts for each row [N, 1], in nats. With `q(z_i) = sum_j W_ij q(z_i | x_j)` and the same for each dimension:
 * `mutualInformation` is `log q(z_i | x_i) - log q(z_i)`, `totalCorrelation` `log q(z_i) - sum_k log q(z_ik)` and `dimensionKl`
 * `sum_k log q(z_ik) - log p(z_ik)`. They add up to `log q(z | x) - log p(z)`.
 *
 * A row's own density is taken out of the sum over pairs before `exp`, so that it neither vanishes nor overflows: its own weight stays, and a
 * pair counts at most e^80 times as much. The densities of a single dimension are at most e^4 under the bound of the log-variances.
 */
export function klParts(
  build: GraphBuilder,
  { z, mean, logVariance, epsilon, weights }: PosteriorDraw,
): Record<KlPart, Value> {
  const latent = z.shape[1] as number, half = build.constant(-0.5);
  const perRow = (terms: Value) =>
    build.multiply(half, build.sumColumns(build.add(terms, build.constant(LOG_2_PI))));
  const own = perRow(build.add(build.multiply(epsilon, epsilon), logVariance));
  const prior = perRow(build.multiply(z, z));
  let pairs: Value | undefined, marginals: Value | undefined;
  for (let k = 0; k < latent; k++) {
    const ofDimension = pairDensities(build, { z, mean, logVariance }, k);
    const marginal = build.log(build.sumColumns(build.multiply(weights, build.exp(ofDimension))));
    pairs = pairs === undefined ? ofDimension : build.add(pairs, ofDimension);
    marginals = marginals === undefined ? marginal : build.add(marginals, marginal);
  }
  const above = atMost(build, build.subtract(pairs!, own), MOST_NATS);
  const ratio = build.log(build.sumColumns(build.multiply(weights, build.exp(above))));
  return {
    mutualInformation: build.subtract(build.constant(0), ratio),
    totalCorrelation: build.subtract(build.add(own, ratio), marginals!),
    dimensionKl: build.subtract(marginals!, prior),
  };
}

/** `log q(z_ik | x_j)` of dimension k for all pairs of rows [N, N]. */
function pairDensities(
  build: GraphBuilder,
  { z, mean, logVariance }: Pick<PosteriorDraw, "z" | "mean" | "logVariance">,
  k: number,
): Value {
  const column = (value: Value) => build.sliceColumns(value, k, k + 1);
  const row = (value: Value) => build.reshape(column(value), [1, "batch"]);
  const spread = row(logVariance), difference = build.subtract(column(z), row(mean));
  const square = build.multiply(
    build.multiply(difference, difference),
    build.exp(build.subtract(build.constant(0), spread)),
  );
  return build.multiply(build.constant(-0.5), build.add(square, build.add(spread, build.constant(LOG_2_PI))));
}

/** `min(x, most)`; the gradient beyond it is 0. */
function atMost(build: GraphBuilder, x: Value, most: number): Value {
  return build.subtract(x, build.relu(build.subtract(x, build.constant(most))));
}

/**
 * Fills the weights W of the pairs of a batch, row-major [N, N], by which `sum_j W_ij q(z_i | x_j)` estimates the aggregate posterior
 * `1/S sum_s q(z_i | x_s)`.
 *
 * - `stratified`: minibatch stratified sampling (eq. S6 in the appendix): with M = N - 1, `1/S` for the row's own sample, which the draw
 *   came from, `(S - M) / (S M)` for one other row (here the next one, the first after the last), and `1/M` for the rest. They add up to 1, and the
 *   estimate is unbiased for a batch drawn without replacement. (The authors' code writes the first column where the formula has the row's own.)
 * - `weighted`: minibatch weighted sampling (section 3.1): `1/(S N)` for all, which is biased and low by `log S` at most.
 *
 * A batch of all samples (or, where samples are repeated, of more) has `1/N` for all, one of a single row its own density.
 */
export function fillPairWeights(
  weights: { [at: number]: number },
  rows: number,
  samples: number,
  { estimator }: Pick<TotalCorrelation, "estimator">,
): void {
  const others = rows - 1, isWhole = rows >= samples || others === 0;
  for (let row = 0; row < rows; row++) {
    const next = (row + 1) % rows;
    for (let other = 0; other < rows; other++) {
      weights[row * rows + other] = isWhole
        ? 1 / rows
        : estimator === "weighted"
        ? 1 / (samples * rows)
        : other === row
        ? 1 / samples
        : other === next
        ? (samples - others) / (samples * others)
        : 1 / others;
    }
  }
}
