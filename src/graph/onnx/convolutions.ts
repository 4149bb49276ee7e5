// n = maps, h, w, c = height, width and channels of a map, kh, kw = of the kernel, h', w' = of the map of patches, o = other channels.

/**
 * Patches as ONNX nodes. A product with patches becomes a `Conv`, the fold of a product a `ConvTranspose`, as readers of exported files
 * expect; ONNX has channels first, so maps are transposed before and after.
 *
 * @module
 */
import { pixelCount } from "../../core/shape.ts";
import { type OperationOf, sameShape, type Value } from "../graph.ts";
import { patchSize, type Window } from "../window.ts";
import { eachPlace, outputSize } from "../window_loops.js";
import { type Lowering, type OnnxWriter, source } from "./lowering.ts";
import type { Attributes } from "./messages.ts";

/** `patches(x) W`, and a row that is added to it: a convolution. */
export function convolution(y: Value, bias?: Value): Lowering | undefined {
  if (y.operation.kind !== "matmul" || y.operation.transposeA) return undefined;
  const [left, weight] = y.operands;
  if (left.operation.kind !== "patches") return undefined;
  const { window } = left.operation, [kh, kw] = window.kernel, { channels } = window;
  const outputs = y.shape[1] as number;
  const [sizes, order] = y.operation.transposeB
    ? [[outputs, kh, kw, channels], [0, 3, 1, 2]]
    : [[kh, kw, channels, outputs], [3, 2, 0, 1]];
  return {
    operands: [left.operands[0], weight, ...given(bias)],
    write(writer, output, [x, w, b]) {
      const map = channelsFirst(writer, x, [window.height, window.width, channels], output);
      const kernel = writer.arranged(w, sizes, order, `${output}.kernel`);
      const inputs = [map, kernel, ...row(writer, b, outputs, output)];
      writer.node("Conv", inputs, `${output}.map`, attributesOf(window));
      channelsLast(writer, `${output}.map`, outputs, output);
    },
  };
}

/** A convolution, or its transpose, and the row that is added to it. */
export function convolutionAndSum(y: Value, uses: ReadonlyMap<Value, number>): Lowering | undefined {
  for (const [made, other] of [y.operands, y.operands.toReversed()]) {
    const bias = source(other), isRow = sameShape(bias.shape, [1, y.shape[1]]);
    if (uses.get(made) !== 1 || !isRow || !sameShape(made.shape, y.shape)) continue;
    const found = convolution(made, bias) ?? transposedConvolution(made, uses, bias);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `foldPatches(x W)`, and a row that is added to it: a transposed convolution. */
export function transposedConvolution(
  y: Value,
  uses: ReadonlyMap<Value, number>,
  bias?: Value,
): Lowering | undefined {
  const [product] = y.operands;
  if (y.operation.kind !== "foldPatches" || product.operation.kind !== "matmul") return undefined;
  if (product.operation.transposeA || uses.get(product) !== 1) return undefined;
  const [x, weight] = product.operands, { window } = y.operation, out = outputSize(window);
  const [kh, kw] = window.kernel, { channels } = window, inputs = x.shape[1] as number;
  const [sizes, order] = product.operation.transposeB
    ? [[kh, kw, channels, inputs], [3, 2, 0, 1]]
    : [[inputs, kh, kw, channels], [0, 3, 1, 2]];
  return {
    operands: [x, weight, ...given(bias)],
    write(writer, output, [x, w, b]) {
      const map = channelsFirst(writer, x, [out.height, out.width, inputs], output);
      const kernel = writer.arranged(w, sizes, order, `${output}.kernel`);
      writer.node("ConvTranspose", [map, kernel, ...row(writer, b, channels, output)], `${output}.map`, {
        ...attributesOf(window),
        output_padding: { integers: unreached(window) },
      });
      channelsLast(writer, `${output}.map`, channels, output);
    },
  };
}

/** Patches by themselves: the rows of a map by their numbers, and a row of zeros for what is beyond the border. */
export function patches({ operation, operands }: Value): Lowering {
  const { window } = operation as OperationOf<"patches">, { channels } = window, size = pixelCount(window);
  const places: number[] = [];
  eachPlace(window, 1, (place) => places.push(place < 0 ? size : place));
  return {
    operands,
    write(writer, output, [x]) {
      writer.node("Reshape", [x, writer.integers([-1, size, channels])], `${output}.map`);
      writer.node("Pad", [`${output}.map`, writer.integers([0, 0, 0, 0, 1, 0])], `${output}.padded`);
      const rows = writer.integers(places, `patches:${JSON.stringify(window)}`);
      writer.node("Gather", [`${output}.padded`, rows], `${output}.patches`, { axis: { integer: 1 } });
      writer.node("Reshape", [`${output}.patches`, writer.integers([-1, patchSize(window)])], output);
    },
  };
}

/** The fold of patches by themselves. `Col2Im` wants the channel before the kernel's places. */
export function foldPatches({ operation, operands }: Value): Lowering {
  const { window } = operation as OperationOf<"foldPatches">, { height, width, channels, kernel } = window;
  const steps = pixelCount(outputSize(window)), taps = kernel[0] * kernel[1];
  return {
    operands,
    write(writer, output, [y]) {
      const columns = writer.arranged(y, [-1, steps, taps, channels], [0, 3, 2, 1], `${output}.columns`);
      writer.node("Reshape", [columns, writer.integers([-1, channels * taps, steps])], `${output}.blocks`);
      const sizes = [[height, width], kernel].map((size) => writer.integers(size));
      const { pads, strides } = attributesOf(window);
      writer.node("Col2Im", [`${output}.blocks`, ...sizes], `${output}.map`, { pads, strides });
      channelsLast(writer, `${output}.map`, channels, output);
    },
  };
}

function attributesOf({ kernel, stride, padding: { top, left, bottom, right } }: Window): Attributes {
  return {
    kernel_shape: { integers: kernel },
    strides: { integers: stride },
    pads: { integers: [top, left, bottom, right] },
  };
}

/** Rows and columns at the end of a padded map that no kernel reaches. */
function unreached(
  { height, width, kernel, stride, padding: { top, left, bottom, right } }: Window,
): number[] {
  return [(height + top + bottom - kernel[0]) % stride[0], (width + left + right - kernel[1]) % stride[1]];
}

function given(bias: Value | undefined): Value[] {
  return bias === undefined ? [] : [bias];
}

/** A row [1, o] as `Conv` wants it: [o]. */
function row(writer: OnnxWriter, bias: string | undefined, size: number, output: string): string[] {
  if (bias === undefined) return [];
  return [writer.arranged(bias, [size], [0], `${output}.bias`)];
}

/** `[n h w, c] -> [n, c, h, w]`. */
function channelsFirst(writer: OnnxWriter, x: string, sizes: readonly number[], output: string): string {
  return writer.arranged(x, [-1, ...sizes], [0, 3, 1, 2], `${output}.input`);
}

/** `[n, c, h, w] -> [n h w, c]`. */
function channelsLast(writer: OnnxWriter, map: string, channels: number, output: string): void {
  writer.node("Transpose", [map], `${output}.last`, { perm: { integers: [0, 2, 3, 1] } });
  writer.node("Reshape", [`${output}.last`, writer.integers([-1, channels])], output);
}
