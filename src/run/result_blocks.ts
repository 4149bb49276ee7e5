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

/**
 * A result as bytes that need these files to be read again.
 *
 * @throws {TypeError} When a part of it would not be the same after reading: a function, an instance of a class.
 */
export function packResult(result: unknown, files: Files): Uint8Array {
  checkStorable(result, "");
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

/** What is stored and read again as it was, besides plain data. */
const STORED = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array, ArrayBuffer, DataView, Date, RegExp],
];

function checkStorable(value: unknown, path: string, around: readonly object[] = []): void {
  if (typeof value === "function" || typeof value === "symbol") refuse(path, `a ${typeof value}`);
  if (typeof value !== "object" || value === null) return;
  if (around.includes(value)) refuse(path, "an object that contains itself");
  const inside = [...around, value];
  const inner = (name: string) => path === "" ? name : `${path}.${name}`;
  if (value instanceof Map || value instanceof Set) {
    for (const each of value) checkStorable(each, inner("entry"), inside);
  } else if (isShared(value)) {
    refuse(path, "shared memory");
  } else if (Array.isArray(value)) {
    // Long lists of numbers are common, and each is checked at once.
    value.forEach((item, at) => typeof item === "number" || checkStorable(item, inner(String(at)), inside));
  } else if (isPlain(value)) {
    for (const [name, item] of Object.entries(value)) checkStorable(item, inner(name), inside);
  } else if (!STORED.some((type) => Object.getPrototypeOf(value) === type.prototype)) {
    refuse(path, `an instance of ${value.constructor?.name || "a class"}`);
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isShared(value: object): boolean {
  const { buffer } = value as { readonly buffer?: unknown };
  return value instanceof SharedArrayBuffer ||
    (ArrayBuffer.isView(value) && buffer instanceof SharedArrayBuffer);
}

function refuse(path: string, kind: string): never {
  throw new TypeError(
    `${path} must be plain data or typed arrays, got ${kind} (\`cache: false\` in the stage runs it each time)`,
  );
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
