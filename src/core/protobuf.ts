/**
 * Protocol Buffers, as much of the encoding as ONNX and TensorBoard need: every function gives one field, ready to be joined to others.
 *
 * Format: https://protobuf.dev/programming-guides/encoding.
 *
 * @module
 */

const encoder = new TextEncoder();

/** How a field's content is laid out. */
const WIRE = { varint: 0, double: 1, bytes: 2, single: 5 } as const;

/** A whole number, not negative. */
export function integer(field: number, value: number): Uint8Array {
  return head(field, WIRE.varint, value);
}

/** A single-precision number. */
export function single(field: number, value: number): Uint8Array {
  return join([head(field, WIRE.single), littleEndian(Float32Array.of(value))]);
}

/** A double-precision number. */
export function double(field: number, value: number): Uint8Array {
  const eight = new Uint8Array(8);
  new DataView(eight.buffer).setFloat64(0, value, true);
  return join([head(field, WIRE.double), eight]);
}

/** Bytes, or the parts of another message. */
export function bytes(field: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return join([head(field, WIRE.bytes, length), ...parts]);
}

/** A text. */
export function text(field: number, value: string): Uint8Array {
  return bytes(field, encoder.encode(value));
}

/** Whole numbers, packed. */
export function integers(field: number, values: readonly number[]): Uint8Array {
  return bytes(field, Uint8Array.from(values.flatMap(varint)));
}

/** All parts in one piece. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
}

/** Singles as bytes, the lowest first whatever the machine's own order. */
export function littleEndian(numbers: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((number, at) => view.setFloat32(4 * at, number, true));
  return new Uint8Array(view.buffer);
}

/** The beginning of a field: its number and layout, and for some layouts a number. */
function head(field: number, wire: number, value?: number): Uint8Array {
  const digits = varint(field << 3 | wire);
  return new Uint8Array(value === undefined ? digits : digits.concat(varint(value)));
}

/** Seven bits per byte, the lowest first; up to 2^53. */
function varint(value: number): number[] {
  // A negative number is written as the 64 bits of its two's complement.
  if (value < 0) return bigVarint(BigInt.asUintN(64, BigInt(value)));
  const digits: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) digits.push(rest % 128 + 128);
  digits.push(rest);
  return digits;
}

function bigVarint(value: bigint): number[] {
  const digits: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) digits.push(Number(rest & 127n) + 128);
  return [...digits, Number(rest)];
}
