// n = rows, F = features; values [n, F] are row-major.

/**
 * The rows of a table parted into splits, in the memory in which they were read.
 *
 * @module
 */
import { GROUPS, type Rows } from "./rows.ts";

/** The rows of one split. */
export interface GroupRows {
  readonly count: number;
  /** [count, F]. */
  readonly values: Float32Array;
  readonly labels?: Uint16Array;
  readonly names?: string[];
}

/**
 * The rows of each group, in their order. The train rows stay in the memory of all rows, moved to its beginning; the others are copied, so
 * that a table is never held twice.
 */
export function partRows(
  rows: Rows,
  size: number,
  groups: Uint8Array,
): Record<"train" | "test" | "validation", GroupRows> {
  const { values, labels, names, count } = rows;
  const positions = (group: number) => {
    const found: number[] = [];
    for (let row = 0; row < count; row++) if (groups[row] === group) found.push(row);
    return Uint32Array.from(found);
  };
  const copied = (group: number): GroupRows => {
    const own = positions(group), part = new Float32Array(own.length * size);
    own.forEach((row, place) => part.set(values.subarray(row * size, (row + 1) * size), place * size));
    return { count: own.length, values: part, ...described(own) };
  };
  const described = (own: Uint32Array) => ({
    labels: labels && Uint16Array.from(own, (row) => labels[row]),
    names: names && Array.from(own, (row) => names[row]),
  });
  const test = copied(GROUPS.test), validation = copied(GROUPS.validation), own = positions(GROUPS.train);
  own.forEach((row, place) => {
    if (row !== place) values.copyWithin(place * size, row * size, (row + 1) * size);
  });
  const train = { count: own.length, values: values.subarray(0, own.length * size), ...described(own) };
  return { train, test, validation };
}
