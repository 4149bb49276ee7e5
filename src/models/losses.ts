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

/** The larger of two values, element by element; the gradient goes to the larger (to b at a tie). */
export function maximum(build: GraphBuilder, a: Value, b: Value): Value {
  const first = build.greater(a, b);
  const second = build.subtract(build.constant(1), first);
  return build.add(build.multiply(a, first), build.multiply(b, second));
}
