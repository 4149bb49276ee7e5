// deno-fmt-ignore-file (one style for all kernels)
// AssemblyScript. Copies of eight columns of b side by side, so that a strip reads them in order.

/** Copies 8 columns of b [k, n] to a panel [k, 8]. */
export function packColumns(panel: usize, b: usize, bStride: usize, k: usize): void {
  for (let step: usize = 0; step < k; step++) {
    v128.store(panel, v128.load(b));
    v128.store(panel, v128.load(b, 16), 16);
    panel += 32;
    b += bStride;
  }
}

/** Copies a transposed a [k, m] to panels [k, 4], one for each four of its m rows. */
export function packSteps(panel: usize, a: usize, aStride: usize, m: usize, k: usize): void {
  for (let row: usize = 0; row < m; row += 4) {
    let from = a;
    for (let step: usize = 0; step < k; step++) {
      v128.store(panel, v128.load(from));
      panel += 16;
      from += aStride;
    }
    a += 16;
  }
}

/** Copies 8 rows of b [n, k] to a panel [k, 8]; of `width` rows the last is repeated. */
export function packRows(panel: usize, b: usize, bStride: usize, width: usize, k: usize): void {
  packFourRows(panel, b, bStride, width, k);
  if (width > 4) packFourRows(panel + 16, b + (bStride << 2), bStride, width - 4, k);
}

function packFourRows(panel: usize, b0: usize, bStride: usize, width: usize, k: usize): void {
  let b1 = width > 1 ? b0 + bStride : b0;
  let b2 = width > 2 ? b1 + bStride : b1;
  let b3 = width > 3 ? b2 + bStride : b2;
  const end = b0 + ((k & ~3) << 2), last = b0 + (k << 2);
  while (b0 < end) {
    const r0 = v128.load(b0), r1 = v128.load(b1), r2 = v128.load(b2), r3 = v128.load(b3);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(panel, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(panel, v128.shuffle<f64>(low01, low23, 1, 3), 32);
    v128.store(panel, v128.shuffle<f64>(high01, high23, 0, 2), 64);
    v128.store(panel, v128.shuffle<f64>(high01, high23, 1, 3), 96);
    panel += 128;
    b0 += 16; b1 += 16; b2 += 16; b3 += 16;
  }
  while (b0 < last) {
    store<u32>(panel, load<u32>(b0));
    store<u32>(panel, load<u32>(b1), 4);
    store<u32>(panel, load<u32>(b2), 8);
    store<u32>(panel, load<u32>(b3), 12);
    panel += 32;
    b0 += 4; b1 += 4; b2 += 4; b3 += 4;
  }
}
