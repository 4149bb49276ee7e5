// deno-fmt-ignore-file (one style for all kernels)
// AssemblyScript. Samples to rows, and their scale. The clear version: ../reference_steps.ts

/** Row r of y [rows, size] becomes sample `order[r] mod samples` of some bytes: `byte * share`. */
export function gather(y: usize, bytes: usize, samples: u32, size: usize, order: usize, rows: usize, share: f32): void {
  const shares = f32x4.splat(share);
  for (let row: usize = 0; row < rows; row++) {
    let from = bytes + <usize>(load<u32>(order + (row << 2)) % samples) * size;
    const end = from + (size & ~15);
    while (from < end) {
      const x = v128.load(from), low = i16x8.extend_low_i8x16_u(x), high = i16x8.extend_high_i8x16_u(x);
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low)), shares));
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low)), shares), 16);
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high)), shares), 32);
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high)), shares), 48);
      from += 16;
      y += 64;
    }
    for (let at: usize = 0; at < (size & 15); at++) {
      store<f32>(y, <f32>load<u8>(from + at) * share);
      y += 4;
    }
  }
}

/** Row r of y [rows, size] becomes sample `order[r] mod samples` of some floats, as it is. */
export function gatherFloats(y: usize, floats: usize, samples: u32, size: usize, order: usize, rows: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    let from = floats + ((<usize>(load<u32>(order + (row << 2)) % samples) * size) << 2);
    const end = from + ((size & ~3) << 2);
    while (from < end) {
      v128.store(y, v128.load(from));
      from += 16;
      y += 16;
    }
    for (let at: usize = 0; at < (size & 3); at++) {
      store<f32>(y, load<f32>(from + (at << 2)));
      y += 4;
    }
  }
}

/** y [rows, size] becomes `(y - shift) / divisor`, column by column; shift and divisor [size]. */
export function scaleRows(y: usize, shift: usize, divisor: usize, rows: usize, size: usize): void {
  const vectors = (size & ~3) << 2, all = size << 2;
  for (let row: usize = 0; row < rows; row++) {
    for (let at: usize = 0; at < vectors; at += 16) {
      v128.store(y + at, f32x4.div(f32x4.sub(v128.load(y + at), v128.load(shift + at)), v128.load(divisor + at)));
    }
    for (let at = vectors; at < all; at += 4) {
      store<f32>(y + at, (load<f32>(y + at) - load<f32>(shift + at)) / load<f32>(divisor + at));
    }
    y += all;
  }
}
