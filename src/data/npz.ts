/**
 * The source `npz`: samples from arrays of one .npz file of NumPy, packed or not.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf } from "../core/arguments.ts";
import { messageOf, RunError } from "../core/errors.ts";
import type { Fault } from "../core/fault.ts";
import { type ArrayOptions, arrayOptions, datasetOfArrays, sampleShapeOf } from "./arrays/array_set.ts";
import { readArray } from "./arrays/number_array.ts";
import { openNpz } from "./arrays/open_npz.ts";
import {
  checkSplits,
  imagesNames,
  imagesOption,
  readSplits,
  sizesText,
  SPLIT_PARTS,
} from "./arrays/split_names.ts";
import type { Source, SourceContext } from "./contract.ts";
import { fingerprintFiles } from "./fingerprint.ts";
import { fileFault } from "./picture_files.ts";
import { SPLIT_VERSION } from "./split.ts";

const array = z.string().min(1);

const schema = z.strictObject({
  source: z.literal("npz"),
  file: z.string().min(1),
  images: array,
  labels: array.optional(),
  targets: array.optional(),
  testImages: array.optional(),
  testLabels: array.optional(),
  testTargets: array.optional(),
  validationImages: array.optional(),
  validationLabels: array.optional(),
  validationTargets: array.optional(),
  ...arrayOptions,
}).superRefine((spec, context) => checkSplits(imagesNames(spec), context, "Images"));

type NpzSpec = z.output<typeof schema>;

/** Which arrays of a file {@link npz} reads, by their names. */
export interface NpzOptions extends ArrayOptions {
  /** The samples to train on (pictures or vectors). */
  images: string;
  /** Their labels: whole numbers from 0. */
  labels?: string;
  /** What a model should make of each sample. @default {the samples themselves} */
  targets?: string;
  /** The test samples. @default {a share of the others, drawn by the run's seed} */
  testImages?: string;
  /** The test samples' labels. */
  testLabels?: string;
  /** The test samples' targets. */
  testTargets?: string;
  /** Samples for the validation loss. @default {a share of the train split} */
  validationImages?: string;
  /** The validation samples' labels. */
  validationLabels?: string;
  /** The validation samples' targets. */
  validationTargets?: string;
}

/** This source as a pipeline file writes it, by {@link npz}. */
export type NpzInput = { source: "npz"; file: string } & NpzOptions;

/**
 * Samples from arrays of a .npz file, as `np.savez` and `np.savez_compressed` write it. Nothing is read before the run but the headers.
 *
 * @example
 * ```ts
 * import { load, npz } from "@hourglass/hourglass";
 *
 * const stage = load(npz("digits.npz", { images: "x_train", labels: "y_train", testImages: "x_test", testLabels: "y_test" }));
 * ```
 */
export function npz(file: string, options: NpzOptions): NpzInput {
  return { source: "npz", file, ...optionsOf("npz", options) };
}

async function open(spec: NpzSpec, context: SourceContext) {
  const { memory, log, warn } = context, archive = openNpz(spec.file);
  const set = await readSplits(
    imagesNames(spec),
    (name, content) =>
      readArray(archive.array(name), { memory: content === "labels" ? Infinity : memory, log, warn }),
  );
  return datasetOfArrays("npz", set, spec, context, "reuse");
}

/** The sizes of arrays; `undefined` where they cannot be known. */
function peekSizes(file: string, ...names: (string | undefined)[]): (readonly number[] | undefined)[] {
  try {
    const archive = openNpz(file);
    return names.map((name) => name === undefined ? undefined : archive.array(name).sizes);
  } catch {
    return names.map(() => undefined);
  }
}

function faults(spec: NpzSpec): Fault[] {
  const message = fileFault(spec.file), names = imagesNames(spec);
  if (message !== undefined) return [{ path: "file", message }];
  try {
    const archive = openNpz(spec.file);
    return SPLIT_PARTS.flatMap((part) => {
      const name = names[part];
      if (name === undefined) return [];
      try {
        archive.array(name);
        return [];
      } catch (thrown) {
        return [{ path: imagesOption(part), message: messageOf(thrown) }];
      }
    });
  } catch (thrown) {
    if (!(thrown instanceof RunError)) throw thrown;
    return [{ path: "file", message: thrown.message }];
  }
}

/** The source `npz`. */
export const npzSource: Source<typeof schema> = {
  kind: "npz",
  schema,
  describe({ file, images, testImages, validationImages, shape }) {
    return `npz: ${sizesText(peekSizes(file, images, testImages, validationImages), shape) ?? file}`;
  },
  shape({ file, images, shape }) {
    const [sizes] = peekSizes(file, images);
    return sizes && sampleShapeOf(sizes, shape);
  },
  classes: ({ labels }) => labels === undefined ? null : undefined,
  hasValidation: ({ validationImages }) => validationImages !== undefined,
  version: SPLIT_VERSION,
  faults,
  fingerprint: ({ file }) => fingerprintFiles([file]),
  open,
};
