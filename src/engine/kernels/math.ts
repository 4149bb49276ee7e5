// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. Four numbers at a time: exp, log, tanh, sigmoid, softplus, each to a few units in the last place.
// The clear versions: Math.exp and its kind.
//
// The constants stand in tables in the first page of memory: V8 reads those in one instruction each, without a bounds check, where
// it would build a splat of three.
import { number } from "./lanes";

const EXP = memory.data<f32>([
  89.0, -104.0, 1.44269504, 0.693359375, -2.12194440e-4, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3,
  4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1.0,
]);

/** `e^x`: x = n ln 2 + r, |r| <= ln 2 / 2, and a polynomial for e^r (Cephes, expf); 0 and infinity beyond the range of singles. */
// @ts-ignore: decorator
@inline
export function exp4(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, number(EXP, 0)), number(EXP, 1));
  const n = f32x4.nearest(f32x4.mul(x, number(EXP, 2)));
  let r = f32x4.relaxed_nmadd(n, number(EXP, 3), x);
  r = f32x4.relaxed_nmadd(n, number(EXP, 4), r);
  let p = f32x4.relaxed_madd(r, number(EXP, 5), number(EXP, 6));
  p = f32x4.relaxed_madd(p, r, number(EXP, 7));
  p = f32x4.relaxed_madd(p, r, number(EXP, 8));
  p = f32x4.relaxed_madd(p, r, number(EXP, 9));
  p = f32x4.relaxed_madd(p, r, number(EXP, 10));
  p = f32x4.relaxed_madd(p, f32x4.mul(r, r), r);
  p = f32x4.add(p, number(EXP, 11));
  // 2^n by two factors, so that neither leaves the range of exponents.
  const whole = i32x4.relaxed_trunc_f32x4_s(n), half = i32x4.shr_s(whole, 1);
  const first = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(whole, half), i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(p, first), second);
}

const LOG = memory.data<f32>([
  1.17549435e-38, 16777216.0, 24.0, 1.0, 0.222222222, 0.285714286, 0.4, 0.666666667, -2.12194440e-4, 0.693359375,
]);

/** `log(x)`: x = 2^n m, m in [0.707, 1.414), `log(m) = 2 atanh((m - 1) / (m + 1))`; -infinity at 0, NaN below. */
// @ts-ignore: decorator
@inline
export function log4(value: v128): v128 {
  // Numbers too small for a full mantissa are scaled up by 2^24 first.
  const tiny = f32x4.lt(value, number(LOG, 0));
  const x = v128.bitselect(f32x4.mul(value, number(LOG, 1)), value, tiny);
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const n = f32x4.sub(f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23)), v128.and(tiny, number(LOG, 2)));
  const s = f32x4.div(f32x4.sub(m, number(LOG, 3)), f32x4.add(m, number(LOG, 3)));
  const z = f32x4.mul(s, s);
  let p = f32x4.relaxed_madd(z, number(LOG, 4), number(LOG, 5));
  p = f32x4.relaxed_madd(p, z, number(LOG, 6));
  p = f32x4.relaxed_madd(p, z, number(LOG, 7));
  p = f32x4.mul(f32x4.mul(p, z), s);
  p = f32x4.relaxed_madd(n, number(LOG, 8), p);
  const y = f32x4.relaxed_madd(n, number(LOG, 9), f32x4.add(f32x4.add(s, s), p));
  const infinite = f32x4.splat(Infinity);
  const finite = v128.bitselect(y, value, f32x4.lt(value, infinite));
  const positive = v128.bitselect(finite, f32x4.splat(NaN), f32x4.ge(value, f32x4.splat(0)));
  return v128.bitselect(f32x4.neg(infinite), positive, f32x4.eq(value, f32x4.splat(0)));
}

const TANH = memory.data<f32>([
  9.0, -9.0, -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-08,
  1.48572235717979e-05, 6.37261928875436e-04, 4.89352455891786e-03, 1.19825839466702e-06, 1.18534705686654e-04,
  2.26843463243900e-03, 4.89352518554385e-03,
]);

/** `tanh(x)`: the rational function of Eigen (MathFunctionsImpl.h, ptanh_float), exact to 1 where |x| >= 9. */
// @ts-ignore: decorator
@inline
export function tanh4(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, number(TANH, 0)), number(TANH, 1));
  const z = f32x4.mul(x, x);
  let p = f32x4.relaxed_madd(z, number(TANH, 2), number(TANH, 3));
  p = f32x4.relaxed_madd(p, z, number(TANH, 4));
  p = f32x4.relaxed_madd(p, z, number(TANH, 5));
  p = f32x4.relaxed_madd(p, z, number(TANH, 6));
  p = f32x4.relaxed_madd(p, z, number(TANH, 7));
  p = f32x4.relaxed_madd(p, z, number(TANH, 8));
  let q = f32x4.relaxed_madd(z, number(TANH, 9), number(TANH, 10));
  q = f32x4.relaxed_madd(q, z, number(TANH, 11));
  q = f32x4.relaxed_madd(q, z, number(TANH, 12));
  return f32x4.div(f32x4.mul(p, x), q);
}

/** `1 / (1 + e^-x)`. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

const SOFTPLUS = memory.data<f32>([
  2.0, 0.133333333, 0.153846154, 0.181818182, 0.222222222, 0.285714286, 0.4, 0.666666667,
]);

/** `max(x, 0) + log(1 + t)` with `t = e^-|x|`; `log(1 + t) = 2 atanh(t / (2 + t))` keeps its last digits where t is small. */
// @ts-ignore: decorator
@inline
export function softplus4(x: v128): v128 {
  const t = exp4(f32x4.neg(f32x4.abs(x)));
  const s = f32x4.div(t, f32x4.add(t, number(SOFTPLUS, 0)));
  const z = f32x4.mul(s, s);
  let p = f32x4.relaxed_madd(z, number(SOFTPLUS, 1), number(SOFTPLUS, 2));
  p = f32x4.relaxed_madd(p, z, number(SOFTPLUS, 3));
  p = f32x4.relaxed_madd(p, z, number(SOFTPLUS, 4));
  p = f32x4.relaxed_madd(p, z, number(SOFTPLUS, 5));
  p = f32x4.relaxed_madd(p, z, number(SOFTPLUS, 6));
  p = f32x4.relaxed_madd(p, z, number(SOFTPLUS, 7));
  p = f32x4.relaxed_madd(p, z, number(SOFTPLUS, 0));
  return f32x4.relaxed_madd(p, s, f32x4.pmax(x, f32x4.splat(0)));
}

/** `x` where `x > 0`, else `slope x`. */
// @ts-ignore: decorator
@inline
export function relu4(x: v128, slope: v128): v128 {
  return v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, f32x4.splat(0)));
}
