/**
 * The source `arrays`: samples from arrays of the pipeline file or script.
 *
 * The arrays stay in the memory of the process (and thread) that evaluates the file; a spec, which is plain data, has a hash of their
 * content. The worker of a run evaluates the file, too, so it has them under the same hash.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { optionsOf } from "../core/arguments.ts";
import { messageOf, RunError, UsageError } from "../core/errors.ts";
import { asBytes } from "../core/shape.ts";
import {
  type ArrayOptions,
  arrayOptions,
  type ArraySet,
  checkArrays,
  datasetOfArrays,
  type LabelArray,
  sampleShapeOf,
} from "./arrays/array_set.ts";
import { type ArrayInput, flatten } from "./arrays/flatten.ts";
import { checkSplits, sizesText } from "./arrays/split_names.ts";
import type { NumberArray } from "./arrays/stored_array.ts";
import type { Source } from "./contract.ts";
import { SPLIT_VERSION } from "./split.ts";

const sizes = z.array(z.int()).optional();

const schema = z.strictObject({
  source: z.literal("arrays"),
  content: z.string(),
  sizes: z.strictObject({ train: z.array(z.int()), test: sizes, validation: sizes }),
  ...arrayOptions,
});

/** What {@link arrays} gets: samples to train on, and what belongs to them. */
export interface ArraysOptions extends ArrayOptions {
  /** The samples to train on: nested arrays, a list of typed arrays, or one typed array of all values, which needs a `shape`. */
  train: ArrayInput;
  /** Their labels: whole numbers from 0, or names of classes. */
  labels?: LabelInput;
  /** What a model should make of each sample. @default {the samples themselves} */
  targets?: ArrayInput;
  /** The test samples. @default {a share of the others, drawn by the run's seed} */
  test?: ArrayInput;
  /** The test samples' labels. */
  testLabels?: LabelInput;
  /** The test samples' targets. */
  testTargets?: ArrayInput;
  /** Samples for the validation loss. @default {a share of the train split} */
  validation?: ArrayInput;
  /** The validation samples' labels. */
  validationLabels?: LabelInput;
  /** The validation samples' targets. */
  validationTargets?: ArrayInput;
}

/** Labels as a pipeline file has them. */
export type LabelInput = ArrayLike<number> | readonly string[];

/** This source as a pipeline file writes it, by {@link arrays}. */
export type ArraysInput = {
  source: "arrays";
  /** A hash of the content. */
  content: string;
  sizes: { train: number[]; test?: number[]; validation?: number[] };
} & ArrayOptions;

/** The arrays of this thread, by their hash. */
const known = new Map<string, ArraySet>();

/**
 * Samples from arrays of the pipeline file or script. `Uint8Array` and `Uint8ClampedArray` are pixels from 0 to 255; all other numbers are
 * used as they are, in single precision. Arrays of these two kinds and of `Float32Array` are not copied, so they must not change.
 *
 * @throws {UsageError} When an array holds something else than numbers, or rows of different lengths.
 *
 * @example
 * ```ts
 * import { arrays, load } from "@hourglass/hourglass";
 *
 * const waves = Array.from({ length: 100 }, (_, k) => Array.from({ length: 16 }, (_, x) => Math.sin(x + k)));
 * const stage = load(arrays({ train: waves }));
 * ```
 */
export function arrays(options: ArraysOptions): ArraysInput {
  const given = optionsOf("arrays", options), { train, labels, targets, test, validation, ...rest } = given;
  const { testLabels, testTargets, validationLabels, validationTargets, ...settings } = rest;
  checkNames({
    ...namesOf({ labels, targets, test, testLabels, testTargets }),
    ...namesOf({ validation, validationLabels, validationTargets }),
    testShare: given.testShare,
  });
  const shape = settings.shape;
  const numbers = (name: string, input: ArrayInput | undefined) =>
    input === undefined ? undefined : flatten(`arrays.${name}`, input, shape);
  const split = (name: string, values?: ArrayInput, own?: LabelInput, aims?: ArrayInput) => {
    const array = numbers(name, values), prefix = name === "train" ? "" : name;
    return array && {
      values: array,
      labels: own && labelArray(prefix === "" ? "labels" : `${prefix}Labels`, own),
      targets: numbers(prefix === "" ? "targets" : `${prefix}Targets`, aims),
    };
  };
  const set: ArraySet = {
    train: split("train", train, labels, targets) ?? missingTrain(),
    test: split("test", test, testLabels, testTargets),
    validation: split("validation", validation, validationLabels, validationTargets),
  };
  const content = hashOf(set);
  known.set(content, set);
  const sizesOf = ({ values }: { values: NumberArray }) => [...values.sizes];
  return {
    source: "arrays",
    content,
    sizes: {
      train: sizesOf(set.train),
      ...(set.test && { test: sizesOf(set.test) }),
      ...(set.validation && { validation: sizesOf(set.validation) }),
    },
    ...settings,
  };
}

/** Refuses labels and targets without their samples, and a share beside a split. */
function checkNames(given: Parameters<typeof checkSplits>[0]): void {
  checkSplits(given, {
    addIssue({ path, message }) {
      throw new UsageError(`arrays: ${path[0]}: ${message}`);
    },
  });
}

function namesOf(given: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined).map(([name]) => [name, name]),
  );
}

function missingTrain(): never {
  throw new UsageError("arrays: train must be samples, got undefined (arrays({ train: [[0, 1], [1, 0]] }))");
}

function labelArray(name: string, values: LabelInput): LabelArray {
  if (typeof values !== "object" || !Number.isInteger(values.length)) {
    throw new UsageError(`arrays.${name} must be a list of numbers or names, got ${typeof values}`);
  }
  return { name: `arrays.${name}`, values };
}

function hashOf(set: ArraySet): string {
  const hash = createHash("sha256");
  for (const [name, split] of Object.entries(set) as [string, ArraySet["test"]][]) {
    if (split === undefined) continue;
    for (const array of [split.values, split.targets]) {
      hash.update(`${name} ${array?.sizes} ${array?.values.constructor.name}\n`);
      if (array !== undefined) hash.update(asBytes(array.values));
    }
    hash.update(JSON.stringify(split.labels === undefined ? null : Array.from(split.labels.values)));
  }
  return hash.digest("hex");
}

/** The source `arrays`. */
export const arraysSource: Source<typeof schema> = {
  kind: "arrays",
  schema,
  describe: ({ sizes: { train, test, validation }, shape }) =>
    `arrays: ${sizesText([train, test, validation], shape) ?? `[${train.join(", ")}]`}`,
  shape: ({ sizes: { train }, shape }) => sampleShapeOf(train, shape),
  trainSamples: ({ sizes: { train } }) => train[0],
  classes: ({ content }) => known.get(content)?.train.labels === undefined ? null : undefined,
  hasValidation: ({ sizes: { validation } }) => validation !== undefined,
  faults(spec) {
    try {
      const set = known.get(spec.content);
      if (set !== undefined) checkArrays(set, spec);
      return [];
    } catch (thrown) {
      return [{ path: "content", message: messageOf(thrown) }];
    }
  },
  version: SPLIT_VERSION,
  async open(spec, context) {
    const set = known.get(spec.content);
    if (set === undefined) {
      throw new RunError(
        "the arrays of arrays() must be in this process, got a spec of another one " +
          "(they must be the same each time the pipeline file is evaluated: no random numbers, no time)",
      );
    }
    return await datasetOfArrays("arrays", set, spec, context, "copy");
  },
};
