// u = a uniform in (0, 1), x = 2u - 1 in (-1, 1).
//
// All work is done in single precision with +, -, *, / and sqrt alone, each rounded once (Math.fround), so that the WebAssembly version in
// engine/kernels/random.ts gives the same bits on four lanes.

/**
 * Uniform and normal numbers out of random bits.
 *
 * @module
 */

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
const NORMAL_NEAR: readonly number[] = [
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
const NORMAL_FAR: readonly number[] = [
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
