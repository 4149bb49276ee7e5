// K = latent size; a point is K numbers; a picture is a byte a pixel, 255 is on.

/**
 * What the explorer needs of a trained model. It knows no engine, no dataset and no file: the command line brings them together.
 *
 * @module
 */
import { safe } from "../text.ts";

/** The two ways from one point to another. */
export const PATHS = ["linear", "spherical"] as const;

/** The straight line, or the great circle. */
export type PathName = typeof PATHS[number];

/** A decoder, and what there is to find the way by. */
export interface ExplorerModel {
  /** What it is, the most important first: the pipeline, the model in words, the run. */
  readonly title: readonly string[];
  /** K */
  readonly latent: number;
  /** Pixels of a picture. */
  readonly height: number;
  readonly width: number;
  /** The latent dimensions, those that carry most first. */
  readonly order: readonly number[];
  /** About how far points lie from the middle; the first step is a tenth of it. */
  readonly unit: number;
  /** The picture at a point, at once. */
  decode(point: readonly number[]): Uint8Array;
  /** The images to find one's bearings by; `null`: there are none. */
  readonly samples: ExplorerSamples | null;
  /** What a person should know from the start, as why there are no samples. */
  readonly notice: string | null;
  /** Where random points come from, in words: `the prior`. */
  readonly source: string;
  /** The random point of a number, counted from 0: always the same. */
  draw(number: number): number[];
  /** So many points from one to another, both ends included. */
  path(name: PathName, from: readonly number[], to: readonly number[], steps: number): number[][];
  /** Writes the picture at a point, and gives the name of the file. */
  writePicture(point: readonly number[]): Promise<string>;
  /** Writes the pictures at the points as an animation, there and back, and gives the name of the file. */
  writeAnimation(points: readonly (readonly number[])[]): Promise<string>;
}

/** Images with their places in the latent space. */
export interface ExplorerSamples {
  /** What they are, in one word: `test image`. */
  readonly noun: string;
  /** How many there are. */
  readonly count: number;
  /** The latents of the first of them, row by row: as many as are known. Shape [known, K]. */
  readonly latents: Float32Array;
  /** The class of each of these; `null` without classes. */
  readonly labels: ArrayLike<number> | null;
  readonly labelNames: readonly string[];
  /** The mean of the latents of each class; `null` for a class without images. */
  readonly means: readonly (readonly number[] | null)[];
  /** The latent of any image. */
  point(index: number): number[];
  /** Its class or name; nothing when it has neither. */
  caption(index: number): string;
  image(index: number): Uint8Array;
}

/** The model with no text in it that a terminal would obey. */
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

/** The known image that lies nearest to a point (by Euclidean distance); `undefined` when none is known. */
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
