// F = features; values [n, F] are row-major; a value is missing where it is NaN.

/**
 * Missing values filled by a rule whose numbers come from the train rows alone.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import type { TableSpec } from "./options.ts";

/** A row that has a missing value. */
export function hasMissing(values: Float32Array, row: number, size: number): boolean {
  for (let at = row * size; at < (row + 1) * size; at++) if (Number.isNaN(values[at])) return true;
  return false;
}

/**
 * What each feature's missing values become; from the train rows, in double precision. The median of an even number of values is the mean
 * of the two in the middle, as in NumPy.
 *
 * @throws {RunError} When a feature has no value in the train rows.
 */
export function fillValues(
  train: Float32Array,
  size: number,
  names: readonly string[],
  rule: TableSpec["missing"],
): Float64Array {
  const fills = new Float64Array(size);
  if (rule === "zero") return fills;
  for (let feature = 0; feature < size; feature++) {
    const value = rule === "median" ? medianOf(train, feature, size) : meanOf(train, feature, size);
    if (value === undefined) {
      throw new RunError(
        `column ${
          JSON.stringify(names[feature])
        } must have a value in a train row for missing: "${rule}", got none ` +
          `(exclude: [${JSON.stringify(names[feature])}])`,
      );
    }
    fills[feature] = value;
  }
  return fills;
}

function meanOf(values: Float32Array, feature: number, size: number): number | undefined {
  let sum = 0, count = 0;
  for (let at = feature; at < values.length; at += size) {
    if (Number.isNaN(values[at])) continue;
    sum += values[at];
    count++;
  }
  return count === 0 ? undefined : sum / count;
}

function medianOf(values: Float32Array, feature: number, size: number): number | undefined {
  const own = new Float32Array(values.length / size);
  let count = 0;
  for (let at = feature; at < values.length; at += size) {
    if (!Number.isNaN(values[at])) own[count++] = values[at];
  }
  if (count === 0) return undefined;
  const sorted = own.subarray(0, count).sort(), middle = count >> 1;
  return count % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Fills the missing values of some rows. */
export function fill(values: Float32Array, fills: Float64Array): void {
  const size = fills.length;
  for (let at = 0; at < values.length; at++) if (Number.isNaN(values[at])) values[at] = fills[at % size];
}

/** The least and the largest value of each feature, missing ones aside. Length F. */
export function featureRanges(values: Float32Array, size: number): { min: number; max: number }[] {
  const min = new Float64Array(size).fill(Infinity), max = new Float64Array(size).fill(-Infinity);
  for (let row = 0; row < values.length; row += size) {
    for (let feature = 0; feature < size; feature++) {
      const value = values[row + feature];
      if (value < min[feature]) min[feature] = value;
      if (value > max[feature]) max[feature] = value;
    }
  }
  return Array.from(min, (least, feature) => ({ min: least, max: max[feature] }));
}

/** Removes features, in place. Returns the values that are left. */
export function withoutFeatures(
  values: Float32Array,
  size: number,
  removed: ReadonlySet<number>,
): Float32Array {
  if (removed.size === 0) return values;
  const kept = Array.from({ length: size }, (_, feature) => feature).filter((feature) =>
    !removed.has(feature)
  );
  let to = 0;
  for (let row = 0; row < values.length; row += size) {
    for (const feature of kept) values[to++] = values[row + feature];
  }
  return values.subarray(0, to);
}
