/** Numbers as callers have them: typed arrays, nested arrays, or either with a shape. @module */
import { type ArrayInput, flatten, type TypedNumbers } from "../data/arrays/flatten.ts";

/** Arrays of numbers, one after the other. */
export type NumericArray = TypedNumbers | readonly number[];

/** Nested arrays, the outermost over samples. */
export type NestedArray = readonly (number | NestedArray)[];

/** Numbers with the length of each dimension, the first of which counts samples. */
export interface ShapedArray {
  /** The numbers, row-major. */
  readonly data: NumericArray;
  /** The length of each dimension, `[n, 28, 28]`. */
  readonly shape: readonly number[];
}

/**
 * Samples in memory: typed or plain arrays of whole samples one after the other, nested arrays (`[[0, 1], [1, 0]]`, as deep as you like), or
 * `{ data, shape }`. Bytes (`Uint8Array`) are the pixels of pictures; other numbers are in the units of the data of the model.
 */
export type NumericInput = NumericArray | NestedArray | ShapedArray;

/**
 * The numbers of an input in one array, and their shape where it says one.
 *
 * @throws {UsageError} When nested arrays are ragged, or hold something else.
 */
export function flatNumbers(input: NumericInput): { data: NumericArray; shape?: readonly number[] } {
  if (ArrayBuffer.isView(input)) return { data: input as TypedNumbers };
  if (!Array.isArray(input)) {
    const { data, shape } = input as ShapedArray;
    return { data: Array.isArray(data) ? flat(data).data : data, shape };
  }
  return flat(input);
}

function flat(nested: NestedArray): { data: NumericArray; shape?: readonly number[] } {
  const { values, sizes } = flatten("input", nested as ArrayInput, undefined);
  return sizes.length === 1 ? { data: values } : { data: values, shape: sizes };
}
