/**
 * Makes a dataset of arrays of numbers, wherever they came from: the samples, and maybe labels and targets, of one to three splits.
 *
 * @module
 */
import { z } from "zod";
import { RunError, shortened } from "../../core/errors.ts";
import { isSameShape, type SampleShape, sampleShapeText, sampleSize } from "../../core/shape.ts";
import { limitOption, offsetOption, type SourceContext, testShareOption } from "../contract.ts";
import type { Dataset, Split } from "../dataset.ts";
import { drawTestSplit, takeFrom } from "../split.ts";
import {
  dropMissing,
  fillMissing,
  type InfiniteRule,
  InfiniteSetting,
  infiniteToMissing,
  type MissingRule,
  MissingSetting,
} from "./missing.ts";
import type { NumberArray } from "./stored_array.ts";

/** The shape of a sample: a vector, a grey picture or a picture with channels last. */
const shapeOption: z.ZodOptional<z.ZodArray<z.ZodInt>> = z.array(z.int().min(1)).min(1).max(3)
  .optional();

/** Options that all sources of arrays have. */
export const arrayOptions = {
  shape: shapeOption,
  testShare: testShareOption.optional(),
  limit: limitOption,
  offset: offsetOption,
  missing: MissingSetting,
  infinite: InfiniteSetting,
};

/** Options that all sources of arrays have, as a pipeline file writes them. */
export interface ArrayOptions {
  /**
   * The shape of a sample: `[features]`, `[height, width]` or `[height, width, channels]` with 1 or 3 channels.
   * @default {that of the array, after its first dimension}
   */
  shape?: readonly number[];
  /** Which share of the samples becomes the test split, from 0 (none: train is test) to 0.9. @default {0.1} */
  testShare?: number;
  /** How many samples to train on at most. @default all */
  limit?: number;
  /** How many samples of the train split to skip first. @default {0} */
  offset?: number;
  /**
   * What becomes of NaN: an error, the mean or the median of the same value in the train split, 0, or a sample that is left out.
   * @default {"refuse"}
   */
  missing?: MissingRule;
  /** What becomes of infinite numbers: an error, or the same as of NaN. @default {"refuse"} */
  infinite?: InfiniteRule;
}

/** Labels of samples: whole numbers, or the names of the classes. */
export interface LabelArray {
  /** Their name for messages. */
  readonly name: string;
  readonly values: ArrayLike<number | string>;
}

/** The arrays of one split. */
export interface SplitArrays {
  readonly values: NumberArray;
  readonly labels?: LabelArray;
  readonly targets?: NumberArray;
}

/** The arrays of a dataset. */
export interface ArraySet {
  readonly train: SplitArrays;
  readonly test?: SplitArrays;
  readonly validation?: SplitArrays;
}

/** The shape of a sample of an array, as far as it has one. */
export function sampleShapeOf(
  sizes: readonly number[],
  shape: readonly number[] | undefined,
): SampleShape | undefined {
  const inner = shape ?? sizes.slice(1);
  if (inner.length === 2) return [...inner, 1];
  if (inner.length === 3 && inner[2] !== 1 && inner[2] !== 3) return undefined;
  return inner.length === 1 || inner.length === 3 ? inner : undefined;
}

function shapeOf({ name, sizes }: NumberArray, shape: readonly number[] | undefined): SampleShape {
  const found = sampleShapeOf(sizes, shape);
  if (found !== undefined) return found;
  if (shape !== undefined) {
    throw new RunError(
      `load.source.shape must have 1 or 3 channels as its third dimension, got ${shape.join("x")}`,
    );
  }
  const first = sizes.length === 4 ? sizes[1] : 0;
  const remedy = first === 1
    ? `channels come last: shape: [${sizes[2]}, ${sizes[3]}, 1]`
    : first === 3
    ? "channels come last: np.moveaxis(x, 1, -1)"
    : "give a shape, or reshape it";
  throw new RunError(
    `${name} must be [samples, features], [samples, height, width] or [samples, height, width, channels] ` +
      `with 1 or 3 channels, got [${sizes.join(", ")}] (${remedy})`,
  );
}

function checkSizes(array: NumberArray, shape: SampleShape, options: Pick<ArraySetOptions, "shape">): void {
  const { name, sizes } = array, found = sampleShapeOf(sizes, options.shape);
  const size = sizes.slice(1).reduce((all, one) => all * one, 1);
  if (size !== sampleSize(shape) || found === undefined || !isSameShape(found, shape)) {
    throw new RunError(
      `samples of ${name} must be ${sampleShapeText(shape)}, got ${
        sizes.length === 0 ? "a single number" : `[${sizes.join(", ")}]`
      }`,
    );
  }
}

