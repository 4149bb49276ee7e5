/**
 * The source `idx`: images (and labels) from IDX files, the format of MNIST, Fashion-MNIST and similar data sets.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf } from "../core/arguments.ts";
import { messageOf } from "../core/errors.ts";
import type { Fault } from "../core/fault.ts";
import { type ArrayOptions, arrayOptions, datasetOfArrays, sampleShapeOf } from "./arrays/array_set.ts";
import { readArray } from "./arrays/number_array.ts";
import {
  checkSplits,
  imagesNames,
  imagesOption,
  readSplits,
  sizesText,
  SPLIT_PARTS,
} from "./arrays/split_names.ts";
import type { StoredArray } from "./arrays/stored_array.ts";
import type { Source, SourceContext } from "./contract.ts";
import { fingerprintFiles } from "./fingerprint.ts";
import { type IdxContent, openIdx, peekIdx } from "./idx_format.ts";
import { fileFault } from "./picture_files.ts";
import { SPLIT_VERSION } from "./split.ts";

const file = z.string().min(1);

const schema = z.strictObject({
  source: z.literal("idx"),
  images: file,
  labels: file.optional(),
  targets: file.optional(),
  testImages: file.optional(),
  testLabels: file.optional(),
  testTargets: file.optional(),
  validationImages: file.optional(),
  validationLabels: file.optional(),
  validationTargets: file.optional(),
  transpose: z.boolean().default(false),
  ...arrayOptions,
}).superRefine((spec, context) => checkSplits(imagesNames(spec), context, "Images"));

type IdxSpec = z.output<typeof schema>;

/** What {@link idx} reads. Files may be gzipped. */
export interface IdxOptions extends ArrayOptions {
  /** The IDX file of the images. */
  images: string;
  /** The IDX file of their labels. */
  labels?: string;
  /** The IDX file of what a model should make of each image. @default {the images themselves} */
  targets?: string;
  /** The IDX file of the test images; without it a share of the images is drawn by the run's seed. */
  testImages?: string;
  /** The IDX file of the test images' labels. */
  testLabels?: string;
  /** The IDX file of the test images' targets. */
  testTargets?: string;
  /** The IDX file of images for the validation loss. @default {a share of the train split} */
  validationImages?: string;
  /** The IDX file of the validation images' labels. */
  validationLabels?: string;
  /** The IDX file of the validation images' targets. */
  validationTargets?: string;
  /** Whether rows and columns are exchanged in the files, as in EMNIST. @default {false} */
  transpose?: boolean;
}

/** This source as a pipeline file writes it, by {@link idx}. */
export type IdxInput = { source: "idx" } & IdxOptions;

/**
 * Images from IDX files of any type, as vectors in two dimensions, grey in three, with channels in four. Nothing is read before the run but
 * the headers.
 *
 * @example
 * ```ts
 * import { idx, load } from "@hourglass/hourglass";
 *
 * const letters = "emnist-letters-train";
 * const stage = load(
 *   idx({ images: `${letters}-images-idx3-ubyte.gz`, labels: `${letters}-labels-idx1-ubyte.gz`, transpose: true }),
 * );
 * ```
 */
export function idx(options: IdxOptions): IdxInput {
  return { source: "idx", ...optionsOf("idx", options) };
}

/** The sizes of an array whose rows and columns are exchanged. */
function transposedSizes([count, rows, columns, ...channels]: readonly number[]): readonly number[] {
  return columns === undefined ? [count, rows] : [count, columns, rows, ...channels];
}

/** For each value of a transposed image, its position in the image as it is stored. */
function transposedOrder([, rows, columns = 1, channels = 1]: readonly number[]): Uint32Array {
  const order = new Uint32Array(rows * columns * channels);
  let at = 0;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      for (let channel = 0; channel < channels; channel++) {
        order[at++] = (row * columns + column) * channels + channel;
      }
    }
  }
  return order;
}

const contentOf = (part: string): IdxContent => /labels$/i.test(part) ? "labels" : "images";

async function open(spec: IdxSpec, context: SourceContext) {
  const { memory, log, warn } = context;
  const read = async (file: string, content: "values" | "labels") => {
    if (content === "labels") return await readArray(openIdx(file, content), { log, warn });
    const array: StoredArray = openIdx(file, "images");
    if (!spec.transpose) return await readArray(array, { memory, log, warn });
    const order = transposedOrder(array.sizes);
    return {
      ...await readArray({ ...array, order }, { memory, log, warn }),
      sizes: transposedSizes(array.sizes),
    };
  };
  return datasetOfArrays("idx", await readSplits(imagesNames(spec), read), spec, context, "reuse");
}

function peekSizes(file: string | undefined, { transpose }: Pick<IdxSpec, "transpose">) {
  const sizes = file === undefined ? undefined : peekIdx(file, "images")?.sizes;
  return sizes && (transpose ? transposedSizes(sizes) : sizes);
}

function faults(spec: IdxSpec): Fault[] {
  const names = imagesNames(spec);
  return SPLIT_PARTS.flatMap((part) => {
    const file = names[part];
    if (file === undefined) return [];
    const message = fileFault(file) ?? headerFault(file, contentOf(part));
    return message === undefined ? [] : [{ path: imagesOption(part), message }];
  });
}

function headerFault(file: string, content: IdxContent): string | undefined {
  try {
    openIdx(file, content);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** The source `idx`. */
export const idxSource: Source<typeof schema> = {
  kind: "idx",
  schema,
  describe(spec) {
    const { images, testImages, validationImages, shape } = spec;
    const sizes = [images, testImages, validationImages].map((file) => peekSizes(file, spec));
    return `idx: ${sizesText(sizes, shape) ?? images}`;
  },
  shape(spec) {
    const sizes = peekSizes(spec.images, spec);
    return sizes && sampleShapeOf(sizes, spec.shape);
  },
  classes: ({ labels }) => labels === undefined ? null : undefined,
  hasValidation: ({ validationImages }) => validationImages !== undefined,
  version: SPLIT_VERSION,
  faults,
  fingerprint(spec) {
    const names = imagesNames(spec);
    return fingerprintFiles(SPLIT_PARTS.map((part) => names[part]));
  },
  open,
};
