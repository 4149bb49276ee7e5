// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. The strips of ./strips for the last 1 to 4 columns: half a tile, so each number of c has two sums, of the even and
// of the odd steps of k. With one, the processor would wait for itself.
import { spread0, spread1, spread2, spread3, storeLanes } from "./lanes";

// @ts-ignore: decorator
@inline
function storeNarrow(c: usize, x: v128, y: v128, width: usize): void {
  const sum = f32x4.add(x, y);
  if (width == 4) v128.store(c, sum);
  else storeLanes(c, sum, width);
}

/** As `strip`, for at most 4 columns. */
export function stripNarrow(
  a: usize, aStride: usize, b: usize, bStride: usize, c: usize, cStride: usize,
  initial: usize, initialStride: usize, m: usize, width: usize, k: usize,
): void {
  for (let row: usize = 0; row < m; row += 4) {
    const left = m - row;
    let c0 = v128.load(initial), d0 = f32x4.splat(0), d1 = d0, d2 = d0, d3 = d0;
    // Rows beyond the last repeat it; they are not stored.
    if (left > 1) initial += initialStride;
    let c1 = v128.load(initial);
    if (left > 2) initial += initialStride;
    let c2 = v128.load(initial);
    if (left > 3) initial += initialStride;
    let c3 = v128.load(initial);
    initial += initialStride;
    let a0 = a;
    let a1 = left > 1 ? a0 + aStride : a0;
    let a2 = left > 2 ? a1 + aStride : a1;
    let a3 = left > 3 ? a2 + aStride : a2;
    let p = b;
    const end = a0 + ((k & ~3) << 2), last = a0 + (k << 2);
    while (a0 < end) {
      const r0 = v128.load(a0), r1 = v128.load(a1), r2 = v128.load(a2), r3 = v128.load(a3);
      let x = v128.load(p);
      p += bStride;
      c0 = f32x4.relaxed_madd(spread0(r0), x, c0); c1 = f32x4.relaxed_madd(spread0(r1), x, c1);
      c2 = f32x4.relaxed_madd(spread0(r2), x, c2); c3 = f32x4.relaxed_madd(spread0(r3), x, c3);
      x = v128.load(p);
      p += bStride;
      d0 = f32x4.relaxed_madd(spread1(r0), x, d0); d1 = f32x4.relaxed_madd(spread1(r1), x, d1);
      d2 = f32x4.relaxed_madd(spread1(r2), x, d2); d3 = f32x4.relaxed_madd(spread1(r3), x, d3);
      x = v128.load(p);
      p += bStride;
      c0 = f32x4.relaxed_madd(spread2(r0), x, c0); c1 = f32x4.relaxed_madd(spread2(r1), x, c1);
      c2 = f32x4.relaxed_madd(spread2(r2), x, c2); c3 = f32x4.relaxed_madd(spread2(r3), x, c3);
      x = v128.load(p);
      p += bStride;
      d0 = f32x4.relaxed_madd(spread3(r0), x, d0); d1 = f32x4.relaxed_madd(spread3(r1), x, d1);
      d2 = f32x4.relaxed_madd(spread3(r2), x, d2); d3 = f32x4.relaxed_madd(spread3(r3), x, d3);
      a0 += 16; a1 += 16; a2 += 16; a3 += 16;
    }
    while (a0 < last) {
      const x = v128.load(p);
      c0 = f32x4.relaxed_madd(v128.load32_splat(a0), x, c0); c1 = f32x4.relaxed_madd(v128.load32_splat(a1), x, c1);
      c2 = f32x4.relaxed_madd(v128.load32_splat(a2), x, c2); c3 = f32x4.relaxed_madd(v128.load32_splat(a3), x, c3);
      a0 += 4; a1 += 4; a2 += 4; a3 += 4; p += bStride;
    }
    storeNarrow(c, c0, d0, width);
    if (left > 1) storeNarrow(c + cStride, c1, d1, width);
    if (left > 2) storeNarrow(c + 2 * cStride, c2, d2, width);
    if (left > 3) storeNarrow(c + 3 * cStride, c3, d3, width);
    c += cStride << 2;
    a += aStride << 2;
  }
}

/** As `stripTransposed`, for at most 4 columns. */
export function stripTransposedNarrow(
  a: usize, aStride: usize, aNext: usize, b: usize, bStride: usize, c: usize, cStride: usize,
  initial: usize, initialStride: usize, m: usize, width: usize, k: usize,
): void {
  for (let row: usize = 0; row < m; row += 4) {
    const left = m - row;
    let c0 = v128.load(initial), d0 = f32x4.splat(0), d1 = d0, d2 = d0, d3 = d0;
    if (left > 1) initial += initialStride;
    let c1 = v128.load(initial);
    if (left > 2) initial += initialStride;
    let c2 = v128.load(initial);
    if (left > 3) initial += initialStride;
    let c3 = v128.load(initial);
    initial += initialStride;
    let q = a, p = b;
    for (let steps = k; steps >= 2; steps -= 2) {
      let x = v128.load(p), r = v128.load(q);
      p += bStride; q += aStride;
      c0 = f32x4.relaxed_madd(spread0(r), x, c0); c1 = f32x4.relaxed_madd(spread1(r), x, c1);
      c2 = f32x4.relaxed_madd(spread2(r), x, c2); c3 = f32x4.relaxed_madd(spread3(r), x, c3);
      x = v128.load(p); r = v128.load(q);
      p += bStride; q += aStride;
      d0 = f32x4.relaxed_madd(spread0(r), x, d0); d1 = f32x4.relaxed_madd(spread1(r), x, d1);
      d2 = f32x4.relaxed_madd(spread2(r), x, d2); d3 = f32x4.relaxed_madd(spread3(r), x, d3);
    }
    if (k & 1) {
      const x = v128.load(p), r = v128.load(q);
      c0 = f32x4.relaxed_madd(spread0(r), x, c0); c1 = f32x4.relaxed_madd(spread1(r), x, c1);
      c2 = f32x4.relaxed_madd(spread2(r), x, c2); c3 = f32x4.relaxed_madd(spread3(r), x, c3);
    }
    storeNarrow(c, c0, d0, width);
    if (left > 1) storeNarrow(c + cStride, c1, d1, width);
    if (left > 2) storeNarrow(c + 2 * cStride, c2, d2, width);
    if (left > 3) storeNarrow(c + 3 * cStride, c3, d3, width);
    c += cStride << 2;
    a += aNext;
  }
}
