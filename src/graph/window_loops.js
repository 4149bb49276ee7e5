// @ts-check
// h, w, c = height, width and channels of a map; kh, kw = of the kernel; h', w' = of the map of patches; images = maps one after the other.

/**
 * The plain loops of patches. JavaScript, as the page of a report runs them, too.
 *
 * @module
 */

/**
 * @typedef {Float32Array | Float64Array} Numbers
 * @typedef {import("./window.ts").Window} Window
 */

/**
 * The size of the map of patches: how many places the kernel has, `floor((size + padding - kernel) / stride) + 1` down and to the right.
 *
 * @param {Window} window
 * @returns {{ height: number, width: number }}
 */
export function outputSize({ height, width, kernel, stride, padding: { top, left, bottom, right } }) {
  return {
    height: Math.floor((height + top + bottom - kernel[0]) / stride[0]) + 1,
    width: Math.floor((width + left + right - kernel[1]) / stride[1]) + 1,
  };
}

/**
 * How many maps some rows are.
 *
 * @param {Window} window
 * @param {number} rows
 */
export function mapsOf({ height: down, width: across }, rows) {
  return rows / (down * across);
}

/**
 * Visits the places of all patches: `row` is the row of the map's matrix, -1 beyond the border; `at` the row among all places of patches,
 * each of c numbers.
 *
 * @param {Window} window
 * @param {number} images
 * @param {(row: number, at: number) => void} visit
 */
export function eachPlace(window, images, visit) {
  const { height, width, kernel: [kh, kw], stride, padding: { top, left } } = window,
    { height: down, width: across } = outputSize(window);
  const taps = kh * kw, steps = down * across;
  for (let at = 0; at < images * steps * taps; at++) {
    const tap = at % taps, step = Math.floor(at / taps) % steps, image = Math.floor(at / (taps * steps));
    const y = Math.floor(step / across) * stride[0] - top + Math.floor(tap / kw);
    const x = (step % across) * stride[1] - left + tap % kw;
    visit(y >= 0 && y < height && x >= 0 && x < width ? (image * height + y) * width + x : -1, at);
  }
}

/**
 * im2col: `[images h w, c] -> [images h' w', kh kw c]`, zeros beyond the border.
 *
 * @param {Window} window
 * @param {Numbers} out
 * @param {Numbers} x
 * @param {number} images
 */
export function patchesLoop(window, out, x, images) {
  const { channels } = window;
  eachPlace(window, images, (row, at) => {
    for (let c = 0; c < channels; c++) out[at * channels + c] = row < 0 ? 0 : x[row * channels + c];
  });
}

/**
 * col2im, the adjoint of im2col: each number is added to the place that it came from, in double precision.
 *
 * @param {Window} window
 * @param {Numbers} out
 * @param {Numbers} y
 * @param {number} images
 */
export function foldPatchesLoop(window, out, y, images) {
  const { channels } = window, totals = new Float64Array(out.length);
  eachPlace(window, images, (row, at) => {
    if (row < 0) return;
    for (let c = 0; c < channels; c++) totals[row * channels + c] += y[at * channels + c];
  });
  out.set(totals);
}
