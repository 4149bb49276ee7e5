/**
 * Results of stages as bytes. Large arrays of numbers that a file of the stage ends with, as the weights of a model do, are stored there
 * alone: the result refers to their place.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";
import { z } from "zod";

/** Bytes from which an array is looked for in the files: a smaller one costs less than its place. */
const LARGE = 65536;

/** The key of an object that stands for an array. */
const BLOCK = "$hourglass block";
const ARRAYS = { Uint8Array, Float32Array, Float64Array } as const;

/** Where an array stands: in a file, by its name in the entry of the cache. */
const Block = z.strictObject({
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
      // The numbers of a safetensors file end it; looking everywhere would cost more than it finds.
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
    const { file, offset, length, type } = Block.parse(value[BLOCK]);
    const content = files.get(file), makeArray = ARRAYS[type];
    const end = offset + length * makeArray.BYTES_PER_ELEMENT;
    if (content === undefined || end > content.length) {
      throw new Error(`result.bin refers to ${file}, which lacks it`);
    }
    return new makeArray(content.slice(offset, end).buffer);
  });
}

/** A copy of lists and plain objects in which each value was replaced, where it is not replaced by itself. */
function mapped(value: unknown, replace: (value: unknown) => unknown): unknown {
  const replaced = replace(value);
  if (replaced !== value || typeof value !== "object" || value === null) return replaced;
  if (Array.isArray(value)) return value.map((item) => mapped(item, replace));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, replace)]));
}
