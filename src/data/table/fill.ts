// F = features; values [n, F] are row-major; a value is missing where it is NaN.

/**
 * Missing values in rows of features: found, filled, and what fills them.
 *
 * @module
 */

/** A row that has a missing value. */
export function hasMissing(values: Float32Array, row: number, size: number): boolean {
  for (let at = row * size; at < (row + 1) * size; at++) if (Number.isNaN(values[at])) return true;
  return false;
}

/** The median of a feature: of an even number of values the mean of the two in the middle, as in NumPy. */
export function medianOf(values: Float32Array, feature: number, size: number): number | undefined {
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
