// D = pixels; a path is a list of images along a path through the latent space.

/**
 * How evenly images change along a path through the latent space.
 *
 * @module
 */

/** The evenness of one path. */
export interface Smoothness {
  /** The path's length over its chord, the straight distance between its ends; 1 is the straight path, as of a cross-fade. */
  readonly stretch: number;
  /** The longest step over the mean step; 1 is an even change, the number of steps a single jump. */
  readonly worstStep: number;
}

/**
 * Measures a path by the Euclidean distances between one image and the next: `stretch = sum_s |x_(s+1) - x_s| / |x_end - x_start|`
 * and `worstStep = max_s / mean_s`. `undefined` for a path whose ends are the same image.
 *
 * Shapes: images [steps, D], at least two.
 */
export function smoothnessOf(images: ArrayLike<number>, D: number): Smoothness | undefined {
  const steps = images.length / D;
  const lengths = Array.from({ length: steps - 1 }, (_, step) => distance(images, step, step + 1, D));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const chord = distance(images, 0, steps - 1, D);
  if (!(chord > 0)) return undefined;
  return { stretch: total / chord, worstStep: Math.max(...lengths) / (total / lengths.length) };
}

function distance(images: ArrayLike<number>, a: number, b: number, D: number): number {
  let sum = 0;
  for (let pixel = 0; pixel < D; pixel++) sum += (images[a * D + pixel] - images[b * D + pixel]) ** 2;
  return Math.sqrt(sum);
}

/** The means of several paths; `undefined` when none could be measured. */
export function meanSmoothness(paths: readonly (Smoothness | undefined)[]): Smoothness | undefined {
  const measured = paths.filter((path) => path !== undefined);
  if (measured.length === 0) return undefined;
  const mean = (of: (path: Smoothness) => number) =>
    measured.reduce((sum, path) => sum + of(path), 0) / measured.length;
  return { stretch: mean(({ stretch }) => stretch), worstStep: mean(({ worstStep }) => worstStep) };
}
