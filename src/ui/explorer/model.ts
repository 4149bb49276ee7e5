// K = latent size; a point is K numbers; a picture has a byte for each value of a pixel, 255 is on.

/**
 * The interface to a trained model that the explorer needs. It is independent of engines, datasets and files, which the command line provides.
 *
 * @module
 */
import { safe } from "../text/text.ts";

/** The two kinds of path from one point to another. */
export const PATHS = ["linear", "spherical"] as const;

/** The straight line, or the great circle. */
export type PathName = typeof PATHS[number];

/** A decoder with its samples. */
export interface ExplorerModel {
  /** Its description, the most important first: the pipeline, the model, the run. */
  readonly title: readonly string[];
  /** K */
  readonly latent: number;
  /** Pixels of a picture. */
  readonly height: number;
  readonly width: number;
  /** Values per pixel: 1 (grey) or 3 (red, green, blue). @default {1} */
  readonly channels?: 1 | 3;
  /** The latent dimensions, the most informative first. */
  readonly order: readonly number[];
  /** The typical distance of points from the origin; the initial step is a tenth of it. */
  readonly unit: number;
  /** The picture at a point; synchronous. */
  decode(point: readonly number[]): Uint8Array;
  /** Images for orientation; `null` if there are none. */
  readonly samples: ExplorerSamples | null;
  /** An initial notice, such as why there are no samples. */
  readonly notice: string | null;
  /** The source of random points, as text: `the prior`. */
  readonly source: string;
  /** The random point with an index from 0; deterministic. */
  draw(number: number): number[];
  /** Points from one to another, including both ends. */
  path(name: PathName, from: readonly number[], to: readonly number[], steps: number): number[][];
  /** Writes the picture at a point, and returns the name of the file. */
  writePicture(point: readonly number[]): Promise<string>;
  /** Writes the pictures at the points as an animation, forwards and backwards, and returns the name of the file. */
  writeAnimation(points: readonly (readonly number[])[]): Promise<string>;
}

/** Images with their latent vectors. */
export interface ExplorerSamples {
  /** What they are called: `test image`. */
  readonly noun: string;
  /** Number of images. */
  readonly count: number;
  /** The latents of the first of them, row by row. Shape [known, K]. */
  readonly latents: Float32Array;
  /** The class of each of these; `null` without classes. */
  readonly labels: ArrayLike<number> | null;
  readonly labelNames: readonly string[];
  /** The mean of the latents of each class; `null` for a class without images. */
  readonly means: readonly (readonly number[] | null)[];
  /** The latent of any image. */
  point(index: number): number[];
  /** Its class or name; empty without either. */
  caption(index: number): string;
  image(index: number): Uint8Array;
}

/** The model with all its text made safe for a terminal. */
export function harmlessModel(model: ExplorerModel): ExplorerModel {
  const { samples } = model;
  return {
    ...model,
    title: model.title.map(safe),
    notice: model.notice === null ? null : safe(model.notice),
    source: safe(model.source),
    samples: samples === null ? null : {
      ...samples,
      noun: safe(samples.noun),
      labelNames: samples.labelNames.map(safe),
      caption: (index) => safe(samples.caption(index)),
    },
    writePicture: async (point) => safe(await model.writePicture(point)),
    writeAnimation: async (points) => safe(await model.writeAnimation(points)),
  };
}

/** The image with the nearest known latent (Euclidean distance); `undefined` if none is known. */
export function nearestSample(
  { latents }: ExplorerSamples,
  point: readonly number[],
): { index: number; distance: number } | undefined {
  let index = -1, best = Infinity;
  for (let row = 0, at = 0; at < latents.length; row++) {
    let sum = 0;
    for (let k = 0; k < point.length; k++) sum += (latents[at++] - point[k]) ** 2;
    if (sum < best) [index, best] = [row, sum];
  }
  return index < 0 ? undefined : { index, distance: Math.sqrt(best) };
}
