// k, s, p = kernel, stride and padding along one axis; h = the smaller map's size along it, H = the larger's.

/**
 * What convolutions and transposed convolutions share: options, and the window that leads from a larger map to a smaller.
 *
 * @module
 */
import { z } from "zod";
import { type Window, windowOf } from "../../graph/window.ts";
import { LayerFault } from "./fault.ts";
import type { MapShape } from "./sample_rows.ts";
import { CHANNELS_LAST } from "./tfjs.ts";

/** A size along both axes: one number, or height and width. */
export type AxisSizes = number | [height: number, width: number];

/**
 * Zeros around a map. `"same"`: as many as give `ceil(size / stride)` places, the odd one at the bottom and right, as TensorFlow and Keras
 * define it. `"valid"`: none. A number of rows and columns on each side, as PyTorch has it.
 */
export type PaddingOption = "same" | "valid" | AxisSizes;

/** Bounded, so that a mistyped size is refused before memory is allocated. */
const MOST_STEPS = 1024;

/** The schemas of sizes along both axes. */
function sizes(minimum: number) {
  const size = z.int().min(minimum).max(MOST_STEPS);
  return [size, z.tuple([size, size])] as const;
}

/** The schema of sizes along both axes. */
export function axisSizes(minimum: number): z.ZodType<AxisSizes, AxisSizes> {
  return z.union(sizes(minimum));
}

/** The options that both kinds have, as schemas. */
export const convolutionOptions = {
  filters: z.int().min(1).max(65536),
  kernel: axisSizes(1).default(3),
  stride: axisSizes(1).default(1),
  padding: z.union([z.enum(["same", "valid"]), ...sizes(0)]).default("same"),
};

/** The options that both kinds have. */
export interface Convolution {
  /** Channels of the output. */
  readonly filters: number;
  /** Pixels that the kernel covers. */
  readonly kernel: AxisSizes;
  /** Pixels between the places of the kernel. */
  readonly stride: AxisSizes;
  /** Zeros around the larger map. */
  readonly padding: PaddingOption;
}

/** Both sizes of an option. */
export function axesOf(sizes: AxisSizes): readonly [height: number, width: number] {
  return typeof sizes === "number" ? [sizes, sizes] : sizes;
}

/** Sizes as text, for descriptions: `2`, `2x1`. */
export function axesText(sizes: AxisSizes): string {
  const [height, width] = axesOf(sizes);
  return height === width ? `${height}` : `${height}x${width}`;
}

/** How a kernel moves over a map of some channels. @throws {LayerFault} When kernel or stride do not fit the map. */
export function windowOver({ kernel, stride, padding }: Convolution, map: MapShape): Window {
  const [height, width, channels] = map;
  const kernels = axesOf(kernel), strides = axesOf(stride);
  [height, width].forEach((size, axis) => {
    const side = SIDES[axis], room = size + 2 * paddingAlong(padding, axis);
    const most = padding === "same" ? 2 * size : room,
      found = `${height}x${width} with ${paddingText(padding)}`;
    if (kernels[axis] > most) {
      const must = `must have a ${side} of at most ${most} on a map of ${found}, got ${kernels[axis]}`;
      throw new LayerFault(["kernel"], must);
    }
    if (strides[axis] > room) {
      const must = `must be at most the ${side} of a map of ${found}, got ${
        strides[axis]
      } (it would leave no pixel)`;
      throw new LayerFault(["stride"], must);
    }
  });
  return windowOf({ height, width, channels, kernel: kernels, stride: strides, padding: zeros(padding) });
}

const SIDES = ["height", "width"] as const;

function paddingText(padding: PaddingOption): string {
  return typeof padding === "string" ? `padding "${padding}"` : `a padding of ${axesText(padding)}`;
}

function paddingAlong(padding: PaddingOption, axis: number): number {
  return typeof padding === "string" ? 0 : axesOf(padding)[axis];
}

/** The padding of a window. */
function zeros(padding: PaddingOption) {
  if (typeof padding === "string") return padding;
  const [rows, columns] = axesOf(padding);
  return { top: rows, left: columns, bottom: rows, right: columns };
}

/** The sizes of the larger map that a convolution leads to a smaller one, along each axis. */
export function largerSizes(
  { kernel, stride, padding }: Convolution,
  [height, width]: MapShape,
): readonly { readonly least: number; readonly most: number; readonly usual: number }[] {
  const kernels = axesOf(kernel), strides = axesOf(stride);
  return [height, width].map((h, axis) => {
    const s = strides[axis];
    // ceil(H / s) = h.
    if (padding === "same") return { least: (h - 1) * s + 1, most: h * s, usual: h * s };
    // floor((H + 2 p - k) / s) + 1 = h.
    const least = (h - 1) * s + kernels[axis] - 2 * paddingAlong(padding, axis);
    return { least, most: least + s - 1, usual: least };
  });
}

/** The options of Keras' convolutions that both kinds have. */
export function kerasConvolution(
  { filters, kernel, stride }: Convolution,
  padding: string,
  activation: string,
): Readonly<Record<string, unknown>> {
  return {
    filters,
    kernel_size: [...axesOf(kernel)],
    strides: [...axesOf(stride)],
    padding,
    activation,
    use_bias: true,
    ...CHANNELS_LAST,
  };
}
