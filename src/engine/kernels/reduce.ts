// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. Sums in double precision, as the clear version's: ../reference.ts
import { firstLanes, storeLanes } from "./lanes";

/** Adds a vector of singles to two vectors of doubles. */
// @ts-ignore: decorator
@inline
function low(x: v128): v128 { return f64x2.promote_low_f32x4(x); }
// @ts-ignore: decorator
@inline
function high(x: v128): v128 { return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3)); }

/** Four sums as singles. */
// @ts-ignore: decorator
@inline
function singles(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5);
}

/** `y [1, columns] = sum over rows of x`. */
export function sumRows(y: usize, x: usize, rows: usize, columns: usize): void {
  const stride = columns << 2;
  let column: usize = 0;
  // 16 columns are a cache line: a narrower strip would read each line several times.
  for (; column + 16 <= columns; column += 16) {
    sumStrip(y, x, rows, stride);
    x += 64;
    y += 64;
  }
  for (; column < columns; column += 4) {
    let a = f64x2.splat(0), b = f64x2.splat(0), p = x;
    for (let row: usize = 0; row < rows; row++) {
      const v = v128.load(p);
      a = f64x2.add(a, low(v));
      b = f64x2.add(b, high(v));
      p += stride;
    }
    if (columns - column >= 4) v128.store(y, singles(a, b));
    else storeLanes(y, singles(a, b), columns - column);
    x += 16;
    y += 16;
  }
}

function sumStrip(y: usize, x: usize, rows: usize, stride: usize): void {
  let a0 = f64x2.splat(0), b0 = a0, a1 = a0, b1 = a0, a2 = a0, b2 = a0, a3 = a0, b3 = a0;
  for (let row: usize = 0; row < rows; row++) {
    let v = v128.load(x);
    a0 = f64x2.add(a0, low(v)); b0 = f64x2.add(b0, high(v));
    v = v128.load(x, 16);
    a1 = f64x2.add(a1, low(v)); b1 = f64x2.add(b1, high(v));
    v = v128.load(x, 32);
    a2 = f64x2.add(a2, low(v)); b2 = f64x2.add(b2, high(v));
    v = v128.load(x, 48);
    a3 = f64x2.add(a3, low(v)); b3 = f64x2.add(b3, high(v));
    x += stride;
  }
  v128.store(y, singles(a0, b0));
  v128.store(y, singles(a1, b1), 16);
  v128.store(y, singles(a2, b2), 32);
  v128.store(y, singles(a3, b3), 48);
}

/** `y [groups, columns]`: the sums of each `size` consecutive rows of x. */
export function sumRowGroups(y: usize, x: usize, groups: usize, size: usize, columns: usize): void {
  for (let group: usize = 0; group < groups; group++) {
    sumRows(y, x, size, columns);
    x += (size * columns) << 2;
    y += columns << 2;
  }
}

/** The sum of numbers that lie side by side. */
// @ts-ignore: decorator
@inline
function total(x: usize, count: usize): f64 {
  let a = f64x2.splat(0), b = f64x2.splat(0);
  const end = x + ((count & ~3) << 2);
  while (x < end) {
    const v = v128.load(x);
    a = f64x2.add(a, low(v));
    b = f64x2.add(b, high(v));
    x += 16;
  }
  if (count & 3) {
    const v = firstLanes(v128.load(x), count & 3);
    a = f64x2.add(a, low(v));
    b = f64x2.add(b, high(v));
  }
  a = f64x2.add(a, b);
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
}

/** `y [rows, 1] = sum over columns of x`. With one row: the sum of all. */
export function sumColumns(y: usize, x: usize, rows: usize, columns: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    store<f32>(y, <f32>total(x, columns));
    x += columns << 2;
    y += 4;
  }
}

/** The sum of squares. */
export function sumSquares(x: usize, count: usize): f64 {
  let a = f64x2.splat(0), b = f64x2.splat(0);
  const end = x + ((count & ~3) << 2);
  while (x < end) {
    const v = v128.load(x), l = low(v), h = high(v);
    a = f64x2.relaxed_madd(l, l, a);
    b = f64x2.relaxed_madd(h, h, b);
    x += 16;
  }
  if (count & 3) {
    const v = firstLanes(v128.load(x), count & 3), l = low(v), h = high(v);
    a = f64x2.relaxed_madd(l, l, a);
    b = f64x2.relaxed_madd(h, h, b);
  }
  a = f64x2.add(a, b);
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
}
