// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. The numbers of ../../core/random.ts, bit for bit, four rows of the counter at a time. No fused multiply-add here:
// each product and each sum is rounded by itself, as Math.fround does it there.
import { number } from "./lanes";

/** The two multipliers and the two steps of the key. */
const PHILOX = memory.data<u32>([0xd2511f53, 0xcd9e8d57, 0x9e3779b9, 0xbb67ae85]);

/** The upper halves of the four 64-bit products. */
// @ts-ignore: decorator
@inline
function highProduct(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), 1, 3, 5, 7);
}

/**
 * Four blocks of Philox4x32-10, those of the counters (block .. block + 3, sample, epoch, stream); word w of block i is at
 * `out + 16 i + 4 w`.
 */
// @ts-ignore: decorator
@inline
function philox4(out: usize, block: i32, sample: i32, epoch: i32, stream: i32, seedLow: i32, seedHigh: i32): void {
  const m0 = number(PHILOX, 0), m1 = number(PHILOX, 1), step0 = number(PHILOX, 2), step1 = number(PHILOX, 3);
  let c0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3)), c1 = i32x4.splat(sample);
  let c2 = i32x4.splat(epoch), c3 = i32x4.splat(stream);
  let k0 = i32x4.splat(seedLow), k1 = i32x4.splat(seedHigh);
  for (let round = 0; round < 10; round++) {
    const high0 = highProduct(c0, m0), high1 = highProduct(c2, m1);
    c3 = v128.xor(c3, k1);
    c1 = v128.xor(c1, k0);
    const low0 = i32x4.mul(c0, m0), low1 = i32x4.mul(c2, m1);
    c0 = v128.xor(high1, c1);
    c2 = v128.xor(high0, c3);
    c1 = low1;
    c3 = low0;
    k0 = i32x4.add(k0, step0);
    k1 = i32x4.add(k1, step1);
  }
  const low01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5), high01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
  const low23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5), high23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i64>(low01, low23, 0, 2));
  v128.store(out, v128.shuffle<i64>(low01, low23, 1, 3), 16);
  v128.store(out, v128.shuffle<i64>(high01, high23, 0, 2), 32);
  v128.store(out, v128.shuffle<i64>(high01, high23, 1, 3), 48);
}

/** 1/2, 2^-23, 1, 2, 5/2, 3, 5. */
const NUMBERS = memory.data<f32>([0.5, 1.1920928955078125e-7, 1.0, 2.0, 2.5, 3.0, 5.0]);

/** Uniform numbers in (0, 1): the upper 23 bits and a half. */
// @ts-ignore: decorator
@inline
function uniform4(words: v128): v128 {
  const whole = f32x4.convert_i32x4_s(i32x4.shr_u(words, 9));
  return f32x4.mul(f32x4.add(whole, number(NUMBERS, 0)), number(NUMBERS, 1));
}

/** 2/9, 2/7, 2/5, 2/3, 2, ln 2. */
const LOG = memory.data<f32>([0.222222224, 0.285714298, 0.400000006, 0.666666687, 2.0, 0.693147182]);

/** log(w) of positive normal singles, as `logSingle`. */
// @ts-ignore: decorator
@inline
function logSingle4(value: v128): v128 {
  const shifted = i32x4.sub(value, i32x4.splat(0x3f3504f3));
  const exponent = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const mantissa = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const one = number(NUMBERS, 2);
  const s = f32x4.div(f32x4.sub(mantissa, one), f32x4.add(mantissa, one));
  const z = f32x4.mul(s, s);
  let p = f32x4.add(f32x4.mul(z, number(LOG, 0)), number(LOG, 1));
  p = f32x4.add(f32x4.mul(z, p), number(LOG, 2));
  p = f32x4.add(f32x4.mul(z, p), number(LOG, 3));
  p = f32x4.add(f32x4.mul(z, p), number(LOG, 4));
  return f32x4.add(f32x4.mul(s, p), f32x4.mul(exponent, number(LOG, 5)));
}

/** NORMAL_NEAR and NORMAL_FAR of core/random.ts, to the nine digits that name a single. */
const NEAR = memory.data<f32>([
  3.97426021e-8, 4.85462635e-7, -0.0000049828227, -0.00000621052777, 0.00030912002, -0.00177303492, -0.00590813393, 0.348802656,
  2.12331343,
]);
const FAR = memory.data<f32>([
  -0.000283145724, 0.000142765639, 0.00190825947, -0.00519501232, 0.00811688974, -0.0107797878, 0.0133485785, 1.41658103, 4.00643396,
]);

/** The polynomial of a table at t. */
// @ts-ignore: decorator
@inline
function polynomial(table: usize, t: v128): v128 {
  let p = f32x4.add(f32x4.mul(number(table, 0), t), number(table, 1));
  p = f32x4.add(f32x4.mul(p, t), number(table, 2));
  p = f32x4.add(f32x4.mul(p, t), number(table, 3));
  p = f32x4.add(f32x4.mul(p, t), number(table, 4));
  p = f32x4.add(f32x4.mul(p, t), number(table, 5));
  p = f32x4.add(f32x4.mul(p, t), number(table, 6));
  p = f32x4.add(f32x4.mul(p, t), number(table, 7));
  return f32x4.add(f32x4.mul(p, t), number(table, 8));
}

