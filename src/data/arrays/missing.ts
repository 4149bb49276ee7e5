// A value is missing where it is NaN; values [n, size] are row-major.

/**
 * Rules for missing values and infinite numbers of arrays. Numbers to fill with come from the train split alone.
 *
 * @module
 */
import { z } from "zod";
import { RunError } from "../../core/errors.ts";
import { newValues, sampleSize, type SampleValues } from "../../core/shape.ts";
import { type Dataset, kindOfSamples, mapSplits, type Samples, type Split } from "../dataset.ts";
import { forEachSample } from "../each_sample.ts";
import { pickFromSplit } from "../parts.ts";

const MISSING = ["refuse", "mean", "median", "zero", "drop"] as const;
const INFINITE = ["refuse", "missing"] as const;

/** What becomes of missing values: an error, the mean or median of the same value in the train split, 0, or a sample that is left out. */
export type MissingRule = "refuse" | "mean" | "median" | "zero" | "drop";
/** What becomes of infinite numbers: an error, or a missing value. */
export type InfiniteRule = "refuse" | "missing";

/** The schema of a {@link MissingRule}. */
export const MissingSetting: z.ZodDefault<z.ZodEnum<{ [Rule in MissingRule]: Rule }>> = z.enum(MISSING)
  .default(
    "refuse",
  );
/** The schema of an {@link InfiniteRule}. */
export const InfiniteSetting: z.ZodDefault<z.ZodEnum<{ [Rule in InfiniteRule]: Rule }>> = z.enum(INFINITE)
  .default("refuse");

/** Both rules. */
export interface MissingOptions {
  readonly missing: MissingRule;
  readonly infinite: InfiniteRule;
}

type Counted = Samples & { readonly count: number };

/** The values and, where there are any, the targets of a split. */
function partsOf(split: Split): Counted[] {
  const { count, targets } = split;
  return targets === undefined ? [split] : [split, { ...targets, count }];
}

function countWhere(samples: Counted, size: number, is: (value: number) => boolean): number {
  if (kindOfSamples(samples) === "bytes") return 0;
  let found = 0;
  forEachSample(samples, size, (values) => {
    for (let at = 0; at < size; at++) if (is(values[at])) found++;
  });
  return found;
}

const isInfinite = (value: number) => value === Infinity || value === -Infinity;

/** Refuses to change values that stay in their file. */
function checkInMemory(samples: Samples, name: string, what: string): void {
  if (samples.file === undefined) return;
  throw new RunError(
    `load.memory must hold all values of ${name} to ${what}, got less (raise load.memory)`,
  );
}

function changed<Part extends Samples>(part: Part, change: (value: number, at: number) => number): Part {
  return { ...part, values: (part.values as Float32Array).map(change) };
}

/** Infinite numbers made missing, where that is asked for; a copy where there are any. */
export function infiniteToMissing(
  split: Split,
  size: number,
  { infinite }: MissingOptions,
  name: string,
): Split {
  if (infinite === "refuse") return split;
  const replaced = <Part extends Samples>(part: Part): Part => {
    if (countWhere({ ...part, count: split.count }, size, isInfinite) === 0) return part;
    checkInMemory(part, name, "make infinite numbers missing");
    return changed(part, (value) => isInfinite(value) ? NaN : value);
  };
  const { targets } = split;
  return { ...replaced(split), ...(targets && { targets: replaced(targets) }) };
}

/** A split without the samples that have missing values, where that is asked for. */
export function dropMissing(
  split: Split,
  size: number,
  { missing }: MissingOptions,
  name: string,
  warn: (message: string) => void,
): Split {
  if (missing !== "drop") return split;
  const isMissing = new Uint8Array(split.count);
  for (const part of partsOf(split)) {
    if (kindOfSamples(part) === "bytes") continue;
    forEachSample(part, size, (values, position) => {
      if ((values as Float32Array).some(Number.isNaN)) isMissing[position] = 1;
    });
  }
  const kept = Array.from(isMissing.keys()).filter((position) => isMissing[position] === 0);
  const dropped = split.count - kept.length;
  if (dropped === 0) return split;
  for (const part of partsOf(split)) checkInMemory(part, name, "leave out samples");
  warn(
    `${dropped.toLocaleString("en-US")} of ${
      split.count.toLocaleString("en-US")
    } samples of ${name} are left out, as they have missing values`,
  );
  if (kept.length === 0) {
    throw new RunError(`${name} must have samples without missing values, got none (choose another rule)`);
  }
  return pickFromSplit(split, size, kept);
}

/** A dataset whose missing values are filled by a rule, by numbers of its train split, which its preparation states. */
export function fillMissing(
  dataset: Dataset,
  { missing }: MissingOptions,
  warn: (message: string) => void,
): Dataset {
  if (missing === "refuse" || missing === "drop") return dataset;
  const { train } = dataset, size = sampleSize(dataset.shape);
  const fills = new Map<"values" | "targets", Float64Array>();
  let filled = 0;
  const fill = <Part extends Samples>(part: Part, what: "values" | "targets", count: number): Part => {
    const found = countWhere({ ...part, count }, size, Number.isNaN);
    if (found === 0) return part;
    const own = what === "values" ? train : train.targets!, name = `the ${what} of the train split`;
    checkInMemory(part, name, "fill them");
    checkInMemory(own, name, "fill missing values by them");
    if (!fills.has(what)) fills.set(what, fillValues(own.values, size, missing, name));
    filled += found;
    return changed(part, (value, at) => Number.isNaN(value) ? fills.get(what)![at % size] : value);
  };
  const changedDataset = mapSplits(dataset, (split) => {
    const { targets, count } = split;
    return {
      ...fill(split, "values", count),
      ...(targets && { targets: fill(targets, "targets", count) }),
    };
  });
  if (filled > 0) warn(`${filled.toLocaleString("en-US")} missing values are filled by ${ruleText[missing]}`);
  const own = fills.get("values");
  return own === undefined ? changedDataset : { ...changedDataset, preparation: { fills: [...own] } };
}

const ruleText = {
  mean: "the mean of the same value in the train split",
  median: "the median of the same value in the train split",
  zero: "0",
};

/** What each value of a sample is filled with, in double precision; the median of an even number of values is the mean of the middle two. */
function fillValues(
  train: SampleValues,
  size: number,
  rule: "mean" | "median" | "zero",
  name: string,
): Float64Array {
  const fills = new Float64Array(size);
  if (rule === "zero") return fills;
  const own = newValues("floats", train.length / size);
  for (let feature = 0; feature < size; feature++) {
    let count = 0;
    for (let at = feature; at < train.length; at += size) {
      if (!Number.isNaN(train[at])) own[count++] = train[at];
    }
    if (count === 0) {
      throw new RunError(
        `value ${feature} of ${name} must be there in some sample for missing: "${rule}", got none (choose another rule)`,
      );
    }
    fills[feature] = rule === "mean" ? meanOf(own.subarray(0, count)) : medianOf(own.subarray(0, count));
  }
  return fills;
}

function meanOf(values: SampleValues): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function medianOf(values: SampleValues): number {
  const sorted = values.sort(), middle = values.length >> 1;
  return values.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
