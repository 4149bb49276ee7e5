// n = images, K = latent size; points [n, K] are row-major.

/**
 * Vector arithmetic in the latent space: directions that stand for an attribute.
 *
 * @module
 */
import { meanPoint } from "./latent_space.ts";

/** What is changed: to a label from all others, or from one label to another. */
export type Attribute = string | { readonly from: string; readonly to: string };

/** An attribute in words. */
export function attributeText(attribute: Attribute): string {
  return typeof attribute === "string" ? attribute : `${attribute.from} to ${attribute.to}`;
}

/**
 * The mean latent of the images with an attribute minus that of those without it (Larsen et al. 2016, arXiv:1512.09300, section 4.2;
 * White 2016, arXiv:1609.04468, section 3.3). Shapes: points [n, K] -> [K]; `undefined` where a side has no image.
 */
export function attributeVector(
  points: Float32Array,
  K: number,
  withIt: readonly number[],
  without: readonly number[],
): number[] | undefined {
  if (withIt.length === 0 || without.length === 0) return undefined;
  const [to, from] = [withIt, without].map((rows) => meanPoint(points, K, rows));
  return to.map((value, k) => value - from[k]);
}

/** Points moved along a vector: `z + strength v`. Shape [n, K]. */
export function movedBy(points: Float32Array, vector: readonly number[], strength: number): Float32Array {
  return points.map((value, at) => value + strength * vector[at % vector.length]);
}

/** The quantile of N(0, 1) that leaves 2.5 % above it. */
const Z_95 = 1.959963984540054;

/** The 95 % interval of a share by its score (Wilson 1927): never beyond 0 and 1, and with a width at both. */
export function shareInterval(hits: number, count: number): [low: number, high: number] {
  const share = hits / count, square = Z_95 ** 2 / count;
  const middle = (share + square / 2) / (1 + square);
  const half = Z_95 * Math.sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