/** Standard normal numbers at uniform ones, as `toNormal`; one vector in a hundred has a lane far from 0. */
// @ts-ignore: decorator
@inline
function normal4(uniform: v128): v128 {
  const one = number(NUMBERS, 2);
  const x = f32x4.sub(f32x4.mul(number(NUMBERS, 3), uniform), one);
  const w = f32x4.neg(logSingle4(f32x4.mul(f32x4.sub(one, x), f32x4.add(one, x))));
  let p = polynomial(NEAR, f32x4.sub(w, number(NUMBERS, 4)));
  const far = f32x4.ge(w, number(NUMBERS, 6));
  if (v128.any_true(far)) {
    p = v128.bitselect(polynomial(FAR, f32x4.sub(f32x4.sqrt(w), number(NUMBERS, 5))), p, far);
  }
  return f32x4.mul(p, x);
}

/** Corrupts four numbers x at once by uniform numbers u, kinds as in {@link corruptRows}. */
// @ts-ignore: decorator
@inline
function corrupt(kind: i32, x: v128, u: v128, level: v128, on: v128): v128 {
  if (kind == 0) return normal4(u);
  if (kind == 1) return f32x4.add(x, f32x4.mul(normal4(u), level));
  if (kind == 3) return v128.bitselect(f32x4.sub(f32x4.splat(1), x), x, f32x4.lt(u, level));
  if (kind == 4) return v128.and(f32x4.splat(1), f32x4.lt(u, x));
  const kept = v128.andnot(x, f32x4.lt(u, level));
  return v128.bitselect(f32x4.splat(1), kept, f32x4.ge(u, on));
}

/** A row of numbers: 16 at a time are drawn to `scratch` (64 bytes), and whole or partial vectors of them used. */
// @ts-ignore: decorator
@inline
function corruptRow(
  kind: i32, to: usize, from: usize, columns: usize, scratch: usize, sample: i32, epoch: i32, stream: i32,
  seedLow: i32, seedHigh: i32, level: v128, on: v128,
): void {
  for (let column: usize = 0; column < columns; column += 16) {
    philox4(scratch, <i32>(column >> 2), sample, epoch, stream, seedLow, seedHigh);
    const left = min<usize>(16, columns - column), end = from + ((left & ~3) << 2);
    let words = scratch;
    while (from < end) {
      v128.store(to, corrupt(kind, v128.load(from), uniform4(v128.load(words)), level, on));
      from += 16;
      to += 16;
      words += 16;
    }
    const rest = left & 3;
    if (rest > 0) {
      let last = corrupt(kind, v128.load(from), uniform4(v128.load(words)), level, on);
      for (let lane: usize = 0; lane < rest; lane++) {
        v128.store32_lane(to + (lane << 2), last, 0);
        last = v128.shuffle<f32>(last, last, 1, 2, 3, 0);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function corruptAllRows(
  kind: i32, to: usize, from: usize, order: usize, rows: usize, columns: usize, scratch: usize, epoch: i32, stream: i32,
  levelStream: i32, seedLow: i32, seedHigh: i32, level: f32, spread: f32, on: f32,
): void {
  const ons = f32x4.splat(on);
  for (let row: usize = 0; row < rows; row++) {
    const sample = load<i32>(order + (row << 2));
    let own = level;
    if (kind == 1 && spread > 0) {
      philox4(scratch, 0, sample, epoch, levelStream, seedLow, seedHigh);
      own = level + spread * f32x4.extract_lane(uniform4(v128.load(scratch)), 0);
    }
    corruptRow(kind, to, from, columns, scratch, sample, epoch, stream, seedLow, seedHigh, f32x4.splat(own), ons);
    from += columns << 2;
    to += columns << 2;
  }
}

/**
 * Corrupts rows of x [rows, columns] by draws that depend on the sample, the column and the key alone.
 *
 * Kind 0: standard normal numbers, x is not used; 1: `x + z std`, std = `level`, or `level + spread u` for each row by a draw of its
 * own from `levelStream`; 2: 0 where `u < level`, 1 where `u >= on`; 3: `1 - x` where `u < level`; 4: 1 where `u < x`, else 0. `order`
 * holds the sample of each row; level, spread and on are the settings.
 */
export function corruptRows(
  kind: i32, to: usize, from: usize, order: usize, rows: usize, columns: usize, scratch: usize, epoch: i32, stream: i32,
  levelStream: i32, seedLow: i32, seedHigh: i32, settings: usize,
): void {
  const level = load<f32>(settings), spread = load<f32>(settings, 4), on = load<f32>(settings, 8);
  if (kind == 0) {
    corruptAllRows(0, to, from, order, rows, columns, scratch, epoch, stream, levelStream, seedLow, seedHigh, level, spread, on);
  } else if (kind == 1) {
    corruptAllRows(1, to, from, order, rows, columns, scratch, epoch, stream, levelStream, seedLow, seedHigh, level, spread, on);
  } else if (kind == 3) {
    corruptAllRows(3, to, from, order, rows, columns, scratch, epoch, stream, levelStream, seedLow, seedHigh, level, spread, on);
  } else if (kind == 4) {
    corruptAllRows(4, to, from, order, rows, columns, scratch, epoch, stream, levelStream, seedLow, seedHigh, level, spread, on);
  } else {
    corruptAllRows(2, to, from, order, rows, columns, scratch, epoch, stream, levelStream, seedLow, seedHigh, level, spread, on);
  }
}
