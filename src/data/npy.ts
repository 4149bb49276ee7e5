/**
 * The source `npy`: samples from files of NumPy arrays.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf } from "../core/arguments.ts";
import { messageOf } from "../core/errors.ts";
import type { Fault } from "../core/fault.ts";
import {
  type ArrayOptions,
  arrayOptions,
  type ArraySet,
  datasetOfArrays,
  type LabelArray,
  sampleShapeOf,
  type SplitArrays,
} from "./arrays/array_set.ts";
import { readArray } from "./arrays/number_array.ts";
import { openNpy, peekNpy } from "./arrays/open_npy.ts";
import type { NumberArray } from "./arrays/stored_array.ts";
import type { Source, SourceContext } from "./contract.ts";
import { samplesText } from "./dataset.ts";
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
}).superRefine(checkSplits);

type NpySpec = z.output<typeof schema>;

/** The names of the files of each split. */
interface SplitNames {
  readonly labels?: string;
  readonly targets?: string;
  readonly test?: string;
  readonly testLabels?: string;
  readonly testTargets?: string;
  readonly validation?: string;
  readonly validationLabels?: string;
  readonly validationTargets?: string;
}

/** Checks which options go together. */
export function checkSplits(
  spec: SplitNames & { readonly testShare?: number },
  context: { addIssue(issue: { code: "custom"; path: string[]; message: string }): void },
): void {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  for (const split of ["test", "validation"] as const) {
    for (const part of ["Labels", "Targets"] as const) {
      if (spec[`${split}${part}`] === undefined || spec[split] !== undefined) continue;
      refuse(`${split}${part}`, `'${split}${part}' belong to '${split}', which is not given`);
    }
  }
  if (spec.testShare !== undefined && spec.test !== undefined) {
    refuse("testShare", "'testShare' draws the test split, which 'test' already is: leave one of them out");
  }
  for (const split of ["test", "validation"] as const) {
    if (
      spec[split] === undefined || (spec.targets === undefined) === (spec[`${split}Targets`] === undefined)
    ) {
      continue;
    }
    refuse(`${split}Targets`, "targets must be given for every split or for none");
  }
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

const FILES = [
  "file",
  "labels",
  "targets",
  "test",
  "testLabels",
  "testTargets",
  "validation",
  "validationLabels",
  "validationTargets",
] as const;

/** The labels that an array holds, `[samples]` or `[samples, 1]`. */
function labelsOf({ name, sizes, values }: NumberArray): LabelArray {
  const isList = sizes.slice(1).every((size) => size === 1);
  return { name: isList ? name : `${name}, ${sizes.join("x")},`, values };
}

/** Reads the arrays of all splits by their names. */
async function readSplits(
  { train, ...names }: SplitNames & { readonly train: string },
  read: (name: string, context: "values" | "labels") => Promise<NumberArray>,
): Promise<ArraySet> {
  const split = async (values: string, labels?: string, targets?: string): Promise<SplitArrays> => ({
    values: await read(values, "values"),
    ...(labels !== undefined && { labels: labelsOf(await read(labels, "labels")) }),
    ...(targets !== undefined && { targets: await read(targets, "values") }),
  });
  const { labels, targets, test, testLabels, testTargets, validation } = names;
  return {
    train: await split(train, labels, targets),
    ...(test !== undefined && { test: await split(test, testLabels, testTargets) }),
    ...(validation !== undefined && {
      validation: await split(validation, names.validationLabels, names.validationTargets),
    }),
  };
}

async function open(spec: NpySpec, context: SourceContext) {
  const { memory, log, warn } = context;
  const set = await readSplits(
    { ...spec, train: spec.file },
    (file, content) =>
      readArray(openNpy(file), { memory: content === "labels" ? Infinity : memory, log, warn }),
  );
  return datasetOfArrays("npy", set, spec, context);
}

/** Counts and shape of arrays as text, by their sizes; `undefined` where they are not known. */
export function sizesText(
  sizes: readonly (readonly number[] | undefined)[],
  shape: readonly number[] | undefined,
): string | undefined {
  const [train] = sizes, found = train && sampleShapeOf(train, shape);
  if (train === undefined || found === undefined) return undefined;
  return samplesText(sizes.flatMap((one) => one === undefined ? [] : [one[0]]), found);
}

function faults(spec: NpySpec): Fault[] {
  return FILES.flatMap((option) => {
    const file = spec[option];
    if (file === undefined) return [];
    const message = fileFault(file) ?? headerFault(file);
    return message === undefined ? [] : [{ path: option, message }];
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
  hasValidation: ({ validation }) => validation !== undefined,
  version: SPLIT_VERSION,
  faults,
  fingerprint: (spec) => fingerprintFiles(FILES.map((option) => spec[option])),
  open,
};
