// One byte per pixel: 0 is off, 255 is on; a model sees byte / 255.

/**
 * A data set: grey images of one size, in a train and a test split.
 *
 * @module
 */
import { readImages } from "./feed.ts";

/** Images in a file, one after the other, a byte per pixel. */
export interface ImageFile {
  /** Its path. */
  readonly path: string;
  /** The byte at which the first image begins. */
  readonly start: number;
  /** How many images are held in memory at a time. */
  readonly block: number;
  /** Its size in bytes and its time (milliseconds since 1970), by which a change is detected. */
  readonly size: number;
  /** See {@link size}. */
  readonly modified: number;
}

/** Some images. */
export interface Split {
  /** How many. */
  readonly count: number;
  /** Their pixels, row by row, one byte each. Length `count * height * width`; empty when they are in a {@link file}. */
  readonly images: Uint8Array;
  /** Their file, when they do not fit in memory; `data/feed.ts` reads it. */
  readonly file?: ImageFile;
  /**
   * The seed by which each pixel is sampled as 1 or 0, with its brightness as the probability: again each epoch in training, and once in
   * evaluations. @default {the pixels stay grey}
   */
  readonly resampled?: number;
  /** A class for each image: an index into {@link Dataset.labelNames}. */
  readonly labels?: Uint16Array;
  /** A name for each image, for captions (a glyph's character, a file's name). */
  readonly names?: readonly string[];
}

/** How grey pixels are used: unchanged (as Bernoulli targets), thresholded at 0.5, or sampled. */
export type Binarisation = "grey" | "threshold" | "resampled";

/** Grey images of one size with their official (or drawn) splits. */
export interface Dataset {
  /** Its name in captions and reports. */
  readonly name: string;
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
  /** The names of the classes, when the images have labels. */
  readonly labelNames?: readonly string[];
  /** How grey pixels are used: unchanged, thresholded at 0.5, or sampled. @default {"grey"} */
  readonly binarisation?: Binarisation;
  /** The images for training. */
  readonly train: Split;
  /** The images for evaluation. May be the train split itself, when the task is to memorise it (glyphs). */
  readonly test: Split;
}

/** The images `from` (inclusive) to `to` (exclusive) of a split, sharing its memory. */
export function sliceSplit(split: Split, pixels: number, from: number, to: number): Split {
  return {
    count: to - from,
    images: split.images.subarray(from * pixels, to * pixels),
    file: split.file && { ...split.file, start: split.file.start + from * pixels },
    resampled: split.resampled,
    labels: split.labels?.subarray(from, to),
    names: split.names?.slice(from, to),
  };
}

/** The first images of a split, at most `most`, in memory even if the split has a file. */
export function firstOfSplit(split: Split, pixels: number, most: number): Split {
  const first = sliceSplit(split, pixels, 0, Math.min(most, split.count));
  if (first.file === undefined) return first;
  const images = new Uint8Array(first.count * pixels);
  readImages(first, pixels, 0, images);
  return { ...first, images, file: undefined };
}

/** The number of images as text: `60,000 + 10,000 images of 28x28`; one number when the test split is the train split. */
export function datasetText({ train, test, height, width }: Dataset): string {
  return imagesText([train.count, ...(test === train ? [] : [test.count])], height, width);
}

/** Counts of images and their size as text: `60,000 + 10,000 images of 28x28`. */
export function imagesText(counts: readonly number[], height: number, width: number): string {
  return `${counts.map((count) => count.toLocaleString("en-US")).join(" + ")} images of ${height}x${width}`;
}

/** The images at the given positions of a split, copied into memory in that order. */
export function pickFromSplit(split: Split, pixels: number, positions: ArrayLike<number>): Split {
  const images = new Uint8Array(positions.length * pixels);
  for (let row = 0; row < positions.length; row++) {
    readImages(split, pixels, positions[row], images.subarray(row * pixels, (row + 1) * pixels));
  }
  const { labels, names, resampled } = split;
  return {
    count: positions.length,
    images,
    resampled,
    labels: labels && Uint16Array.from(positions, (position) => labels[position]),
    names: names && Array.from(positions, (position) => names[position]),
  };
}
