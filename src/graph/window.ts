// h, w, c = height, width and channels of a map; kh, kw = of the kernel; h', w' = of the map of patches.

/**
 * How a kernel moves over a map: what `patches` and `foldPatches`, and with them convolutions, are made of.
 *
 * A map [n, h, w, c] is the matrix `[n h w, c]`: channels last, one row for each place.
 *
 * @module
 */
import { sampleSize } from "../core/shape.ts";

/** Zeros around a map: rows at its top and bottom, columns at its left and right. */
export interface Padding {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A kernel that moves over a map of fixed size. The map of patches has the size that `outputSize` gives. */
export interface Window {
  /** Rows of the map, without its padding. */
  readonly height: number;
  /** Columns of the map, without its padding. */
  readonly width: number;
  /** Numbers of each place. */
  readonly channels: number;
  /** Rows and columns of the kernel. */
  readonly kernel: readonly [height: number, width: number];
  /** Steps of the kernel, down and to the right. */
  readonly stride: readonly [height: number, width: number];
  readonly padding: Padding;
}

/** A window as written: `"same"` and `"valid"` stand for paddings. */
export interface WindowOptions extends Omit<Window, "stride" | "padding"> {
  /** Steps of the kernel, down and to the right. @default {[1, 1]} */
  readonly stride?: readonly [height: number, width: number];
  /**
   * - `"valid"`: no padding; only whole kernels.
   * - `"same"`: `ceil(size / stride)` places, as TensorFlow defines it: what is missing for that is padded, half of it (rounded down) at
   *   the top and left. PyTorch's symmetric paddings differ from it where the stride is above 1; they can be given as numbers.
   *
   * @default {"same"}
   */
  readonly padding?: "same" | "valid" | Padding;
}

/**
 * A window with its padding in numbers.
 *
 * @throws {RangeError} When a size is not a positive integer, a padding not an integer from 0, or the kernel larger than the padded map.
 */
export function windowOf(
  { height, width, channels, kernel: [kh, kw], stride: [sh, sw] = [1, 1], padding = "same" }: WindowOptions,
): Window {
  const [top, bottom] = paddingOf(padding, height, kh, sh, ["top", "bottom"]);
  const [left, right] = paddingOf(padding, width, kw, sw, ["left", "right"]);
  const window: Window = {
    height,
    width,
    channels,
    kernel: [kh, kw],
    stride: [sh, sw],
    padding: { top, left, bottom, right },
  };
  checkWindow(window);
  return window;
}

/** The zeros before and after one axis. */
function paddingOf(
  padding: "same" | "valid" | Padding,
  size: number,
  kernel: number,
  stride: number,
  [before, after]: readonly (keyof Padding)[],
): [before: number, after: number] {
  if (padding === "valid") return [0, 0];
  if (padding !== "same") return [padding[before], padding[after]];
  const missing = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0);
  return [Math.floor(missing / 2), Math.ceil(missing / 2)];
}

/** Numbers of a patch: the columns of `patches`. */
export function patchSize({ kernel: [height, width], channels }: Window): number {
  return sampleSize([height, width, channels]);
}

/** Whether each patch is one place, all in order: a kernel of 1 that leaves no place out. */
export function isPointwise({ kernel, stride, padding }: Window): boolean {
  return [...kernel, ...stride].every((size) => size === 1) &&
    Object.values(padding).every((size) => size === 0);
}

/** Checks a window. @throws {RangeError} As {@link windowOf}. */
function checkWindow({ height, width, channels, kernel, stride, padding }: Window): void {
  const sizes = { height, width, channels, ...axes("kernel", kernel), ...axes("stride", stride) };
  for (const [name, size] of Object.entries(sizes)) {
    if (!(Number.isInteger(size) && size >= 1)) {
      throw new RangeError(`window.${name} must be a positive integer, got ${size}`);
    }
  }
  const { top, left, bottom, right } = padding;
  for (const [name, size] of Object.entries({ top, left, bottom, right })) {
    if (!(Number.isInteger(size) && size >= 0)) {
      throw new RangeError(`window.padding.${name} must be an integer from 0, got ${size}`);
    }
  }
  const padded = [height + top + bottom, width + left + right];
  if (kernel[0] > padded[0] || kernel[1] > padded[1]) {
    throw new RangeError(
      `window.kernel must be at most as large as the padded map of ${padded.join("x")}, got ${
        kernel.join("x")
      }`,
    );
  }
}

function axes(name: string, [down, right]: readonly [number, number]): Record<string, number> {
  return { [`${name}[0]`]: down, [`${name}[1]`]: right };
}
