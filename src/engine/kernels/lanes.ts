// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. Parts of vectors of four singles.

/** A number of a constant table, in all lanes. */
// @ts-ignore: decorator
@inline
export function number(table: usize, position: usize): v128 { return v128.load32_splat(table + (position << 2)); }

/** Spreads one lane of a vector over all lanes. */
// @ts-ignore: decorator
@inline
export function spread0(x: v128): v128 { return v128.shuffle<f32>(x, x, 0, 0, 0, 0); }
// @ts-ignore: decorator
@inline
export function spread1(x: v128): v128 { return v128.shuffle<f32>(x, x, 1, 1, 1, 1); }
// @ts-ignore: decorator
@inline
export function spread2(x: v128): v128 { return v128.shuffle<f32>(x, x, 2, 2, 2, 2); }
// @ts-ignore: decorator
@inline
export function spread3(x: v128): v128 { return v128.shuffle<f32>(x, x, 3, 3, 3, 3); }

/** Stores the first `count` (0 to 3) lanes. */
export function storeLanes(y: usize, x: v128, count: usize): void {
  if (count & 2) {
    v128.store64_lane(y, x, 0);
    y += 8;
    x = v128.shuffle<f32>(x, x, 2, 3, 2, 3);
  }
  if (count & 1) v128.store32_lane(y, x, 0);
}

/** Keeps the first `count` (1 to 3) lanes and makes the others 0. */
// @ts-ignore: decorator
@inline
export function firstLanes(x: v128, count: usize): v128 {
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(<i32>count)));
}

/** Stores the first `count` (1 to 8) of the 8 numbers of a row of a tile. */
// @ts-ignore: decorator
@inline
export function storeRow(c: usize, left: v128, right: v128, count: usize): void {
  if (count >= 8) {
    v128.store(c, left);
    v128.store(c, right, 16);
  } else {
    storeSome(c, left, right, count);
  }
}

function storeSome(c: usize, left: v128, right: v128, count: usize): void {
  if (count & 4) {
    v128.store(c, left);
    storeLanes(c + 16, right, count & 3);
  } else {
    storeLanes(c, left, count & 3);
  }
}
