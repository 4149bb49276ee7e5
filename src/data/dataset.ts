// One byte a pixel: 0 is off, 255 is on; a model sees byte / 255.

/**
 * What a source gives: grey images of one size, in a train and a test split.
 *
 * @module
 */

/** Some images. */
export interface Split {
  /** How many. */
  readonly count: number;
  /** Their pixels, row by row, one byte each. Length `count * height * width`. */
  readonly images: Uint8Array;
  /** A class for each image: an index into {@link Dataset.labelNames}. */
  readonly labels?: Uint16Array;
  /** A name for each image, for captions (a glyph's character, a file's name). */
  readonly names?: readonly string[];
}

/** Grey images of one size with their official (or drawn) splits. */
export interface Dataset {
  /** What it is called in captions and reports. */
  readonly name: string;
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
  /** The names of the classes, when the images have labels. */
  readonly labelNames?: readonly string[];
  /** What models are trained on. */
  readonly train: Split;
  /** What they are judged on. May be the train split itself, when the task is to store it (glyphs). */
  readonly test: Split;
}

/** The images `from` (inclusive) to `to` (exclusive) of a split, sharing its memory. */
export function sliceSplit(split: Split, pixels: number, from: number, to: number): Split {
  return {
    count: to - from,
    images: split.images.subarray(from * pixels, to * pixels),
    labels: split.labels?.subarray(from, to),
    names: split.names?.slice(from, to),
  };
}
