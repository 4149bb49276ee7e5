/**
 * The source `npy`: samples from files of NumPy arrays.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf } from "../core/arguments.ts";
import { messageOf } from "../core/errors.ts";
import type { Fault } from "../core/fault.ts";
import { type ArrayOptions, arrayOptions, datasetOfArrays, sampleShapeOf } from "./arrays/array_set.ts";
import { readArray } from "./arrays/number_array.ts";
import { openNpy, peekNpy } from "./arrays/open_npy.ts";
import { checkSplits, readSplits, sizesText, SPLIT_PARTS, type SplitNames } from "./arrays/split_names.ts";
import type { Source, SourceContext } from "./contract.ts";
import { fingerprintFiles } from "./fingerprint.ts";
import { fileFault } from "./picture_files.ts";
import { SPLIT_VERSION } from "./split.ts";

const file = z.string().min(1);

const schema = z.strictObject({
  source: z.literal("npy"),
  file,
  labels: file.optional(),
  targets: file.optional(),
  test: file.optional(),
  testLabels: file.optional(),
  testTargets: file.optional(),
  validation: file.optional(),
  validationLabels: file.optional(),
  validationTargets: file.optional(),
  ...arrayOptions,
}).superRefine(({ file: _, ...names }, context) => checkSplits(names, context));

type NpySpec = z.output<typeof schema>;

/** The options under the names that sources of arrays share. */
function namesOf({ file, ...names }: NpySpec): SplitNames & { readonly train: string; testShare?: number } {
  return { ...names, train: file };
}

/** What {@link npy} reads besides the samples to train on. */
export interface NpyOptions extends ArrayOptions {
  /** The file of the samples' labels: whole numbers from 0. */
  labels?: string;
  /** The file of what a model should make of each sample. @default {the samples themselves} */
  targets?: string;
  /** The file of the test samples. @default {a share of the others, drawn by the run's seed} */
  test?: string;
  /** The file of the test samples' labels. */
  testLabels?: string;
  /** The file of the test samples' targets. */
  testTargets?: string;
  /** The file of samples for the validation loss. @default {a share of the train split} */
  validation?: string;
  /** The file of the validation samples' labels. */
  validationLabels?: string;
  /** The file of the validation samples' targets. */
  validationTargets?: string;
}

/** This source as a pipeline file writes it, by {@link npy}. */
export type NpyInput = { source: "npy"; file: string } & NpyOptions;

/**
 * Samples from a .npy file of real numbers of any type: `[samples, features]`, `[samples, height, width]` or
 * `[samples, height, width, channels]`. Nothing is read before the run but the header.
 *
 * @example
 * ```ts
 * import { load, minMax, npy } from "@hourglass/hourglass";
 *
 * const stage = load(npy("spectra.npy", { labels: "classes.npy" }), { scale: minMax() });
 * ```
 */
export function npy(file: string, options: NpyOptions = {}): NpyInput {
  return { source: "npy", file, ...optionsOf("npy", options) };
}

async function open(spec: NpySpec, context: SourceContext) {
  const { memory, log, warn } = context;
  const set = await readSplits(
    namesOf(spec),
    (file, content) =>
      readArray(openNpy(file), { memory: content === "labels" ? Infinity : memory, log, warn }),
  );
  return datasetOfArrays("npy", set, spec, context, "reuse");
}

function faults(spec: NpySpec): Fault[] {
  const names = namesOf(spec);
  return SPLIT_PARTS.flatMap((part) => {
    const file = names[part];
    if (file === undefined) return [];
    const message = fileFault(file) ?? headerFault(file);
    return message === undefined ? [] : [{ path: part === "train" ? "file" : part, message }];
  });
}

function headerFault(file: string): string | undefined {
  try {
    openNpy(file);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** The source `npy`. */
export const npySource: Source<typeof schema> = {
  kind: "npy",
  schema,
  describe({ file, test, validation, shape }) {
    const sizes = [file, test, validation].map((one) => one === undefined ? undefined : peekNpy(one)?.sizes);
    return `npy: ${sizesText(sizes, shape) ?? file}`;
  },
  shape({ file, shape }) {
    const sizes = peekNpy(file)?.sizes;
    return sizes && sampleShapeOf(sizes, shape);
  },
  classes: ({ labels }) => labels === undefined ? null : undefined,
  hasValidation: ({ validation }) => validation !== undefined,
  version: SPLIT_VERSION,
  faults,
  fingerprint(spec) {
    const names = namesOf(spec);
    return fingerprintFiles(SPLIT_PARTS.map((part) => names[part]));
  },
  open,
};
