// @ts-check
// K = latent dimensions, D = values of a sample.

/**
 * Runs the decoder in the page: evaluates its graph with the loops of the reference engine.
 *
 * @module
 */
import { LOOPS } from "../../graph/loops.js";

/**
 * A decoder as stored in the page: its graph, and the numbers of all matrices one after the other as 32-bit or 16-bit floats, or as whole
 * numbers times a scale of each column, from -127 to 127 as bytes or from -31 to 31 as a character each. The exact numbers are all
 * parameters of one row, then all scales, as 32-bit floats.
 *
 * @typedef {{ operation: any, operands: number[], shape: any }} PackedValue
 * @typedef {{ values: PackedValue[], input: number, condition?: number, output: number, format: "f32" | "f16" | "i8" | "i6", weights: string, exact: string }} PackedDecoder
 * @typedef {{ values: (import("../../graph/loops.js").Computed & { data: Float32Array, reads: Float32Array[] })[], input: Float32Array, condition?: Float32Array, output: Float32Array }} Decoder
 */

/**
 * @param {string} text Bytes as base64.
 * @returns {Uint8Array<ArrayBuffer>}
 */
function bytesOf(text) {
  const binary = atob(text), bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/**
 * @param {string} text 32-bit floats as base64, little-endian.
 * @returns {Float32Array}
 */
export function floatsOf(text) {
  return new Float32Array(bytesOf(text).buffer);
}

/**
 * The value of a 16-bit float (IEEE 754, binary16) by its bits.
 *
 * @param {number} bits
 * @returns {number}
 */
function halfValue(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The character of each number from -32 to 31. */
export const SIX_BITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * @param {string} text A character a number.
 * @returns {Int8Array}
 */
function sixBitNumbers(text) {
  const numberOf = new Int8Array(128), numbers = new Int8Array(text.length);
  for (let at = 0; at < 64; at++) numberOf[SIX_BITS.charCodeAt(at)] = at - 32;
  for (let at = 0; at < text.length; at++) numbers[at] = numberOf[text.charCodeAt(at)];
  return numbers;
}

/**
 * @param {PackedDecoder["format"]} format
 * @param {string} text
 * @returns {ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> }}
 */
function storedNumbers(format, text) {
  if (format === "i6") return sixBitNumbers(text);
  const { buffer } = bytesOf(text);
  if (format === "i8") return new Int8Array(buffer);
  return format === "f32" ? new Float32Array(buffer) : Float32Array.from(new Uint16Array(buffer), halfValue);
}

/** @param {any} shape */
function sizeOf(shape) {
  return shape.reduce(
    (/** @type {number} */ size, /** @type {any} */ dimension) => size * (dimension.batch ?? dimension),
    1,
  );
}

/**
 * @param {PackedDecoder} packed
 * @returns {Decoder}
 */
export function unpackDecoder({ values, input, condition, output, format, weights, exact }) {
  const parameters = parametersOf(values, format, weights, exact);
  /** @type {Float32Array[]} */
  const blocks = [];
  const computed = values.map(({ operation, operands, shape }, id) => {
    // What has an operand but no loop is a view of it.
    const data = operation.kind === "parameter"
      ? parameters[id]
      : operands.length > 0 && !(operation.kind in LOOPS)
      ? blocks[operands[0]]
      : new Float32Array(sizeOf(shape));
    blocks.push(data);
    const reads = operands.map((operand) => blocks[operand]);
    return { operation, shape, operands: operands.map((operand) => values[operand]), data, reads };
  });
  const given = condition === undefined ? undefined : blocks[condition];
  return { values: computed, input: blocks[input], condition: given, output: blocks[output] };
}

/**
 * The numbers of each parameter, at the place of its value.
 *
 * @param {readonly PackedValue[]} values
 * @param {PackedDecoder["format"]} format
 * @param {string} weights
 * @param {string} exact
 * @returns {Float32Array[]}
 */
function parametersOf(values, format, weights, exact) {
  const exactNumbers = floatsOf(exact), stored = storedNumbers(format, weights);
  const parameters = values.map(({ operation, shape }) => operation.kind === "parameter" ? shape : undefined);
  const isMatrix = (/** @type {any} */ shape) => shape !== undefined && shape[0] > 1;
  let row = 0, from = 0;
  let scale = parameters.reduce(
    (sum, shape) => sum + (shape === undefined || isMatrix(shape) ? 0 : shape[1]),
    0,
  );
  return parameters.map((shape) => {
    if (shape === undefined) return new Float32Array(0);
    const columns = shape[1];
    if (!isMatrix(shape)) return exactNumbers.slice(row, row += columns);
    const own = Float32Array.from(stored.subarray(from, from += shape[0] * columns));
    if (format === "i8" || format === "i6") {
      for (let at = 0; at < own.length; at++) own[at] *= exactNumbers[scale + at % columns];
      scale += columns;
    }
    return own;
  });
}

/**
 * Sets the class that a conditional decoder decodes: its place among the classes of the model.
 *
 * @param {Decoder} decoder
 * @param {number} place
 */
export function setClass({ condition }, place) {
  condition?.fill(0).fill(1, place, place + 1);
}

/**
 * The decoded sample [D] of a latent point [K]; the next call overwrites it.
 *
 * @param {Decoder} decoder
 * @param {ArrayLike<number>} point
 * @returns {Float32Array}
 */
export function decode({ values, input, output }, point) {
  input.set(point);
  for (const value of values) {
    const kind = /** @type {keyof typeof LOOPS} */ (value.operation.kind);
    if (kind in LOOPS) LOOPS[kind](value, value.data, value.reads, 1);
  }
  return output;
}
