// x = a corrupted image, g_j = the clean image j, s = the noise's standard deviation, p = the share of flipped pixels, D = pixels.

/**
 * What can be reached at all: denoising without a model, by the noisy pixel alone, by the nearest image and by the best of all rules.
 *
 * @module
 */
import type { Split } from "../../data/dataset.ts";
import { scaledValues } from "../../data/scale.ts";
import type { Corruption, Floats } from "../../engine/engine.ts";

/** A guess at what a corrupted image was: writes 0 or 1 per pixel. The image begins at `from`. */
export type DenoisingRule = (corrupted: Floats, from: number, guess: Uint8Array) => void;

/** Rules that need no model, by name; each is the best there is for what its text says. */
export type DenoisingRules = Readonly<Record<string, DenoisingRule>>;

/** The inputs of a rule: the clean images, all equally likely, and how they are corrupted. */
export interface RuleOptions {
  readonly split: Split;
  readonly pixels: number;
  readonly corruption: Corruption;
}

/** Thresholds the corrupted pixel at 0.5. */
export const threshold: DenoisingRule = (corrupted, from, guess) => {
  for (let d = 0; d < guess.length; d++) guess[d] = corrupted[from + d] > 0.5 ? 1 : 0;
};

/**
 * Thresholds the posterior mean over all clean images at 0.5: no rule gets more pixels right on average (Bayes' rule for the 0-1 loss on
 * each pixel).
 */
export function posteriorMean(options: RuleOptions): DenoisingRule {
  const { pixels, split } = options;
  const clean = cleanOf(options), weights = weigher(options);
  const mean = new Float64Array(pixels);
  return (corrupted, from, guess) => {
    const weight = weights(corrupted, from);
    mean.fill(0);
    for (let j = 0; j < split.count; j++) {
      if (weight[j] < 1e-12) continue;
      for (let d = 0; d < pixels; d++) mean[d] += weight[j] * clean[j * pixels + d];
    }
    for (let d = 0; d < pixels; d++) guess[d] = mean[d] > 0.5 ? 1 : 0;
  };
}

/** The most likely image, which is the nearest: no rule is exactly right more often (Bayes' rule for the 0-1 loss on whole images). */
export function nearestGlyph(options: RuleOptions): DenoisingRule {
  const clean = cleanOf(options), weights = weigher(options), { pixels } = options;
  return (corrupted, from, guess) => {
    const weight = weights(corrupted, from);
    const chosen = weight.indexOf(weight.reduce((most, own) => Math.max(most, own))) * pixels;
    for (let d = 0; d < pixels; d++) guess[d] = clean[chosen + d] > 0.5 ? 1 : 0;
  };
}

/**
 * The guess that most likely has at most one wrong pixel: of all images y the one with the largest posterior
 * `sum of w_j over |y - g_j| <= 1`, pixels counted (Bayes' rule for this very loss). Only a clean image, or one pixel from it, can be it;
 * it beats the nearest image where one guess lies within a pixel of two of them.
 */
export function withinOnePixelRule(options: RuleOptions): DenoisingRule {
  const clean = cleanOf(options), weights = weigher(options), { pixels } = options;
  const guesses = guessesWithinOne(clean, pixels);
  return (corrupted, from, guess) => {
    const weight = weights(corrupted, from);
    let most = -1;
    for (const { image, covers } of guesses) {
      let chance = 0;
      for (const j of covers) chance += weight[j];
      if (chance <= most) continue;
      most = chance;
      guess.set(image);
    }
  };
}

/** The clean images, and what is one pixel from more than one of them, each with the images within one pixel. */
function guessesWithinOne(clean: Float64Array, pixels: number): { image: Uint8Array; covers: number[] }[] {
  const images = Array.from(
    { length: clean.length / pixels },
    (_, j) => Uint8Array.from(clean.subarray(j * pixels, (j + 1) * pixels), (value) => value > 0.5 ? 1 : 0),
  );
  const neighbours = images.flatMap((image) =>
    image.keys().map((d) => image.with(d, 1 - image[d])).toArray()
  );
  const isWithinOne = (first: Uint8Array, second: Uint8Array) =>
    first.reduce((wrong, value, d) => wrong + (value === second[d] ? 0 : 1), 0) <= 1;
  return [...images, ...neighbours].map((image) => ({
    image,
    covers: [...images.keys()].filter((j) => isWithinOne(image, images[j])),
  })).filter(({ covers }, position) => position < images.length || covers.length > 1);
}

function cleanOf({ split }: RuleOptions): Float64Array {
  return scaledValues(split);
}

/**
 * The posterior of each clean image under equal priors: `w_j ~ exp(-||x - g_j||^2 / (2 s^2))` for Gaussian noise, `w_j ~ (p / (1 - p))^h`
 * with h = the pixels that differ for flipped ones, which of images of 0 and 1 is `||x - g_j||^2` too.
 */
function weigher(options: RuleOptions): (corrupted: Floats, from: number) => Float64Array {
  const { split, pixels, corruption } = options;
  const clean = cleanOf(options), rate = rateOf(corruption), weights = new Float64Array(split.count);
  return (corrupted, from) => {
    let nearest = Infinity;
    for (let j = 0; j < weights.length; j++) {
      let distance = 0;
      for (let d = 0; d < pixels; d++) distance += (corrupted[from + d] - clean[j * pixels + d]) ** 2;
      weights[j] = distance;
      nearest = Math.min(nearest, distance);
    }
    let total = 0;
    // The nearest image is taken out of all distances, so that the largest weight is 1 and none overflows.
    for (let j = 0; j < weights.length; j++) total += weights[j] = Math.exp(rate * (nearest - weights[j]));
    for (let j = 0; j < weights.length; j++) weights[j] /= total;
    return weights;
  };
}

function rateOf(corruption: Corruption): number {
  if (corruption.kind === "flips") return Math.log((1 - corruption.share) / corruption.share);
  if (corruption.kind === "gaussian" && corruption.std === corruption.maximumStd) {
    return 1 / (2 * corruption.std ** 2);
  }
  throw new RangeError(
    `noise must be Gaussian of one std, or flips, got ${JSON.stringify(corruption)}`,
  );
}
