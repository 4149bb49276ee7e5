// N = batch, D = values of a sample, K = latent size; x = target [N, D], l = logits [N, D], y = output [N, D], mu, logVar [N, K].

/**
 * The terms of the losses, per row: every function returns [N, 1], one number per sample, summed over values or latent dimensions.
 * The callers take the means over samples.
 *
 * @module
 */
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";

/** `sum_d (y_d - x_d)^2` for each sample. Shapes: y, x [N, D] -> [N, 1]. */
export function squaredError(build: GraphBuilder, y: Value, x: Value): Value {
  const difference = build.subtract(y, x);
  return build.sumColumns(build.multiply(difference, difference));
}

/**
 * Binary cross-entropy in nats for each sample, from logits: `sum_d softplus(l_d) - x_d l_d`, which equals
 * `-sum_d x_d log p_d + (1 - x_d) log(1 - p_d)` for `p = sigmoid(l)` and never takes the log of 0.
 * Grey pixels are Bernoulli targets as they are. Shapes: l, x [N, D] -> [N, 1].
 */
export function crossEntropy(build: GraphBuilder, l: Value, x: Value): Value {
  return build.sumColumns(build.subtract(build.softplus(l), build.multiply(x, l)));
}

/**
 * The negative log-likelihood in nats of each sample under a Gaussian whose mean is the output and whose variance is that of each
 * feature, the same for all samples: `0.5 sum_d (log(2 pi) + v_d + (x_d - y_d)^2 / exp(v_d))`, all constants included.
 *
 * Kingma and Welling 2014 (arXiv:1312.6114), App. C.2, with a variance that is a parameter of the model: the sigma-VAE of Rybkin,
 * Daniilidis and Levine 2021 (arXiv:2006.13202, section 3 and eq. 4), there with one variance for all features. At the optimum `exp(v_d)`
 * is the mean squared error of feature d. Shapes: y, x [N, D], v [1, D] -> [N, 1].
 */
export function gaussianError(build: GraphBuilder, y: Value, x: Value, v: Value): Value {
  const difference = build.subtract(x, y), precision = build.exp(build.subtract(build.constant(0), v));
  const ofFeature = build.add(build.multiply(build.multiply(difference, difference), precision), v);
  const features = x.shape[1] as number;
  const total = build.add(build.sumColumns(ofFeature), build.constant(features * Math.log(2 * Math.PI)));
  return build.multiply(build.constant(0.5), total);
}

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

/** The larger of two values, element by element; the gradient goes to the larger (to b at a tie). */
export function maximum(build: GraphBuilder, a: Value, b: Value): Value {
  const first = build.greater(a, b);
  const second = build.subtract(build.constant(1), first);
  return build.add(build.multiply(a, first), build.multiply(b, second));
}
