// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. The matrix product over strips of 8 columns, in blocks of k that keep a strip of b in the first cache.
import { binary, unary } from "./elementwise";
import { packColumns, packRows } from "./panels";
import { strip, stripTransposed } from "./strips";

/** The most steps of k in one block: a panel of b is then at most 12 kB. */
const MOST_STEPS: usize = 384;

/** Below this many bytes b is read where it lies. */
const SMALL: usize = 20480;

/**
 * `c [m, n] = op(a) op(b) + bias`, a [m, k] (or [k, m]), b [k, n] (or [n, k]); bias [1, n].
 *
 * @param bias The row to begin with; without one, an address of 8 zeros, and `hasBias` is 0.
 * @param scratch 12,288 bytes for a panel of b.
 */
export function product(
  c: usize, m: usize, n: usize, k: usize, a: usize, transposeA: bool, b: usize, transposeB: bool,
  bias: usize, hasBias: bool, scratch: usize,
): void {
  const blocks = (k + MOST_STEPS - 1) / MOST_STEPS;
  const steps = ((k + blocks - 1) / blocks + 3) & ~3;
  const aStride = (transposeA ? m : k) << 2, bStride = (transposeB ? k : n) << 2, cStride = n << 2;
  const direct = !transposeB && (n >= 8 || m < 8) && k * bStride <= SMALL;
  for (let from: usize = 0; from < k; from += steps) {
    const inner = min(steps, k - from);
    for (let column: usize = 0; column < n; column += 8) {
      const width = min<usize>(8, n - column);
      let panel = b + from * bStride + (column << 2), panelStride = bStride;
      if (!direct) {
        if (transposeB) packRows(scratch, b + column * bStride + (from << 2), bStride, width, inner);
        else packColumns(scratch, panel, bStride, inner);
        panel = scratch;
        panelStride = 32;
      }
      let initial = hasBias ? bias + (column << 2) : bias, initialStride: usize = 0;
      if (from > 0) {
        initial = c + (column << 2);
        initialStride = cStride;
      }
      if (transposeA) {
        stripTransposed(a + from * aStride, aStride, 16, panel, panelStride, c + (column << 2), cStride,
          initial, initialStride, m, width, inner);
      } else {
        strip(a + (from << 2), aStride, panel, panelStride, c + (column << 2), cStride,
          initial, initialStride, m, width, inner);
      }
    }
  }
}

/** The product and, while c is near, an activation of it: `c = kind(op(a) op(b) + bias)`; kinds as of `unary`. */
export function productUnary(
  c: usize, m: usize, n: usize, k: usize, a: usize, transposeA: bool, b: usize, transposeB: bool,
  bias: usize, hasBias: bool, scratch: usize, kind: i32, slope: f32,
): void {
  product(c, m, n, k, a, transposeA, b, transposeB, bias, hasBias, scratch);
  unary(kind, c, c, m * n, slope);
}

/** The product and the derivative of an activation that gave y [m, n]: `c = kind(op(a) op(b) + bias, y)`; kinds as of `binary`. */
export function productBinary(
  c: usize, m: usize, n: usize, k: usize, a: usize, transposeA: bool, b: usize, transposeB: bool,
  bias: usize, hasBias: bool, scratch: usize, kind: i32, y: usize, slope: f32,
): void {
  product(c, m, n, k, a, transposeA, b, transposeB, bias, hasBias, scratch);
  binary(kind, c, c, 0, 16, y, 0, 16, 1, m * n, slope);
}
