// x = a noisy image, g_j = the clean image j, s = the noise's standard deviation.

/**
 * What can be reached at all: denoising without a model, by the noisy pixel alone and by the best of all estimators.
 *
 * @module
 */
import { type DrawKey, fillNormal } from "../core/random.ts";
import type { Split } from "../data/dataset.ts";

/** Pixel accuracies that need no model. */
export interface DenoisingLimits {
  /** Cutting the noisy pixel at 0.5. */
  readonly threshold: number;
  /** Cutting the posterior mean over all clean images at 0.5: no estimator gets more pixels right on average. */
  readonly best: number;
}

/**
 * The pixel accuracies on Gaussian noise, computed on the very draws that a model is measured on.
 *
 * The posterior of image j is `w_j ~ exp(-||x - g_j||^2 / (2 s^2))` under equal priors, and a pixel is on when
 * `sum_j w_j g_j > 0.5`: Bayes' rule for the 0-1 loss on each pixel.
 *
 * @param copies How often each image is drawn.
 */
export function denoisingLimits(
  split: Split,
  pixels: number,
  std: number,
  copies: number,
  key: DrawKey,
): DenoisingLimits {
  const clean = Float64Array.from(split.images, (byte) => byte / 255);
  const noise = new Float32Array(pixels), noisy = new Float64Array(pixels), mean = new Float64Array(pixels);
  const weights = new Float64Array(split.count);
  let thresholdRight = 0, bestRight = 0;
  for (let sample = 0; sample < split.count * copies; sample++) {
    const target = (sample % split.count) * pixels;
    fillNormal(noise, 1, pixels, [sample], key);
    for (let d = 0; d < pixels; d++) noisy[d] = clean[target + d] + noise[d] * std;
    posteriorMean(mean, weights, noisy, clean, std);
    for (let d = 0; d < pixels; d++) {
      const on = clean[target + d] > 0.5;
      if ((noisy[d] > 0.5) === on) thresholdRight++;
      if ((mean[d] > 0.5) === on) bestRight++;
    }
  }
  const total = split.count * copies * pixels;
  return { threshold: thresholdRight / total, best: bestRight / total };
}

function posteriorMean(
  mean: Float64Array,
  weights: Float64Array,
  noisy: Float64Array,
  clean: Float64Array,
  std: number,
): void {
  const pixels = noisy.length;
  let nearest = Infinity;
  for (let j = 0; j < weights.length; j++) {
    let distance = 0;
    for (let d = 0; d < pixels; d++) distance += (noisy[d] - clean[j * pixels + d]) ** 2;
    weights[j] = distance;
    nearest = Math.min(nearest, distance);
  }
  let total = 0;
  // The nearest image is taken out of all distances, so that the largest weight is 1 and none overflows.
  for (let j = 0; j < weights.length; j++) {
    total += weights[j] = Math.exp((nearest - weights[j]) / (2 * std * std));
  }
  mean.fill(0);
  for (let j = 0; j < weights.length; j++) {
    const weight = weights[j] / total;
    if (weight < 1e-12) continue;
    for (let d = 0; d < pixels; d++) mean[d] += weight * clean[j * pixels + d];
  }
}
