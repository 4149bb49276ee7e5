// An .npy file: magic and version, the header's length (2 bytes, little-endian), the header (a Python dict as text), the numbers.

/**
 * Writes NumPy's format for one array (NEP 1, version 1.0): floats of single precision, little-endian, in C order.
 *
 * @module
 */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
/** The numbers begin at a multiple of this, so that they can be mapped into memory. */
const ALIGNMENT = 64;

/** The bytes before the numbers of an array of a shape. */
export function npyHeader(shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const before = MAGIC.length + 2, end = Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(end).fill(0x20);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint16(MAGIC.length, end - before, true);
  bytes.set(new TextEncoder().encode(text), before);
  bytes[end - 1] = 0x0a;
  return bytes;
}

/** The bytes of numbers in memory. Every platform of Deno is little-endian. */
export function floatBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
