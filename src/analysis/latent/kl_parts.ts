// n = samples, S = draws, K = latent size; mu, v [n, K] = means and log-variances of posteriors; every block is row-major.

/**
 * The parts of the KL divergence of a VAE over some samples, by their own aggregate posterior.
 *
 * @module
 */
import { type DrawKey, fillNormal } from "../../core/random.ts";
import type { Floats } from "../../engine/engine.ts";
import type { KlPart } from "../../models/total_correlation.ts";

const LOG_2_PI = Math.log(2 * Math.PI);

/** The posteriors of samples, and draws from the first of them. */
export interface AggregatePosterior {
  /** Shape [n, K]. */
  readonly mean: Floats;
  /** Shape [n, K]. */
  readonly logVariance: Floats;
  readonly latent: number;
  /** At most how many samples a latent is drawn for, from the first on. */
  readonly draws: number;
  /** Of the draws. */
  readonly key: DrawKey;
}

/**
 * The parts of `KL(q(z | x) || p(z))` (Chen et al. 2018, arXiv:1802.04942, eq. 2), in nats, each a mean over the draws `z ~ q(z | x_s)`:
 * `mutualInformation` `log q(z | x_s) - log q(z)`, `totalCorrelation` `log q(z) - sum_k log q(z_k)`, `dimensionKl`
 * `sum_k log q(z_k) - log p(z_k)`. `q(z) = 1/n sum_i q(z | x_i)` is the aggregate posterior of the samples themselves, so no batch
 * stands for it; the mutual information is at most `log n`.
 */
export function aggregateKlParts(
  { mean, logVariance, latent, draws, key }: AggregatePosterior,
): Record<KlPart, number> {
  const samples = mean.length / latent, count = Math.min(draws, samples);
  const epsilon = new Float32Array(count * latent);
  fillNormal(epsilon, count, latent, Array.from({ length: count }, (_, row) => row), key);
  const precision = Float64Array.from(logVariance, (value) => Math.exp(-value));
  const z = new Float64Array(latent), marginal = new Float64Array(latent), joint = new Float64Array(samples);
  const sums = { mutualInformation: 0, totalCorrelation: 0, dimensionKl: 0 };
  for (let row = 0; row < count; row++) {
    let own = 0, prior = 0;
    marginal.fill(0);
    joint.fill(0);
    for (let k = 0; k < latent; k++) {
      const at = row * latent + k, draw = epsilon[at];
      z[k] = mean[at] + Math.exp(0.5 * logVariance[at]) * draw;
      own -= 0.5 * (draw ** 2 + logVariance[at] + LOG_2_PI);
      prior -= 0.5 * (z[k] ** 2 + LOG_2_PI);
    }
    for (let sample = 0, at = 0; sample < samples; sample++) {
      for (let k = 0; k < latent; k++, at++) {
        const density = -0.5 * ((z[k] - mean[at]) ** 2 * precision[at] + logVariance[at] + LOG_2_PI);
        joint[sample] += density;
        marginal[k] += Math.exp(density);
      }
    }
    const whole = logMeanOf(joint), each = marginal.reduce((sum, one) => sum + Math.log(one / samples), 0);
    sums.mutualInformation += (own - whole) / count;
    sums.totalCorrelation += (whole - each) / count;
    sums.dimensionKl += (each - prior) / count;
  }
  return sums;
}

/** `log(mean(exp(w)))`, with the largest taken out so that nothing overflows. */
function logMeanOf(values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const sum = values.reduce((total, value) => total + Math.exp(value - largest), 0);
  return largest + Math.log(sum / values.length);
}

/** The parts with each number changed. */
export function mapParts<Made>(
  { mutualInformation, totalCorrelation, dimensionKl }: Readonly<Record<KlPart, number>>,
  change: (value: number) => Made,
): Record<KlPart, Made> {
  return {
    mutualInformation: change(mutualInformation),
    totalCorrelation: change(totalCorrelation),
    dimensionKl: change(dimensionKl),
  };
}
