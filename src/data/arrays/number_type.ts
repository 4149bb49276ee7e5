/**
 * How files store numbers, and how they become values: bytes stay bytes, all other numbers become floats of single precision.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import type { SampleValues, ValueKind } from "../../core/shape.ts";

/** The codes of NumPy: kind and bytes of a number. */
export type NumberCode = "b1" | "u1" | "u2" | "u4" | "u8" | "i1" | "i2" | "i4" | "i8" | "f2" | "f4" | "f8";

/** How a file stores a number. */
export interface NumberType {
  readonly code: NumberCode;
  readonly isLittleEndian: boolean;
}

/** Numbers in memory, a view of bytes. */
type NumberView = ArrayLike<number> | BigInt64Array | BigUint64Array;
type ViewOf = new (buffer: ArrayBufferLike, start: number, length: number) => NumberView;

const VIEWS: Readonly<Record<NumberCode, ViewOf>> = {
  b1: Uint8Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  f2: Float16Array,
  f4: Float32Array,
  f8: Float64Array,
};

/** Whole numbers up to this one are exact in single precision. */
const EXACT = 2 ** 24;

/** The bytes of a number. */
export function bytesOfNumber({ code }: NumberType): number {
  return Number(code[1]);
}

/** What numbers become: unsigned bytes are pixels, all others (truth values, too) are floats. */
export function kindOfNumber({ code }: NumberType): ValueKind {
  return code === "u1" ? "bytes" : "floats";
}

/** Whether a file holds the numbers as they are used, so that they can be read from it at any time. */
export function isStoredAsUsed({ code, isLittleEndian }: NumberType): boolean {
  return code === "u1" || (code === "f4" && isLittleEndian);
}

/** A type as text: `f8`, `i2, big-endian`. */
export function numberTypeText(type: NumberType): string {
  return type.isLittleEndian || bytesOfNumber(type) === 1 ? type.code : `${type.code}, big-endian`;
}

/** Turns bytes of a file into values. */
export interface NumberDecoder {
  /** Decodes whole numbers of a file; there is a value in the target for each. May swap bytes in place. */
  decode(bytes: Uint8Array<ArrayBuffer>, target: SampleValues): void;
  /** How many whole numbers so far are not exact in single precision. */
  readonly rounded: number;
}

/** A decoder for numbers of an array with this name. */
export function numberDecoder(type: NumberType, name: string): NumberDecoder {
  const size = bytesOfNumber(type), isBig = type.code === "u8" || type.code === "i8";
  const mayRound = isBig || type.code === "u4" || type.code === "i4";
  let rounded = 0;
  return {
    get rounded() {
      return rounded;
    },
    decode(bytes, target) {
      if (size > 1 && !type.isLittleEndian) swapBytes(bytes, size);
      // A view must begin at a multiple of its numbers' size.
      const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
      const numbers = new VIEWS[type.code](aligned.buffer, aligned.byteOffset, aligned.length / size);
      if (isBig) {
        for (let at = 0; at < numbers.length; at++) target[at] = Number(numbers[at]);
      } else target.set(numbers as ArrayLike<number>);
      if (mayRound) rounded += countRounded(numbers, target);
      if (type.code === "f8") checkOverflow(numbers as Float64Array, target, name);
    },
  };
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

function countRounded(numbers: NumberView, target: SampleValues): number {
  let count = 0;
  for (let at = 0; at < numbers.length; at++) {
    if (Math.abs(target[at]) >= EXACT && BigInt(target[at]) !== BigInt(numbers[at])) count++;
  }
  return count;
}

function checkOverflow(numbers: Float64Array, target: SampleValues, name: string): void {
  for (let at = 0; at < numbers.length; at++) {
    if (Number.isFinite(target[at]) || !Number.isFinite(numbers[at])) continue;
    throw new RunError(
      `${name} must hold numbers of single precision, up to 3.4e38, got ${
        numbers[at]
      } (divide them, or take their logarithm)`,
    );
  }
}
