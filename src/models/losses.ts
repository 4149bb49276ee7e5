// N = batch, K = latent size; mu, logVar [N, K].

/** The terms of a VAE's loss besides its likelihood. @module */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";

/**
 * KL(N(mu, exp(logVar)) || N(0, 1)) in nats, for each sample and latent dimension:
 * `0.5 (mu^2 + exp(logVar) - 1 - logVar)`, Kingma and Welling 2014, App. B (arXiv:1312.6114). Shapes: [N, K] -> [N, K].
 */
export function klDivergence(build: GraphBuilder, mu: Value, logVar: Value): Value {
  const spread = build.subtract(build.exp(logVar), build.add(logVar, build.constant(1)));
  return build.multiply(build.constant(0.5), build.add(build.multiply(mu, mu), spread));
}

/** `mu + exp(logVar / 2) eps`, eps ~ N(0, 1): the reparameterisation of Kingma and Welling 2014, section 2.4. Shapes [N, K]. */
export function reparameterise(build: GraphBuilder, mu: Value, logVar: Value, eps: Value): Value {
  const std = build.exp(build.multiply(build.constant(0.5), logVar));
  return build.add(mu, build.multiply(std, eps));
}

/** One latent sample of each of n samples under a posterior [n, K], and what the model gave for it. */
interface WeighedSample {
  /** `-log p(x | z)` [n, 1]. */
  readonly error: Value;
  /** `z = mean + exp(logVariance / 2) epsilon`. */
  readonly z: Value;
  readonly epsilon: Value;
  readonly logVariance: Value;
}

/**
 * The logarithm of an importance weight in nats, `log p(x | z) + log p(z) - log q(z | x)`, which is
 * `-error + 0.5 sum_k (epsilon_k^2 + logVariance_k - z_k^2)`; the constants of both Gaussians cancel. Shapes: [n, 1], [n, K] -> [n, 1].
 */
export function logImportanceWeight(
  build: GraphBuilder,
  { error, z, epsilon, logVariance }: WeighedSample,
): Value {
  const square = (value: Value) => build.multiply(value, value);
  const ratio = build.subtract(build.add(square(epsilon), logVariance), square(z));
  return build.subtract(build.multiply(build.constant(0.5), build.sumColumns(ratio)), error);
}

/**
 * `log(1/k sum_s exp(w_s))` of each row, with the largest taken out so that nothing overflows. Its gradient by w are the normalised
 * weights, `softmax(w)`. Shapes: w [n, k] -> [n, 1].
 */
export function logMeanExp(build: GraphBuilder, w: Value): Value {
  const largest = build.stopGradient(build.sumColumns(build.multiply(w, build.oneHotOfMaximum(w))));
  const sum = build.sumColumns(build.exp(build.subtract(w, largest)));
  return build.add(largest, build.log(build.multiply(sum, build.constant(1 / (w.shape[1] as number)))));
}

/** The larger of two values, element by element; the gradient goes to the larger (to b at a tie). */
export function maximum(build: GraphBuilder, a: Value, b: Value): Value {
  const first = build.greater(a, b);
  const second = build.subtract(build.constant(1), first);
  return build.add(build.multiply(a, first), build.multiply(b, second));
}
