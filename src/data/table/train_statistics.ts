// F = features; values [n, F] are row-major; a value is missing where it is NaN.

/**
 * What is known of the features of train rows after one pass: ranges, means, and, by further passes, medians.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { medianOf } from "./fill.ts";
import type { TableSpec } from "./options.ts";

/** Bytes of the columns whose medians are found in one pass. */
const MOST_COLUMNS = 128e6;

/** The range of a feature. */
export interface FeatureRange {
  readonly min: number;
  readonly max: number;
}

/** Visits blocks of rows. */
type Scan = (visit: (values: Float32Array) => void) => void;

/** Statistics of rows, one after the other. */
export function trainStatistics(size: number) {
  const min = new Float64Array(size).fill(Infinity), max = new Float64Array(size).fill(-Infinity);
  const sum = new Float64Array(size), count = new Float64Array(size);
  let rows = 0;
  return {
    /** Adds a row of values, from `at` on. */
    add(values: Float32Array, at: number): void {
      rows++;
      for (let feature = 0; feature < size; feature++) {
        const value = values[at + feature];
        if (Number.isNaN(value)) continue;
        count[feature]++;
        sum[feature] += value;
        if (value < min[feature]) min[feature] = value;
        if (value > max[feature]) max[feature] = value;
      }
    },
    ranges: (): FeatureRange[] => Array.from(min, (least, feature) => ({ min: least, max: max[feature] })),
    /** What missing values become; `scan` visits the train rows again. @throws {RunError} When a feature has no value. */
    fills(rule: TableSpec["missing"], names: readonly string[], scan: Scan): Float64Array {
      if (rule === "zero") return new Float64Array(size);
      const empty = count.findIndex((values) => values === 0);
      if (empty >= 0) throw noValue(names[empty], rule);
      const means = sum.map((total, feature) => total / count[feature]);
      return rule === "median" ? medians(means, rows, count, scan) : means;
    },
  };
}

/** A feature without a value to fill from. */
function noValue(name: string, rule: string): RunError {
  const column = JSON.stringify(name);
  return new RunError(
    `column ${column} must have a value in a train row for missing: "${rule}", got none (exclude: [${column}])`,
  );
}

/** The medians of features that have missing values; the means of others, which nothing is filled by. */
function medians(means: Float64Array, rows: number, count: Float64Array, scan: Scan): Float64Array {
  const fills = means.slice(), size = means.length;
  const wanted = [...means.keys()].filter((feature) => count[feature] < rows);
  const together = Math.max(1, Math.floor(MOST_COLUMNS / (4 * rows)));
  for (let start = 0; start < wanted.length; start += together) {
    const features = wanted.slice(start, start + together);
    const columns = features.map(() => new Float32Array(rows));
    let row = 0;
    scan((values) => {
      for (let at = 0; at < values.length; at += size, row++) {
        features.forEach((feature, place) => columns[place][row] = values[at + feature]);
      }
    });
    features.forEach((feature, place) => fills[feature] = medianOf(columns[place], 0, 1)!);
  }
  return fills;
}
