// n = images, K = latent size; points [n, K] are row-major.

/**
 * Vector arithmetic in the latent space: directions that stand for an attribute.
 *
 * @module
 */
import { meanPoint } from "./latent_space.ts";

/** What is changed: to a label from all others, or from one label to another. */
export type Attribute = string | { readonly from: string; readonly to: string };

/** An attribute as text. */
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
