// d = the distance of an image to its nearest training image, in units of a pixel's range; Euclidean.

/**
 * What a generated image is: a near duplicate of a training image (an imitation), off the manifold (a worm), or new.
 *
 * @module
 */
import { quantile } from "../../core/statistics.ts";

/** The kind of a generated image; see {@link classifyNovelty}. */
export type NoveltyKind = "nearDuplicate" | "offManifold" | "new";

/** The distances at which one kind ends and another begins. */
export interface NoveltyThresholds {
  /** Nearer to a training image than this is a near duplicate. */
  readonly near: number;
  /** Farther from every training image than this is off the manifold. */
  readonly far: number;
}

/**
 * The thresholds: quantiles of the distance from held-out images to their nearest training image. By them a share
 * `near` of the real images would be near duplicates, and a share `1 - far` off the manifold.
 */
export function noveltyThresholds(
  heldOut: ArrayLike<number>,
  { near, far }: { near: number; far: number },
): NoveltyThresholds {
  const sorted = Float64Array.from(heldOut).sort();
  return { near: quantile(sorted, near), far: quantile(sorted, far) };
}

/**
 * The kind of each image by the distance to its nearest training image: near duplicate below `near`, off the manifold above `far`, else new. A
 * distance of 0 is a copy and so a near duplicate, whatever the threshold.
 */
export function classifyNovelty(
  distances: ArrayLike<number>,
  { near, far }: NoveltyThresholds,
): NoveltyKind[] {
  return Array.from(
    distances,
    (distance) =>
      distance === 0 || distance < near ? "nearDuplicate" : distance > far ? "offManifold" : "new",
  );
}

/**
 * How many images are authentic (Alaa et al. 2022, arXiv:2102.08921, section 3.3): farther from their nearest training image i than
 * image i is from its own nearest other training image. AuthPct is that in percent of all. What real images have depends on how crowded
 * the space is about images that are many others' nearest; it is 68 for the digits, so a value means little without theirs.
 *
 * @param distances Of each image to its nearest training image.
 * @param spacings Of that training image to its nearest other one.
 */
export function countAuthentic(distances: ArrayLike<number>, spacings: ArrayLike<number>): number {
  return Array.from(distances).filter((distance, at) => distance > spacings[at]).length;
}
