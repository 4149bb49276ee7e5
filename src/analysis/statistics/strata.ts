// G = images (strata), m = draws of each, n = G m, y = a number in [0, 1] of each draw, v = the variance of its mean, z = 1.96.

/**
 * Means over draws of images that are all measured, with the interval that the draws leave open.
 *
 * The independent unit is the draw, one corrupted image: its pixels go right or wrong together, so they are one number and not 35. The
 * images are no sample but all there are, each drawn equally often, so what differs between them is no uncertainty: the variance of the
 * mean is that of stratified sampling, `v = 1/G^2 sum_g s_g^2 / m` (Cochran 1977, Sampling Techniques, eq. 5.7).
 *
 * @module
 */
import { type Estimate, wilson, Z_95 } from "./intervals.ts";

/** A mean over draws and its variance. */
interface StratifiedMean {
  readonly mean: number;
  readonly variance: number;
}

/** Draw r is of image r mod `images`. */
function stratify(values: ArrayLike<number>, images: number): StratifiedMean {
  const draws = values.length / images;
  let sum = 0, variance = 0;
  for (let image = 0; image < images; image++) {
    let own = 0, squares = 0;
    for (let at = image; at < values.length; at += images) own += values[at];
    for (let at = image; at < values.length; at += images) squares += (values[at] - own / draws) ** 2;
    sum += own;
    variance += draws > 1 ? squares / (draws - 1) / draws : Infinity;
  }
  return { mean: sum / values.length, variance: variance / images ** 2 };
}

/**
 * The mean of numbers in [0, 1] (a share of right pixels, or 1 for a success) with Wilson's interval for as many trials as the draws are
 * worth: `p (1 - p) / v` (Kish 1965, Survey Sampling, sec. 8.2), and the draws themselves where all are alike. So an accuracy of 1 has an
 * interval too. Without an interval for one draw per image.
 */
export function stratifiedShare(values: ArrayLike<number>, images: number): Estimate {
  const { mean, variance } = stratify(values, images);
  if (!Number.isFinite(variance)) return { value: mean };
  const trials = variance === 0 ? values.length : mean * (1 - mean) / variance;
  return { ...wilson(mean * trials, trials)!, value: mean };
}

/**
 * The mean difference of two numbers of the same draws, `mean -+ z sqrt(v)` of the differences: what both have in common cancels. Without
 * an interval where no draw differs, or for one draw per image.
 */
export function stratifiedDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  images: number,
): Estimate {
  const differences = Float64Array.from(first, (value, at) => value - second[at]);
  const { mean, variance } = stratify(differences, images);
  if (!Number.isFinite(variance) || variance === 0) return { value: mean };
  const half = Z_95 * Math.sqrt(variance);
  return { value: mean, low: mean - half, high: mean + half };
}
