// Counter-based random numbers: every number is a function of (seed, stream, epoch, index, position) and of nothing else.
//
// c0..c3 = the counter's words, k0, k1 = the key's words, u = a uniform in (0, 1), x = 2u - 1 in (-1, 1).
// All floating-point work is done in single precision with +, -, *, / and sqrt alone, each rounded once (Math.fround), so that
// the WebAssembly twin in engine/kernels/random.ts gives the same bits on four lanes.

/**
 * Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), and the uniform and
 * normal numbers made of it.
 *
 * @module
 */

/** What a number is drawn for; two streams never share a number. The order is part of the format: append only. */
export const STREAMS = {
  initial: 0,
  shuffle: 1,
  split: 2,
  noise: 3,
  noiseLevel: 4,
  latent: 5,
  evaluation: 6,
  evaluationLatent: 7,
  generation: 8,
  preview: 9,
} as const;

/** The name of a stream. */
export type StreamName = keyof typeof STREAMS;

/** Where a draw stands: the run's seed, what it is for, and the epoch (or another round of draws). */
export interface DrawKey {
  /** The run's seed: an integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** What the numbers are for. */
  readonly stream: StreamName;
  /** The epoch, or the round of draws, counted from 0. */
  readonly epoch: number;
}

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** The upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff, aHigh = a >>> 16, bLow = b & 0xffff, bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const carry = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
}

/** Ten rounds of Philox4x32 on the counter (c0, c1, c2, c3) under the key (k0, k1); the four words are written to `out`. */
export function philox(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0), low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2), low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The two words of a seed: the key under which all of a run's numbers are drawn. */
export function seedWords(seed: number): readonly [low: number, high: number] {
  return [seed >>> 0, Math.floor(seed / 4294967296) >>> 0];
}

const round = Math.fround;
const TWO_TO_MINUS_23 = 1 / 8388608;
const bits = new Float32Array(1);
const bitsAsInteger = new Int32Array(bits.buffer);

/** A uniform number in (0, 1) from 32 random bits: the upper 23 bits and a half, an exact single-precision number. */
export function toUniform(word: number): number {
  return ((word >>> 9) + 0.5) * TWO_TO_MINUS_23;
}

/** log(w) of a positive normal single: exponent and mantissa apart, `log(m) = 2 atanh((m-1)/(m+1))` as a polynomial. */
function logSingle(value: number): number {
  bits[0] = value;
  // Centres the mantissa on 1: m lies in [0.70710677, 1.4142135).
  const shifted = bitsAsInteger[0] - 0x3f3504f3;
  const exponent = shifted >> 23;
  bitsAsInteger[0] = (shifted & 0x007fffff) + 0x3f3504f3;
  const mantissa = bits[0];
  const s = round(round(mantissa - 1) / round(mantissa + 1));
  const z = round(s * s);
  let p = round(round(z * LOG_9) + LOG_7);
  p = round(round(z * p) + LOG_5);
  p = round(round(z * p) + LOG_3);
  p = round(round(z * p) + 2);
  return round(round(s * p) + round(exponent * LN_2));
}
const LOG_9 = round(2 / 9), LOG_7 = round(2 / 7), LOG_5 = round(2 / 5), LOG_3 = round(2 / 3);
const LN_2 = round(Math.LN2);

/** Giles, "Approximating the erfinv function" (GPU Computing Gems, 2011), table 5, scaled by sqrt(2): near and far from 0. */
export const NORMAL_NEAR: readonly number[] = [
  2.81022636e-08,
  3.43273939e-07,
  -3.5233877e-06,
  -4.39150654e-06,
  0.00021858087,
  -0.00125372503,
  -0.00417768164,
  0.246640727,
  1.50140941,
].map((c) => round(round(c) * round(Math.SQRT2)));
export const NORMAL_FAR: readonly number[] = [
  -0.000200214257,
  0.000100950558,
  0.00134934322,
  -0.00367342844,
  0.00573950773,
  -0.0076224613,
  0.00943887047,
  1.00167406,
  2.83297682,
].map((c) => round(round(c) * round(Math.SQRT2)));

/** The standard normal number at a uniform one (the inverse distribution function): single precision, |z| < 5.3. */
export function toNormal(uniform: number): number {
  const x = round(round(2 * uniform) - 1);
  const w = -logSingle(round(round(1 - x) * round(1 + x)));
  const near = w < 5;
  const t = near ? round(w - 2.5) : round(round(Math.sqrt(w)) - 3);
  const table = near ? NORMAL_NEAR : NORMAL_FAR;
  let p = table[0];
  for (let term = 1; term < 9; term++) p = round(round(p * t) + table[term]);
  return round(p * x);
}

const words = new Uint32Array(4);

/**
 * Fills `out` with standard normal numbers: row r holds the numbers of sample `index[r]`.
 *
 * The number at (sample i, column j) comes from the counter (j >> 2, i, epoch, stream), word j & 3: it depends neither on the
 * batch nor on the order. Shapes: out [rows, columns], index [rows].
 */
export function fillNormal(
  out: Float32Array | Float64Array,
  rows: number,
  columns: number,
  index: ArrayLike<number>,
  key: DrawKey,
  scale = 1,
): void {
  fill(out, rows, columns, index, key, (word) => round(toNormal(toUniform(word)) * round(scale)));
}

/** Fills `out` with uniform numbers in (0, 1), addressed as in {@link fillNormal}. */
export function fillUniform(
  out: Float32Array | Float64Array,
  rows: number,
  columns: number,
  index: ArrayLike<number>,
  key: DrawKey,
): void {
  fill(out, rows, columns, index, key, toUniform);
}

function fill(
  out: Float32Array | Float64Array,
  rows: number,
  columns: number,
  index: ArrayLike<number>,
  { seed, stream, epoch }: DrawKey,
  number: (word: number) => number,
): void {
  const [k0, k1] = seedWords(seed);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column += 4) {
      philox(words, column >>> 2, index[row] >>> 0, epoch >>> 0, STREAMS[stream], k0, k1);
      const end = Math.min(4, columns - column);
      for (let lane = 0; lane < end; lane++) out[row * columns + column + lane] = number(words[lane]);
    }
  }
}

/**
 * A permutation of 0..length-1 that is a function of the key and a round alone (Fisher and Yates, one Philox word a swap). Rounds are
 * further permutations of one epoch, below 2^32 - 1.
 */
export function permutation(
  length: number,
  key: DrawKey,
  out: Uint32Array = new Uint32Array(length),
  round = 0,
): Uint32Array {
  const [k0, k1] = seedWords(key.seed);
  for (let position = 0; position < length; position++) out[position] = position;
  for (let last = length - 1, drawn = 0; last > 0; last--, drawn++) {
    if ((drawn & 3) === 0) philox(words, drawn >>> 2, round, key.epoch >>> 0, STREAMS[key.stream], k0, k1);
    const other = multiplyHigh(words[drawn & 3], last + 1);
    const kept = out[last];
    out[last] = out[other];
    out[other] = kept;
  }
  return out;
}

/** A whole number from 0 to below - 1 that is a function of the key alone; it shares no bits with any {@link permutation}. */
export function wholeNumber(below: number, key: DrawKey): number {
  const [k0, k1] = seedWords(key.seed);
  philox(words, 0, 0xffffffff, key.epoch >>> 0, STREAMS[key.stream], k0, k1);
  return multiplyHigh(words[0], below);
}
