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

/** `y [1, columns] = sum over rows of x`. */
export function sumRows(y: usize, x: usize, rows: usize, columns: usize): void {
  const stride = columns << 2;
  for (let column: usize = 0; column < columns; column += 4) {
    let a = f64x2.splat(0), b = f64x2.splat(0), p = x;
    for (let row: usize = 0; row < rows; row++) {
      const v = v128.load(p);
      a = f64x2.add(a, low(v));
      b = f64x2.add(b, high(v));
      p += stride;
    }
    const total = v128.shuffle<f32>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5);
    if (columns - column >= 4) v128.store(y, total);
    else storeLanes(y, total, columns - column);
    x += 16;
    y += 16;
  }
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
