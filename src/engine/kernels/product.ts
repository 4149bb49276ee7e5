// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. The matrix product over strips of 8 columns, in blocks of k that keep a strip of b in the first cache.
import { stripNarrow, stripTransposedNarrow } from "./narrow";
import { packColumns, packRows, packSteps } from "./panels";
import { strip, stripTransposed } from "./strips";

/** The most steps of k in one block: a panel of b is then at most 12 kB. */
const MOST_STEPS: usize = 384;

/** The most rows of a transposed a that are packed at once: a panel of them is then at most 192 kB. */
const MOST_ROWS: usize = 128;

/** Bytes of scratch before the panel of a: those of the panel of b. */
const PANEL: usize = MOST_STEPS << 5;

/** Below this many bytes b is read where it lies. */
const SMALL: usize = 20480;

/**
 * `c [m, n] = op(a) op(b) + bias`, a [m, k] (or [k, m]), b [k, n] (or [n, k]); bias [1, n].
 *
 * @param bias The row to begin with; without one, an address of 8 zeros, and `hasBias` is 0.
 * @param scratch 208,896 bytes for the panels.
 */
export function product(
  c: usize, m: usize, n: usize, k: usize, a: usize, transposeA: bool, b: usize, transposeB: bool,
  bias: usize, hasBias: bool, scratch: usize,
): void {
  multiply(c, m, n, k, a, transposeA, b, transposeB, bias, hasBias, scratch, false);
}

/** `c += op(a) op(b)`. */
export function productAdd(
  c: usize, m: usize, n: usize, k: usize, a: usize, transposeA: bool, b: usize, transposeB: bool, scratch: usize,
): void {
  multiply(c, m, n, k, a, transposeA, b, transposeB, c, false, scratch, true);
}

function multiply(
  c: usize, m: usize, n: usize, k: usize, a: usize, transposeA: bool, b: usize, transposeB: bool,
  bias: usize, hasBias: bool, scratch: usize, adds: bool,
): void {
  const blocks = (k + MOST_STEPS - 1) / MOST_STEPS;
  const steps = ((k + blocks - 1) / blocks + 3) & ~3;
  const cStride = n << 2;
  // Rows of a transposed a lie far apart: it pays to line up those that many strips will read.
  const packs = transposeA && n >= 64;
  const most = packs ? MOST_ROWS : m;
  for (let from: usize = 0; from < k; from += steps) {
    const inner = min(steps, k - from), isFirst = from == 0 && !adds;
    const first = isFirst ? bias : c, firstStride = isFirst ? 0 : cStride, firstStep: usize = hasBias || !isFirst ? 4 : 0;
    for (let row: usize = 0; row < m; row += most) {
      const rows = min(most, m - row), initial = isFirst ? first : c + row * cStride;
      if (!transposeA) {
        block(c, rows, n, inner, a + (from << 2), k << 2, 0, b, k, from, transposeB, initial, firstStride, firstStep, scratch);
        continue;
      }
      let panel = a + from * (m << 2) + (row << 2), stride = m << 2, next: usize = 16;
      if (packs) {
        packSteps(scratch + PANEL, panel, stride, rows, inner);
        panel = scratch + PANEL;
        stride = 16;
        next = inner << 4;
      }
      block(c + row * cStride, rows, n, inner, panel, stride, next, b, k, from, transposeB, initial, firstStride, firstStep, scratch);
    }
  }
}

/** All columns of some rows of c, for the steps from `from` on; `next` is 0 for an a by rows, else the bytes to its next four rows. */
function block(
  c: usize, rows: usize, n: usize, inner: usize, a: usize, aStride: usize, next: usize, b: usize, k: usize, from: usize,
  transposeB: bool, initial: usize, initialStride: usize, initialStep: usize, scratch: usize,
): void {
  const bStride = (transposeB ? k : n) << 2, cStride = n << 2;
  const direct = !transposeB && (k * bStride <= SMALL || rows < 8);
  for (let column: usize = 0; column < n; column += 8) {
    const width = min<usize>(8, n - column);
    let panel = b + from * bStride + (column << 2), stride = bStride;
    if (!direct) {
      if (transposeB) packRows(scratch, b + column * bStride + (from << 2), bStride, width, inner);
      else packColumns(scratch, panel, bStride, inner);
      panel = scratch;
      stride = 32;
    }
    const start = initial + column * initialStep, to = c + (column << 2);
    if (next == 0) {
      if (width <= 4) stripNarrow(a, aStride, panel, stride, to, cStride, start, initialStride, rows, width, inner);
      else strip(a, aStride, panel, stride, to, cStride, start, initialStride, rows, width, inner);
    } else if (width <= 4) {
      stripTransposedNarrow(a, aStride, next, panel, stride, to, cStride, start, initialStride, rows, width, inner);
    } else stripTransposed(a, aStride, next, panel, stride, to, cStride, start, initialStride, rows, width, inner);
  }
}
