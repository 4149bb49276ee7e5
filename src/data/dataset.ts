// Bytes are the pixels of pictures: 0 is off, 255 is on. Floats are values in the units of the data.

/**
 * A data set: samples of one shape, in a train, a test and maybe a validation split.
 *
 * @module
 */
import type { Preparation } from "../core/preparation.ts";
import { BYTES_SCALE, PLAIN_SCALE, type Scale } from "../core/scale.ts";
import {
  kindOf,
  type SampleShape,
  sampleShapeText,
  type SampleValues,
  type ValueKind,
} from "../core/shape.ts";

/** Samples in a file, one after the other. */
export interface SampleFile {
  /** Its path. */
  readonly path: string;
  /** How it stores a value: a byte, or a float of single precision (little-endian). */
  readonly kind: ValueKind;
  /** The byte at which the first sample begins. */
  readonly start: number;
  /** How many samples are held in memory at a time. */
  readonly block: number;
  /** Its size in bytes and its time (milliseconds since 1970), by which a change is detected. */
  readonly size: number;
  /** See {@link size}. */
  readonly modified: number;
}

/** The values of samples, in memory or in a file. */
export interface Samples {
  /** One sample after the other, in the units of the data; empty when they are in a {@link file}. Length `count * sampleSize(shape)`. */
  readonly values: SampleValues;
  /** Their file, when they do not fit in memory; `data/feed.ts` reads it. */
  readonly file?: SampleFile;
}

/** Some samples of a dataset. */
export interface Split extends Samples {
  /** How many. */
  readonly count: number;
  /** What a model should make of each sample, when that is not the sample itself: in the same order, shape and units. */
  readonly targets?: Samples;
  /** How values become what a model sees. @default {bytes are divided by 255, floats stay as they are} */
  readonly scale?: Scale;
  /**
   * The seed by which each value is sampled as 1 or 0, with its brightness as the probability: again each epoch in training, and once in
   * evaluations. @default {the pixels stay grey}
   */
  readonly resampled?: number;
  /** That these are the samples of only one of `ranks` ranks: the others have samples of their own. @default {all have these} */
  readonly shard?: { readonly ranks: number };
  /** A class for each sample: an index into {@link Dataset.labelNames}. */
  readonly labels?: Uint16Array;
  /** A name for each sample, for captions (a glyph's character, a file's name). */
  readonly names?: readonly string[];
}

/** How grey pixels are used: unchanged (as Bernoulli targets), thresholded at 0.5, or sampled. */
export type Binarisation = "grey" | "threshold" | "resampled";

/** What a source left out. */
export interface SkippedSamples {
  /** How many files, and of how many. */
  readonly count: number;
  /** See {@link count}. */
  readonly of: number;
  /** The first of them by name, with the reasons, as text. */
  readonly text: string;
}

/** Samples of one shape with their official (or drawn) splits. */
export interface Dataset {
  /** Its name in captions and reports. */
  readonly name: string;
  /** The shape of a sample: `[height, width, channels]` of a picture, `[features]` of a vector. */
  readonly shape: SampleShape;
  /** The name of each value of a sample, where they have names: the columns of a table. Length `sampleSize(shape)`. */
  readonly featureNames?: readonly string[];
  /** The names of the classes, when the samples have labels. */
  readonly labelNames?: readonly string[];
  /** How grey pixels are used: unchanged, thresholded at 0.5, or sampled. @default {"grey"} */
  readonly binarisation?: Binarisation;
  /** What the source left out, as it could not be read. @default nothing */
  readonly skipped?: SkippedSamples;
  /** What the source did to its samples, which new samples of a trained model need, too. @default nothing */
  readonly preparation?: Preparation;
  /** The samples for training. */
  readonly train: Split;
  /** The samples for evaluation. May be the train split itself, when the task is to memorise it (glyphs). */
  readonly test: Split;
  /** The samples for the validation loss, where the source has some of its own. @default {a share of the train split, if asked for} */
  readonly validation?: Split;
}

/** The names of the splits. */
export type SplitName = "train" | "test" | "validation";

/** A dataset with its splits changed one by one; splits that are the same split stay so. */
export function mapSplits(dataset: Dataset, change: (split: Split, name: SplitName) => Split): Dataset {
  const train = change(dataset.train, "train");
  const test = dataset.test === dataset.train ? train : change(dataset.test, "test");
  const { validation } = dataset;
  return { ...dataset, train, test, ...(validation && { validation: change(validation, "validation") }) };
}

/** How the values of samples are stored. */
export function kindOfSamples({ values, file }: Samples): ValueKind {
  return file?.kind ?? kindOf(values);
}

/** The scale of a split: the one that was chosen, or the default of the kind of its values. */
export function scaleOf(split: Samples & Pick<Split, "scale">): Scale {
  return split.scale ?? (kindOfSamples(split) === "bytes" ? BYTES_SCALE : PLAIN_SCALE);
}

/** The number of samples as text: `60,000 + 10,000 images of 28x28`; one number when the test split is the train split. */
export function datasetText({ train, test, validation, shape }: Dataset): string {
  const others = [...(test === train ? [] : [test]), ...(validation === undefined ? [] : [validation])];
  return samplesText([train, ...others].map(({ count }) => count), shape);
}

/** Counts of samples and their shape as text: `60,000 + 10,000 images of 28x28`, `1,000 vectors of 30`. */
export function samplesText(counts: readonly number[], shape: SampleShape): string {
  const noun = shape.length === 1 ? "vectors" : "images";
  return `${counts.map((count) => count.toLocaleString("en-US")).join(" + ")} ${noun} of ${
    sampleShapeText(shape)
  }`;
}
