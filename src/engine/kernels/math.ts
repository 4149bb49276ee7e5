// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. Four numbers at a time: exp, log, tanh, sigmoid, softplus, each to a few units in the last place.
// The clear versions: Math.exp and its kind.

/** `e^x`: x = n ln 2 + r, |r| <= ln 2 / 2, and a polynomial for e^r (Cephes, expf); 0 and infinity beyond the range of singles. */
// @ts-ignore: decorator
@inline
export function exp4(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(89)), f32x4.splat(-104));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  let r = f32x4.relaxed_nmadd(n, f32x4.splat(0.693359375), x);
  r = f32x4.relaxed_nmadd(n, f32x4.splat(-2.12194440e-4), r);
  let p = f32x4.relaxed_madd(r, f32x4.splat(1.9875691500e-4), f32x4.splat(1.3981999507e-3));
  p = f32x4.relaxed_madd(p, r, f32x4.splat(8.3334519073e-3));
  p = f32x4.relaxed_madd(p, r, f32x4.splat(4.1665795894e-2));
  p = f32x4.relaxed_madd(p, r, f32x4.splat(1.6666665459e-1));
  p = f32x4.relaxed_madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.relaxed_madd(p, f32x4.mul(r, r), r);
  p = f32x4.add(p, f32x4.splat(1));
  // 2^n by two factors, so that neither leaves the range of exponents.
  const whole = i32x4.trunc_sat_f32x4_s(n), half = i32x4.shr_s(whole, 1);
  const first = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(whole, half), i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(p, first), second);
}

/** `log(x)`: x = 2^n m, m in [0.707, 1.414), `log(m) = 2 atanh((m - 1) / (m + 1))`; -infinity at 0, NaN below. */
// @ts-ignore: decorator
@inline
export function log4(value: v128): v128 {
  // Numbers too small for a full mantissa are scaled up by 2^24 first.
  const tiny = f32x4.lt(value, f32x4.splat(1.17549435e-38));
  const x = v128.bitselect(f32x4.mul(value, f32x4.splat(16777216)), value, tiny);
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const n = f32x4.sub(f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23)), v128.and(tiny, f32x4.splat(24)));
  const s = f32x4.div(f32x4.sub(m, f32x4.splat(1)), f32x4.add(m, f32x4.splat(1)));
  const z = f32x4.mul(s, s);
  let p = f32x4.relaxed_madd(z, f32x4.splat(0.222222222), f32x4.splat(0.285714286));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(0.4));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(0.666666667));
  p = f32x4.mul(f32x4.mul(p, z), s);
  p = f32x4.relaxed_madd(n, f32x4.splat(-2.12194440e-4), p);
  const y = f32x4.relaxed_madd(n, f32x4.splat(0.693359375), f32x4.add(f32x4.add(s, s), p));
  const infinite = f32x4.splat(Infinity);
  const finite = v128.bitselect(y, value, f32x4.lt(value, infinite));
  const positive = v128.bitselect(finite, f32x4.splat(NaN), f32x4.ge(value, f32x4.splat(0)));
  return v128.bitselect(f32x4.neg(infinite), positive, f32x4.eq(value, f32x4.splat(0)));
}

/** `tanh(x)`: the rational function of Eigen (MathFunctionsImpl.h, ptanh_float), exact to 1 where |x| >= 9. */
// @ts-ignore: decorator
@inline
export function tanh4(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(9)), f32x4.splat(-9));
  const z = f32x4.mul(x, x);
  let p = f32x4.relaxed_madd(z, f32x4.splat(-2.76076847742355e-16), f32x4.splat(2.00018790482477e-13));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(-8.60467152213735e-11));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(5.12229709037114e-08));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(1.48572235717979e-05));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(6.37261928875436e-04));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(4.89352455891786e-03));
  let q = f32x4.relaxed_madd(z, f32x4.splat(1.19825839466702e-06), f32x4.splat(1.18534705686654e-04));
  q = f32x4.relaxed_madd(q, z, f32x4.splat(2.26843463243900e-03));
  q = f32x4.relaxed_madd(q, z, f32x4.splat(4.89352518554385e-03));
  return f32x4.div(f32x4.mul(p, x), q);
}

/** `1 / (1 + e^-x)`. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/** `max(x, 0) + log(1 + t)` with `t = e^-|x|`; `log(1 + t) = 2 atanh(t / (2 + t))` keeps its last digits where t is small. */
// @ts-ignore: decorator
@inline
export function softplus4(x: v128): v128 {
  const t = exp4(f32x4.neg(f32x4.abs(x)));
  const s = f32x4.div(t, f32x4.add(t, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let p = f32x4.relaxed_madd(z, f32x4.splat(0.133333333), f32x4.splat(0.153846154));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(0.181818182));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(0.222222222));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(0.285714286));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(0.4));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(0.666666667));
  p = f32x4.relaxed_madd(p, z, f32x4.splat(2));
  return f32x4.relaxed_madd(p, s, f32x4.max(x, f32x4.splat(0)));
}

/** `x` where `x > 0`, else `slope x`. */
// @ts-ignore: decorator
@inline
export function relu4(x: v128, slope: v128): v128 {
  return v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, f32x4.splat(0)));
}