function splitOf(
  { values, labels, targets }: SplitArrays,
  shape: SampleShape,
  options: Pick<ArraySetOptions, "shape">,
): Split {
  const count = values.sizes[0] ?? 0, { name } = values;
  if (values.sizes.includes(0)) {
    throw new RunError(`${name} must have samples, got [${values.sizes.join(", ")}], an empty array`);
  }
  for (const array of [values, ...(targets === undefined ? [] : [targets])]) {
    checkSizes(array, shape, options);
  }
  if (targets !== undefined && targets.sizes[0] !== count) {
    throw new RunError(
      `${targets.name} must have one target for each of the ${
        count.toLocaleString("en-US")
      } samples of ${name}, got ${targets.sizes[0].toLocaleString("en-US")}`,
    );
  }
  if (labels !== undefined && labels.values.length !== count) {
    throw new RunError(
      `${labels.name} must have one label for each of the ${
        count.toLocaleString("en-US")
      } samples of ${name}, ` +
        `got ${labels.values.length.toLocaleString("en-US")} (pass the labels of these samples)`,
    );
  }
  return {
    count,
    values: values.values,
    ...(values.file && { file: values.file }),
    ...(targets && { targets: { values: targets.values, ...(targets.file && { file: targets.file }) } }),
  };
}

/** The most classes that there may be. */
const MOST_CLASSES = 65_536;

/** The names of the classes of some labels, and a function from a label to its class. */
function classesOf(all: readonly (LabelArray | undefined)[]) {
  const given = all.filter((labels) => labels !== undefined);
  const isText = given.some(({ values }) => typeof values[0] === "string");
  if (isText) {
    const labelNames = [...new Set(given.flatMap(({ values }) => Array.from(values, String)))].sort();
    const classes = new Map(labelNames.map((name, label) => [name, label]));
    return { labelNames, classOf: (label: number | string) => classes.get(String(label))! };
  }
  let last = -1;
  for (const { name, values } of given) {
    for (let at = 0; at < values.length; at++) {
      const label = values[at];
      if (!(Number.isInteger(label) && Number(label) >= 0 && Number(label) < MOST_CLASSES)) {
        throw new RunError(
          `${name} must hold whole numbers from 0 to ${(MOST_CLASSES - 1).toLocaleString("en-US")}, got ${
            shortened(String(label))
          } at sample ${at} (number the classes from 0: np.unique(y, return_inverse=True)[1])`,
        );
      }
      last = Math.max(last, Number(label));
    }
  }
  return {
    labelNames: Array.from({ length: last + 1 }, (_, label) => String(label)),
    classOf: (label: number | string) => Number(label),
  };
}

/** Checks that arrays belong together, by their sizes and labels. @throws {RunError} When they do not. */
export function checkArrays(
  { train, test, validation }: ArraySet,
  options: Pick<ArraySetOptions, "shape">,
): void {
  const splits = [train, test, validation].filter((split) => split !== undefined);
  const shape = shapeOf(train.values, options.shape);
  for (const split of splits) splitOf(split, shape, options);
  classesOf(splits.map(({ labels }) => labels));
}

/** The share of the samples that are kept for the test, when there are no test samples. */
const DEFAULT_TEST_SHARE = 0.1;

/** Options for {@link datasetOfArrays}: a source's spec. */
export interface ArraySetOptions {
  readonly shape?: readonly number[];
  readonly testShare?: number;
  readonly limit?: number;
  readonly offset?: number;
  readonly missing: MissingRule;
  readonly infinite: InfiniteRule;
}

/**
 * A dataset of arrays. Without test samples a share of the train samples is drawn by the run's seed; `"reuse"` may move the samples within
 * their memory for that.
 *
 * @throws {RunError} When the arrays do not belong together, or hold what is refused.
 */
export function datasetOfArrays(
  name: string,
  set: ArraySet,
  options: ArraySetOptions,
  { seed, log, warn = log }: SourceContext,
  memory: "copy" | "reuse",
): Dataset {
  const { train, test, validation } = set, shape = shapeOf(train.values, options.shape);
  const size = sampleSize(shape),
    { labelNames, classOf } = classesOf(
      [train, test, validation].map((split) => split?.labels),
    );
  const prepared = (arrays: SplitArrays): Split => {
    const { labels } = arrays;
    const split = {
      ...splitOf(arrays, shape, options),
      ...(labels && { labels: Uint16Array.from(labels.values as ArrayLike<number>, classOf) }),
    };
    const { name } = arrays.values, finite = infiniteToMissing(split, size, options, name);
    return dropMissing(finite, size, options, name, warn);
  };
  const all = prepared(train);
  if (all.count < 2) {
    throw new RunError(`${train.values.name} must have at least 2 samples to train on, got ${all.count}`);
  }
  const parts = test === undefined
    ? drawTestSplit(all, size, options.testShare ?? DEFAULT_TEST_SHARE, seed, log, memory)
    : { train: all, test: prepared(test) };
  const dataset = {
    name,
    shape,
    ...(labelNames.length > 0 && { labelNames }),
    train: takeFrom(parts.train, size, train.values.name, options),
    test: parts.test,
    ...(validation && { validation: prepared(validation) }),
  };
  return fillMissing(dataset, options, warn);
}
