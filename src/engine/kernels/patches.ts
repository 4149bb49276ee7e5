// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. Patches of maps and back, and consecutive rows. The clear versions: ../../graph/window_loops.js and loops.js.
//
// The places of a kernel's row lie side by side in a map as in a patch: each is one run of kw * c numbers.

/** Copies `count` numbers. */
// @ts-ignore: decorator
@inline
function copyRun(to: usize, from: usize, count: usize): void {
  const end = to + ((count & ~3) << 2), last = to + (count << 2);
  while (to < end) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
  while (to < last) {
    store<u32>(to, load<u32>(from));
    to += 4;
    from += 4;
  }
}

/** Writes `count` zeros. */
// @ts-ignore: decorator
@inline
function zeroRun(to: usize, count: usize): void {
  const end = to + ((count & ~3) << 2), last = to + (count << 2);
  while (to < end) {
    v128.store(to, f32x4.splat(0));
    to += 16;
  }
  while (to < last) {
    store<f32>(to, 0);
    to += 4;
  }
}

/** Adds `count` numbers. */
// @ts-ignore: decorator
@inline
function addRun(to: usize, from: usize, count: usize): void {
  const end = to + ((count & ~3) << 2), last = to + (count << 2);
  while (to < end) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    to += 16;
    from += 16;
  }
  while (to < last) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    to += 4;
    from += 4;
  }
}

/**
 * im2col: y [rows, outWidth, kernelHeight * kernelWidth * channels] of the maps x [height, width, channels], one after the other; zeros
 * beyond the border, `top` rows above and `left` columns beside a map.
 *
 * @param first The first row, counted through the maps of patches, which have outHeight rows each.
 */
export function patches(
  y: usize, x: usize, first: i32, rows: i32, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideHeight: i32, strideWidth: i32, top: i32, left: i32, outHeight: i32, outWidth: i32,
): void {
  const line = (width * channels) << 2, map = height * line, run = kernelWidth * channels;
  for (let row = first; row < first + rows; row++) {
    const from = x + <usize>(row / outHeight) * map, start = (row % outHeight) * strideHeight - top;
    for (let column = 0; column < outWidth; column++) {
      const begin = column * strideWidth - left;
      const before = min(max(-begin, 0), kernelWidth), after = min(max(begin + kernelWidth - width, 0), kernelWidth - before);
      const zeros = before * channels, count = (kernelWidth - before - after) * channels;
      for (let step = 0; step < kernelHeight; step++) {
        const at = start + step;
        if (at < 0 || at >= height || count == 0) zeroRun(y, run);
        else {
          zeroRun(y, zeros);
          copyRun(y + (zeros << 2), from + at * line + (((begin + before) * channels) << 2), count);
          zeroRun(y + ((zeros + count) << 2), after * channels);
        }
        y += run << 2;
      }
    }
  }
}

/**
 * col2im, the adjoint: the maps x [height, width, channels] are the sums of what y has of each place. The first row of a map of patches
 * makes it zero; so all its rows must come in order. Sizes as of `patches`.
 */
export function foldPatches(
  x: usize, y: usize, first: i32, rows: i32, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideHeight: i32, strideWidth: i32, top: i32, left: i32, outHeight: i32, outWidth: i32,
): void {
  const line = (width * channels) << 2, map = height * line, run = kernelWidth * channels;
  for (let row = first; row < first + rows; row++) {
    const to = x + <usize>(row / outHeight) * map, start = (row % outHeight) * strideHeight - top;
    if (row % outHeight == 0) memory.fill(to, 0, map);
    for (let column = 0; column < outWidth; column++) {
      const begin = column * strideWidth - left;
      const before = min(max(-begin, 0), kernelWidth), after = min(max(begin + kernelWidth - width, 0), kernelWidth - before);
      const zeros = before * channels, count = (kernelWidth - before - after) * channels;
      for (let step = 0; step < kernelHeight; step++) {
        const at = start + step;
        if (at >= 0 && at < height) addRun(to + at * line + (((begin + before) * channels) << 2), y + (zeros << 2), count);
        y += run << 2;
      }
    }
  }
}

/** Each row of x [rows, columns] `times` times in a row. */
export function repeatRows(y: usize, x: usize, rows: usize, times: usize, columns: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let time: usize = 0; time < times; time++) {
      copyRun(y, x, columns);
      y += columns << 2;
    }
    x += columns << 2;
  }
}

/** 1 at the first largest number of each row, else 0. */
export function oneHotOfMaximum(y: usize, x: usize, rows: usize, columns: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    let largest = load<f32>(x), place: usize = 0;
    for (let column: usize = 1; column < columns; column++) {
      const value = load<f32>(x + (column << 2));
      if (value > largest) {
        largest = value;
        place = column;
      }
    }
    zeroRun(y, columns);
    store<f32>(y + (place << 2), 1);
    x += columns << 2;
    y += columns << 2;
  }
}
