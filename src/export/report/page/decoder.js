// @ts-check
// I = inputs, O = outputs of a layer; weights [I, O] row-major, bias [O].

/**
 * The decoder as the page runs it: plain dense layers, `y = activation(x w + b)`. Its clear twin is `models/layers.ts`.
 *
 * @module
 */

/**
 * A decoder as it lies in the page: the weights of all layers one after the other as 32-bit or 16-bit floats, or as whole numbers
 * times a scale of each output: from -127 to 127 as bytes, or from -31 to 31 as a character each; the exact numbers are all biases, then all scales, as 32-bit floats.
 *
 * @typedef {{ inputs: number, outputs: number, activation: string }} Shape
 * @typedef {{ layers: Shape[], format: "f32" | "f16" | "i8" | "i6", weights: string, exact: string }} PackedDecoder
 * @typedef {Shape & { weights: Float32Array, bias: Float32Array }} DenseLayer
 */

/**
 * @param {string} text Bytes as base64.
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(text) {
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

/**
 * @param {PackedDecoder} packed
 * @returns {DenseLayer[]}
 */
export function unpackDecoder({ layers, format, weights, exact }) {
  const exactNumbers = floatsOf(exact), stored = storedNumbers(format, weights);
  let bias = 0, scale = layers.reduce((sum, { outputs }) => sum + outputs, 0), from = 0;
  return layers.map(({ inputs, outputs, activation }) => {
    const own = Float32Array.from(stored.subarray(from, from += inputs * outputs));
    if (format === "i8" || format === "i6") {
      for (let at = 0; at < own.length; at++) own[at] *= exactNumbers[scale + at % outputs];
      scale += outputs;
    }
    return { inputs, outputs, activation, weights: own, bias: exactNumbers.subarray(bias, bias += outputs) };
  });
}

/** @type {Record<string, (x: number) => number>} */
const ACTIVATIONS = {
  relu: (x) => x > 0 ? x : 0,
  leakyRelu: (x) => x > 0 ? x : 0.01 * x,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  gelu: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
  linear: (x) => x,
};

/**
 * The image [D] that a decoder makes of a latent point [K].
 *
 * @param {readonly DenseLayer[]} layers
 * @param {ArrayLike<number>} point
 * @returns {Float32Array}
 */
export function decode(layers, point) {
  let values = Float32Array.from(point);
  for (const { inputs, outputs, activation, weights, bias } of layers) {
    const next = Float32Array.from(bias);
    for (let i = 0; i < inputs; i++) {
      const x = values[i], row = i * outputs;
      if (x === 0) continue;
      for (let o = 0; o < outputs; o++) next[o] += x * weights[row + o];
    }
    const activate = ACTIVATIONS[activation];
    values = next.map((value) => activate(value));
  }
  return values;
}
