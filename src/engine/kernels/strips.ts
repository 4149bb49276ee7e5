// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. c [m, n] = a [m, k] x b [k, n] + initial values; all sizes in elements, all strides in bytes.
//
// A tile of 4 rows and 8 columns of c lives in 8 vector registers. One step of k loads 8 numbers of b as two vectors, takes one
// number of each of the 4 rows of a, and does 8 fused multiply-adds. The numbers of a come by whole vectors and are spread by
// shuffles, since under Deno every load also costs a bounds check. The clear version: ../reference.ts
import { spread0, spread1, spread2, spread3, storeRow } from "./lanes";

/**
 * Columns of c, `width` (1 to 8) of them, for all m rows; a is row-major: [m, k] with `aStride` bytes per row.
 *
 * Rows of b are `bStride` bytes apart; the first values of row r are at `initial + r * initialStride` (0 repeats one row).
 */
export function strip(
  a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize,
  initial: usize, initialStride: usize, m: usize, width: usize, k: usize,
): void {
  for (let row: usize = 0; row < m; row += 4) {
    const left = m - row;
    // Rows beyond the last repeat it; they are not stored.
    let a1 = a, i1 = initial;
    if (left > 1) { a1 += aStride; i1 += initialStride; }
    let a2 = a1, i2 = i1;
    if (left > 2) { a2 += aStride; i2 += initialStride; }
    let a3 = a2, i3 = i2;
    if (left > 3) { a3 += aStride; i3 += initialStride; }
    tile(a, a1, a2, a3, b, bStride, c, cStride, initial, i1, i2, i3, left, width, k);
    initial += initialStride << 2;
    a += aStride << 2;
    c += cStride << 2;
  }
}

/** One tile: the first `left` of four rows of c, whose numbers of a are at a0 to a3 and whose first values are at i0 to i3. */
// @ts-ignore: decorator
@inline
function tile(
  a0: usize, a1: usize, a2: usize, a3: usize, b: usize, bStride: usize, c: usize, cStride: usize,
  i0: usize, i1: usize, i2: usize, i3: usize, left: usize, width: usize, k: usize,
): void {
  let c00 = v128.load(i0), c01 = v128.load(i0, 16), c10 = v128.load(i1), c11 = v128.load(i1, 16);
  let c20 = v128.load(i2), c21 = v128.load(i2, 16), c30 = v128.load(i3), c31 = v128.load(i3, 16);
  const end = a0 + ((k & ~3) << 2);
  while (a0 < end) {
    const r0 = v128.load(a0), r1 = v128.load(a1), r2 = v128.load(a2), r3 = v128.load(a3);
    let left0 = v128.load(b), right0 = v128.load(b, 16), x: v128;
    b += bStride;
    x = spread0(r0); c00 = f32x4.relaxed_madd(x, left0, c00); c01 = f32x4.relaxed_madd(x, right0, c01);
    x = spread0(r1); c10 = f32x4.relaxed_madd(x, left0, c10); c11 = f32x4.relaxed_madd(x, right0, c11);
    x = spread0(r2); c20 = f32x4.relaxed_madd(x, left0, c20); c21 = f32x4.relaxed_madd(x, right0, c21);
    x = spread0(r3); c30 = f32x4.relaxed_madd(x, left0, c30); c31 = f32x4.relaxed_madd(x, right0, c31);
    left0 = v128.load(b); right0 = v128.load(b, 16); b += bStride;
    x = spread1(r0); c00 = f32x4.relaxed_madd(x, left0, c00); c01 = f32x4.relaxed_madd(x, right0, c01);
    x = spread1(r1); c10 = f32x4.relaxed_madd(x, left0, c10); c11 = f32x4.relaxed_madd(x, right0, c11);
    x = spread1(r2); c20 = f32x4.relaxed_madd(x, left0, c20); c21 = f32x4.relaxed_madd(x, right0, c21);
    x = spread1(r3); c30 = f32x4.relaxed_madd(x, left0, c30); c31 = f32x4.relaxed_madd(x, right0, c31);
    left0 = v128.load(b); right0 = v128.load(b, 16); b += bStride;
    x = spread2(r0); c00 = f32x4.relaxed_madd(x, left0, c00); c01 = f32x4.relaxed_madd(x, right0, c01);
    x = spread2(r1); c10 = f32x4.relaxed_madd(x, left0, c10); c11 = f32x4.relaxed_madd(x, right0, c11);
    x = spread2(r2); c20 = f32x4.relaxed_madd(x, left0, c20); c21 = f32x4.relaxed_madd(x, right0, c21);
    x = spread2(r3); c30 = f32x4.relaxed_madd(x, left0, c30); c31 = f32x4.relaxed_madd(x, right0, c31);
    left0 = v128.load(b); right0 = v128.load(b, 16); b += bStride;
    x = spread3(r0); c00 = f32x4.relaxed_madd(x, left0, c00); c01 = f32x4.relaxed_madd(x, right0, c01);
    x = spread3(r1); c10 = f32x4.relaxed_madd(x, left0, c10); c11 = f32x4.relaxed_madd(x, right0, c11);
    x = spread3(r2); c20 = f32x4.relaxed_madd(x, left0, c20); c21 = f32x4.relaxed_madd(x, right0, c21);
    x = spread3(r3); c30 = f32x4.relaxed_madd(x, left0, c30); c31 = f32x4.relaxed_madd(x, right0, c31);
    a0 += 16; a1 += 16; a2 += 16; a3 += 16;
  }
  const last = end + ((k & 3) << 2);
  while (a0 < last) {
    const left0 = v128.load(b), right0 = v128.load(b, 16);
    let x = v128.load32_splat(a0); c00 = f32x4.relaxed_madd(x, left0, c00); c01 = f32x4.relaxed_madd(x, right0, c01);
    x = v128.load32_splat(a1); c10 = f32x4.relaxed_madd(x, left0, c10); c11 = f32x4.relaxed_madd(x, right0, c11);
    x = v128.load32_splat(a2); c20 = f32x4.relaxed_madd(x, left0, c20); c21 = f32x4.relaxed_madd(x, right0, c21);
    x = v128.load32_splat(a3); c30 = f32x4.relaxed_madd(x, left0, c30); c31 = f32x4.relaxed_madd(x, right0, c31);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; b += bStride;
  }
  storeRow(c, c00, c01, width);
  c += cStride;
  if (left > 1) storeRow(c, c10, c11, width);
  c += cStride;
  if (left > 2) storeRow(c, c20, c21, width);
  c += cStride;
  if (left > 3) storeRow(c, c30, c31, width);
}

