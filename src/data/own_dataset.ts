/** What an own source returns, and the checks that make a dataset of it. @module */
import { valueText } from "../core/arguments.ts";
import { RunError } from "../core/errors.ts";
import {
  isSameShape,
  type SampleShape,
  sampleShapeText,
  sampleSize,
  type SampleValues,
} from "../core/shape.ts";
import type { SourceContext } from "./contract.ts";
import type { Dataset, Split } from "./dataset.ts";
import { drawTestSplit } from "./split.ts";

/** Samples of an own source. */
export interface OwnSplit {
  /** One sample after the other: bytes (0 is black, 255 is white) or floats in the units of the data. */
  readonly values: SampleValues;
  /** What a model should make of each sample, when that is not the sample itself. @default {the sample} */
  readonly targets?: SampleValues;
  /** A class for each sample: an index into {@link OwnDataset.labelNames}. @default {no labels} */
  readonly labels?: ArrayLike<number>;
  /** A name for each sample, for captions. @default {no names} */
  readonly names?: readonly string[];
}

/** What an own source returns. */
export interface OwnDataset {
  /** The samples for training. */
  readonly train: OwnSplit;
  /** The samples for evaluation. @default {a share of `train`, drawn by the run's seed} */
  readonly test?: OwnSplit;
  /** The samples for the validation loss. @default {none} */
  readonly validation?: OwnSplit;
  /** The shape of a sample. @default {the shape that the source declares} */
  readonly shape?: SampleShape;
  /** The names of the classes. @default {"0", "1", ... where samples have labels} */
  readonly labelNames?: readonly string[];
  /** Its name in captions and reports. @default {the source's name} */
  readonly name?: string;
}

interface Declared {
  readonly name: string;
  readonly shape: SampleShape | undefined;
  readonly testShare: number;
  readonly hasValidation: boolean;
  readonly context: SourceContext;
}

/** Makes a dataset of what an own source returned. @throws {RunError} When its parts do not fit together. */
export function ownDataset(made: OwnDataset, declared: Declared): Dataset {
  const { name, context: { seed, log }, testShare, hasValidation } = declared;
  const refuse: Refuse = (path, rule) => {
    throw new RunError(`source "${name}": ${path} ${rule}`);
  };
  if (typeof made !== "object" || made === null) {
    refuse("open", `must return an object such as { train, test }, got ${valueText(made)}`);
  }
  const shape = shapeOf(made, declared, refuse), size = sampleSize(shape);
  const { train: trainMade, test: testMade, validation: validationMade } = made;
  const labelNames = made.labelNames ?? defaultLabels([trainMade, testMade, validationMade]);
  const read = (split: OwnSplit, path: string) =>
    splitOf(split, { path, size, shape, classes: labelNames?.length ?? 0 }, refuse);
  const whole = read(trainMade, "train");
  const { train, test } = testMade === undefined
    ? drawTestSplit(whole, size, testShare, seed, log)
    : { train: whole, test: testMade === trainMade ? whole : read(testMade, "test") };
  const validation = validationMade === undefined ? undefined : read(validationMade, "validation");
  if ((validation !== undefined) !== hasValidation) {
    const got = validation === undefined ? "none" : "one";
    refuse("validation", `must be returned if hasValidation is true, and only then, got ${got}`);
  }
  checkAlike(train, { test, validation }, refuse);
  return {
    name: made.name ?? name,
    shape,
    train,
    test,
    ...(labelNames === undefined ? {} : { labelNames }),
    ...(validation === undefined ? {} : { validation }),
  };
}

type Refuse = (path: string, rule: string) => never;

function shapeOf(made: OwnDataset, { shape: declared }: Declared, refuse: Refuse): SampleShape {
  const shape = made.shape ?? declared;
  const isShape = Array.isArray(shape) && (shape.length === 1 || shape.length === 3) &&
    shape.every((side) => Number.isInteger(side) && side >= 1) && [1, 3].includes(shape[2] ?? 1);
  if (!isShape) {
    return refuse(
      "shape",
      `must be [features] or [height, width, channels] with 1 or 3 channels, got ${
        JSON.stringify(shape) ?? "none"
      }`,
    );
  }
  if (declared !== undefined && !isSameShape(shape, declared)) {
    refuse("shape", `must be ${sampleShapeText(declared)} as declared, got ${sampleShapeText(shape)}`);
  }
  return shape;
}

