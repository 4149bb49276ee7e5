// x = a value as the model sees it, y = its mean by the model.

/** How much of an error is due to one value, in nats. @module */

/** The least chance that a Bernoulli output is taken to have. */
const LEAST_CHANCE = 1e-6;

/** Half the squared error, in units of a variance. */
export function gaussianExcess(x: number, y: number, logVariance: number): number {
  return 0.5 * (x - y) ** 2 / Math.exp(logVariance);
}

/** The KL divergence of Bernoulli values. */
export function bernoulliExcess(x: number, y: number): number {
  const q = Math.min(1 - LEAST_CHANCE, Math.max(LEAST_CHANCE, y));
  const term = (p: number, chance: number) => p === 0 ? 0 : p * Math.log(p / chance);
  return term(x, q) + term(1 - x, 1 - q);
}
