/** Numbers as callers have them: typed arrays, nested arrays, or either with a shape. @module */
import { RunError } from "../core/errors.ts";

/** Arrays of numbers, one after the other. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | readonly number[];

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

/** The numbers of an input in one array, and their shape where it says one. */
export function flatNumbers(input: NumericInput): { data: NumericArray; shape?: readonly number[] } {
  if (ArrayBuffer.isView(input)) return { data: input as Float32Array };
  if (!Array.isArray(input)) {
    const { data, shape } = input as ShapedArray;
    return { data: Array.isArray(data) ? flat(data).data : data, shape };
  }
  return flat(input);
}

/** Nested arrays as one. @throws {RunError} When they are ragged, or hold something else. */
function flat(nested: NestedArray): { data: NumericArray; shape?: readonly number[] } {
  const shape: number[] = [];
  for (let level: unknown = nested; isList(level); level = level[0]) shape.push(level.length);
  const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
  let at = 0;
  function visit(value: unknown, depth: number, path: string): void {
    if (depth === shape.length) {
      if (typeof value !== "number") {
        throw new RunError(`input${path} must be a number, got ${kindText(value)}`);
      }
      data[at++] = value;
      return;
    }
    if (!isList(value) || value.length !== shape[depth]) {
      throw new RunError(
        `input${path} must have ${shape[depth]} values as those before it, got ${
          isList(value) ? value.length : kindText(value)
        }`,
      );
    }
    for (let k = 0; k < value.length; k++) visit(value[k], depth + 1, `${path}[${k}]`);
  }
  visit(nested, 0, "");
  return shape.length === 1 ? { data } : { data, shape };
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

const kindText = (value: unknown) =>
  value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