/** Names of as many classes as the labels need. */
function defaultLabels(splits: readonly (OwnSplit | undefined)[]): string[] | undefined {
  const labels = splits.flatMap((split) => split?.labels === undefined ? [] : Array.from(split.labels));
  if (labels.length === 0) return undefined;
  const most = labels.reduce((most, label) => Math.max(most, label), 0);
  return Array.from({ length: Math.min(most, MOST_CLASSES - 1) + 1 }, (_, label) => String(label));
}

/** Labels are stored in two bytes. */
const MOST_CLASSES = 65536;

function splitOf(
  split: OwnSplit,
  { path, size, shape, classes }: { path: string; size: number; shape: SampleShape; classes: number },
  refuse: Refuse,
): Split {
  if (typeof split !== "object" || split === null) {
    refuse(path, `must be an object with values, got ${valueText(split)}`);
  }
  const { values, targets, labels, names } = split;
  const countOf = (array: SampleValues, where: string) => countSamples(array, where, { size, shape }, refuse);
  const count = countOf(values, `${path}.values`);
  if (count < 1) refuse(`${path}.values`, "must hold at least one sample, got none");
  const list = (name: "labels" | "names", length: number) => {
    if (length !== count) {
      refuse(`${path}.${name}`, `must have one entry per sample (${count}), got ${length}`);
    }
  };
  if (targets !== undefined && countOf(targets, `${path}.targets`) !== count) {
    refuse(`${path}.targets`, `must hold as many samples as values (${count}), got ${targets.length / size}`);
  }
  if (labels !== undefined) list("labels", labels.length);
  if (names !== undefined) list("names", names.length);
  return {
    count,
    values,
    ...(targets === undefined ? {} : { targets: { values: targets } }),
    ...(labels === undefined ? {} : { labels: checkedLabels(labels, `${path}.labels`, classes, refuse) }),
    ...(names === undefined ? {} : { names: names.map(String) }),
  };
}

/** The number of samples in an array, which must hold whole ones. */
function countSamples(
  array: SampleValues,
  where: string,
  { size, shape }: { size: number; shape: SampleShape },
  refuse: Refuse,
): number {
  if (!(array instanceof Uint8Array) && !(array instanceof Float32Array)) {
    refuse(where, `must be a Uint8Array or a Float32Array, got ${nameOf(array)}`);
  }
  if (array.length % size !== 0) {
    refuse(
      where,
      `must hold whole samples of ${sampleShapeText(shape)} (${size} values), got ${array.length} values`,
    );
  }
  return array.length / size;
}

function checkedLabels(
  labels: ArrayLike<number>,
  where: string,
  classes: number,
  refuse: Refuse,
): Uint16Array {
  const wrong = Array.prototype.findIndex.call(
    labels,
    (label) => !Number.isInteger(label) || label < 0 || label >= classes,
  );
  if (wrong >= 0) {
    refuse(where, `must be integers from 0 to ${classes - 1}, got ${labels[wrong]} at ${wrong}`);
  }
  return Uint16Array.from(labels);
}

function nameOf(value: unknown): string {
  return ArrayBuffer.isView(value) ? `a ${value.constructor.name}` : valueText(value);
}

/** Splits have values of one kind, and labels in all or in none. */
function checkAlike(train: Split, others: Record<string, Split | undefined>, refuse: Refuse): void {
  for (const [path, split] of Object.entries(others)) {
    if (split === undefined) continue;
    const [wanted, got] = [train, split].map(({ values }) => values.constructor.name);
    if (wanted !== got) refuse(`${path}.values`, `must be a ${wanted} as those of train, got a ${got}`);
    if ((split.labels === undefined) !== (train.labels === undefined)) {
      refuse(`${path}.labels`, "must be given for every split or for none");
    }
  }
}
