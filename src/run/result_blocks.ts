/**
 * Serialises the results of stages. A large array that is also the end of one of the stage's files (the weights of a model) is stored only
 * in that file: the result refers to it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";
import { z } from "zod";

/** Minimum bytes of an array to be searched in the files: a smaller one is cheaper to copy. */
const LARGE = 65536;

/** The key of an object that represents an array. */
const BLOCK = "$hourglass block";
const ARRAYS = { Uint8Array, Float32Array, Float64Array } as const;

/** The location of an array: a file, by its name in the cache entry, and an offset. */
const StoredArray = z.strictObject({
  file: z.string(),
  offset: z.int().nonnegative(),
  length: z.int().nonnegative(),
  type: z.enum(["Uint8Array", "Float32Array", "Float64Array"]),
});

type Files = ReadonlyMap<string, Uint8Array>;

/** A result as bytes that need these files to be read again. */
export function packResult(result: unknown, files: Files): Uint8Array {
  return serialize(mapped(result, (value) => {
    const type = (Object.keys(ARRAYS) as (keyof typeof ARRAYS)[]).find((name) =>
      value instanceof ARRAYS[name]
    );
    if (type === undefined) return value;
    const { buffer, byteOffset, byteLength, length } = value as Uint8Array;
    if (byteLength < LARGE) return value;
    const numbers = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
    for (const [file, bytes] of files) {
      // The data of a safetensors file is at its end; searching everywhere would cost more than it saves.
      const offset = bytes.length - byteLength;
      if (offset < 0 || Buffer.compare(bytes.subarray(offset), numbers) !== 0) continue;
      return { [BLOCK]: { file, offset, length, type } };
    }
    return value;
  }));
}

/** Reads such bytes. */
export function unpackResult(bytes: Uint8Array, files: Files): unknown {
  return mapped(deserialize(bytes), (value) => {
    if (typeof value !== "object" || value === null || !(BLOCK in value)) return value;
    const { file, offset, length, type } = StoredArray.parse(value[BLOCK]);
    const content = files.get(file), makeArray = ARRAYS[type];
    const end = offset + length * makeArray.BYTES_PER_ELEMENT;
    if (content === undefined || end > content.length) {
      throw new Error(`result.bin refers to ${file}, which lacks it`);
    }
    return new makeArray(content.slice(offset, end).buffer);
  });
}

/**
 * Copies arrays and plain objects, replacing each value for which `replace` returns another one. What is one object stays one: a dataset
 * whose test split is its train split must not come back with two.
 */
function mapped(
  value: unknown,
  replace: (value: unknown) => unknown,
  copies: Map<unknown, unknown> = new Map(),
): unknown {
  if (typeof value !== "object" || value === null) return replace(value);
  if (!copies.has(value)) copies.set(value, copyOf(value, replace, copies));
  return copies.get(value);
}

function copyOf(value: object, replace: (value: unknown) => unknown, copies: Map<unknown, unknown>): unknown {
  const replaced = replace(value);
  if (replaced !== value) return replaced;
  if (Array.isArray(value)) return value.map((item) => mapped(item, replace, copies));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, replace, copies)]));
}
