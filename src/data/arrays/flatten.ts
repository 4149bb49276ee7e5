/** Makes arrays of numbers of what a script has: nested lists and typed arrays. @module */
import { valueText } from "../../core/arguments.ts";
import { UsageError } from "../../core/errors.ts";
import type { SampleValues } from "../../core/shape.ts";
import { countOf, type NumberArray } from "./stored_array.ts";

/** Typed arrays of numbers. */
export type TypedNumbers =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float16Array
  | Float32Array
  | Float64Array;

/** Samples as a script has them: nested lists of numbers, a list of typed arrays, or one typed array of all values. */
export type ArrayInput = TypedNumbers | readonly ArrayInput[] | readonly number[];

const isTyped = (value: unknown): value is TypedNumbers =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) && !(value instanceof BigInt64Array) &&
  !(value instanceof BigUint64Array);
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/**
 * The numbers of an array, one after the other; `shape` is that of a sample where the array does not have it. Bytes and floats of single
 * precision in one typed array are not copied.
 *
 * @throws {UsageError} When it holds something else, or its rows have different lengths.
 */
export function flatten(name: string, input: ArrayInput, shape: readonly number[] | undefined): NumberArray {
  const sizes = sizesOf(name, input);
  const values = isTyped(input) ? asValues(input) : newValuesFor(input, countOf(sizes));
  if (!isTyped(input)) fill(name, input, sizes, values);
  return { name, sizes: isTyped(input) ? typedSizes(name, input, shape) : sizes, values };
}

/** One typed array has no dimension but its length. */
function typedSizes(name: string, { length }: TypedNumbers, shape: readonly number[] | undefined): number[] {
  if (shape === undefined) {
    throw new UsageError(
      `${name} must come with the shape of a sample, as it is one typed array of ${length} values ` +
        "(arrays({ train, shape: [28, 28, 1] }))",
    );
  }
  const size = countOf(shape);
  if (length % size !== 0) {
    throw new UsageError(
      `${name} must have a multiple of ${size} values (${shape.join("x")}), got ${length}`,
    );
  }
  return [length / size, ...shape];
}

function sizesOf(name: string, input: unknown): number[] {
  const sizes: number[] = [];
  for (let inner = input; isList(inner) || isTyped(inner); inner = inner[0]) sizes.push(inner.length);
  if (sizes.length === 0) {
    throw new UsageError(
      `${name} must be nested lists of numbers or a typed array, got ${valueText(input)}`,
    );
  }
  return sizes;
}

function asValues(input: TypedNumbers): SampleValues {
  if (input instanceof Uint8Array || input instanceof Float32Array) return input;
  if (input instanceof Uint8ClampedArray) {
    return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  }
  return Float32Array.from(input);
}

function newValuesFor(input: unknown, count: number): SampleValues {
  let inner = input;
  while (isList(inner) && inner.length > 0) inner = inner[0];
  return inner instanceof Uint8Array || inner instanceof Uint8ClampedArray
    ? new Uint8Array(count)
    : new Float32Array(count);
}

function fill(name: string, input: unknown, sizes: readonly number[], values: SampleValues): void {
  let at = 0;
  const visit = (part: unknown, axis: number, path: string): void => {
    const { length } = isList(part) || isTyped(part) ? part : { length: undefined };
    if (length !== sizes[axis]) {
      throw new UsageError(
        `${path} must have ${sizes[axis]} values like the first one, got ${length ?? valueText(part)}`,
      );
    }
    if (isTyped(part)) {
      if (
        values instanceof Uint8Array && !(part instanceof Uint8Array || part instanceof Uint8ClampedArray)
      ) {
        throw new UsageError(`${path} must be bytes like the first one, got ${part.constructor.name}`);
      }
      values.set(part, at);
      at += part.length;
      return;
    }
    for (const [place, one] of (part as readonly unknown[]).entries()) {
      if (axis + 1 < sizes.length) visit(one, axis + 1, `${path}[${place}]`);
      else if (typeof one === "number") values[at++] = one;
      else throw new UsageError(`${path}[${place}] must be a number, got ${valueText(one)}`);
    }
  };
  visit(input, 0, name);
}