/** As {@link strip}, for an a whose 4 numbers of a step lie side by side: step k of the rows r.. is at `a + k * aStride + 4 r`. */
export function stripTransposed(
  a: usize, aStride: usize, aNext: usize, b: usize, bStride: usize, c: usize, cStride: usize,
  initial: usize, initialStride: usize, m: usize, width: usize, k: usize,
): void {
  for (let row: usize = 0; row < m; row += 4) {
    const left = m - row;
    let c00 = v128.load(initial), c01 = v128.load(initial, 16);
    // Rows beyond the last repeat it; they are not stored.
    if (left > 1) initial += initialStride;
    let c10 = v128.load(initial), c11 = v128.load(initial, 16);
    if (left > 2) initial += initialStride;
    let c20 = v128.load(initial), c21 = v128.load(initial, 16);
    if (left > 3) initial += initialStride;
    let c30 = v128.load(initial), c31 = v128.load(initial, 16);
    initial += initialStride;
    let q = a, p = b, steps = k;
    while (steps >= 2) {
      let left0 = v128.load(p), right0 = v128.load(p, 16), r = v128.load(q), x: v128;
      p += bStride; q += aStride;
      x = spread0(r); c00 = f32x4.relaxed_madd(x, left0, c00); c01 = f32x4.relaxed_madd(x, right0, c01);
      x = spread1(r); c10 = f32x4.relaxed_madd(x, left0, c10); c11 = f32x4.relaxed_madd(x, right0, c11);
      x = spread2(r); c20 = f32x4.relaxed_madd(x, left0, c20); c21 = f32x4.relaxed_madd(x, right0, c21);
      x = spread3(r); c30 = f32x4.relaxed_madd(x, left0, c30); c31 = f32x4.relaxed_madd(x, right0, c31);
      left0 = v128.load(p); right0 = v128.load(p, 16); r = v128.load(q);
      p += bStride; q += aStride;
      x = spread0(r); c00 = f32x4.relaxed_madd(x, left0, c00); c01 = f32x4.relaxed_madd(x, right0, c01);
      x = spread1(r); c10 = f32x4.relaxed_madd(x, left0, c10); c11 = f32x4.relaxed_madd(x, right0, c11);
      x = spread2(r); c20 = f32x4.relaxed_madd(x, left0, c20); c21 = f32x4.relaxed_madd(x, right0, c21);
      x = spread3(r); c30 = f32x4.relaxed_madd(x, left0, c30); c31 = f32x4.relaxed_madd(x, right0, c31);
      steps -= 2;
    }
    if (steps > 0) {
      const left0 = v128.load(p), right0 = v128.load(p, 16), r = v128.load(q);
      let x = spread0(r);
      c00 = f32x4.relaxed_madd(x, left0, c00); c01 = f32x4.relaxed_madd(x, right0, c01);
      x = spread1(r); c10 = f32x4.relaxed_madd(x, left0, c10); c11 = f32x4.relaxed_madd(x, right0, c11);
      x = spread2(r); c20 = f32x4.relaxed_madd(x, left0, c20); c21 = f32x4.relaxed_madd(x, right0, c21);
      x = spread3(r); c30 = f32x4.relaxed_madd(x, left0, c30); c31 = f32x4.relaxed_madd(x, right0, c31);
    }
    storeRow(c, c00, c01, width);
    c += cStride;
    if (left > 1) storeRow(c, c10, c11, width);
    c += cStride;
    if (left > 2) storeRow(c, c20, c21, width);
    c += cStride;
    if (left > 3) storeRow(c, c30, c31, width);
    c += cStride;
    a += aNext;
  }
}
