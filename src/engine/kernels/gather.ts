// deno-fmt-ignore-file (one style for all kernels)
// AssemblyScript. Bytes to numbers: `byte * (1 / 255)`. The clear version: ../reference_steps.ts

/** Row r of y [rows, pixels] becomes image `order[r] mod images`. */
export function gather(y: usize, bytes: usize, images: u32, pixels: usize, order: usize, rows: usize): void {
  const share = f32x4.splat(<f32>(1.0 / 255.0));
  for (let row: usize = 0; row < rows; row++) {
    let from = bytes + <usize>(load<u32>(order + (row << 2)) % images) * pixels;
    const end = from + (pixels & ~15);
    while (from < end) {
      const x = v128.load(from), low = i16x8.extend_low_i8x16_u(x), high = i16x8.extend_high_i8x16_u(x);
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low)), share));
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low)), share), 16);
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high)), share), 32);
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high)), share), 48);
      from += 16;
      y += 64;
    }
    for (let pixel: usize = 0; pixel < (pixels & 15); pixel++) {
      store<f32>(y, <f32>load<u8>(from + pixel) * <f32>(1.0 / 255.0));
      y += 4;
    }
  }
}
