/** Each primitive of a graph in TensorFlow.js operations that TensorFlow.js can differentiate. @module */
import type * as tfjs from "@tensorflow/tfjs-core";
import { pixelCount } from "../../core/shape.ts";
import type { Operation, OperationKind } from "../../graph/graph.ts";
import type { Window } from "../../graph/window.ts";

type Tf = typeof tfjs;
type TfjsTensor = tfjs.Tensor2D;
type Computed = Exclude<OperationKind, "input" | "parameter">;

/** Computes a value from its operands; `shape` is the result's. */
type Compute<Kind extends Computed> = (
  tf: Tf,
  operands: readonly TfjsTensor[],
  operation: Extract<Operation, { kind: Kind }>,
  shape: [number, number],
) => tfjs.Tensor;

const COMPUTE: { readonly [Kind in Computed]: Compute<Kind> } = {
  constant: (tf, _operands, { value }) => tf.tensor2d([value], [1, 1]),
  matmul: (tf, [a, b], { transposeA, transposeB }) => tf.matMul(a, b, transposeA, transposeB),
  add: (tf, [a, b]) => tf.add(a, b),
  subtract: (tf, [a, b]) => tf.sub(a, b),
  multiply: (tf, [a, b]) => tf.mul(a, b),
  divide: (tf, [a, b]) => tf.div(a, b),
  // tf.greater has no gradient, not even zero; a step of the difference has, and is the same: two singles differ by 0 only if equal.
  greater: (tf, [a, b]) => tf.step(tf.sub(a, b), 0),
  tanh: (tf, [x]) => tf.tanh(x),
  sigmoid: (tf, [x]) => tf.sigmoid(x),
  exp: (tf, [x]) => tf.exp(x),
  log: (tf, [x]) => tf.log(x),
  sqrt: (tf, [x]) => tf.sqrt(x),
  softplus: (tf, [x]) => tf.softplus(x),
  relu: (tf, [x], { slope }) => slope === 0 ? tf.relu(x) : tf.leakyRelu(x, slope),
  sumRows: (tf, [x]) => tf.sum(x, 0, true),
  sumColumns: (tf, [x]) => tf.sum(x, 1, true),
  sumAll: (tf, [x]) => tf.sum(x, [0, 1], true),
  sliceColumns: (tf, [x], { start, end }) => tf.slice(x, [0, start], [-1, end - start]),
  joinColumns: (tf, parts) => tf.concat([...parts], 1),
  broadcast: (tf, [x], _operation, shape) => tf.broadcastTo(x, shape),
  reshape: (tf, [x], _operation, shape) => tf.reshape(x, shape),
  patches: (tf, [x], { window }, shape) => patches(tf, x, window, shape),
  foldPatches: (tf, [y], { window }, shape) => foldPatches(tf, y, window, shape),
  sumRowGroups: (tf, [x], { size }, [rows, columns]) => tf.sum(tf.reshape(x, [rows, size, columns]), 1),
  repeatRows: (tf, [x], { times }, shape) => tf.reshape(tf.tile(tf.expandDims(x, 1), [1, times, 1]), shape),
  oneHotOfMaximum: (tf, [x], _operation, [, columns]) =>
    withoutGradient(tf, x, (x) => {
      const place = tf.expandDims(tf.argMax(x, 1), 1);
      return tf.cast(tf.equal(place, tf.range(0, columns, 1, "int32")), "float32");
    }),
  stopGradient: (tf, [x]) => withoutGradient(tf, x, (x) => tf.clone(x)),
};

/** A value whose derivative is 0: TensorFlow.js refuses to differentiate what has no gradient at all. */
function withoutGradient(tf: Tf, x: TfjsTensor, compute: (x: TfjsTensor) => tfjs.Tensor): tfjs.Tensor {
  const stopped = tf.customGrad((...[x]) => ({
    value: compute(x as TfjsTensor),
    gradFunc: () => tf.zerosLike(x as TfjsTensor),
  }));
  return stopped(x);
}

/**
 * Patches by TensorFlow.js's own convolution: each channel is a picture of its own, and each place of the kernel a filter that has 1 there.
 */
function patches(tf: Tf, x: TfjsTensor, window: Window, shape: [number, number]): tfjs.Tensor {
  const { height, width, channels, kernel: [kh, kw], stride, padding: { top, left, bottom, right } } = window;
  const maps = tf.transpose(tf.reshape(x, [-1, pixelCount(window), channels]), [0, 2, 1]);
  const pictures: tfjs.Tensor4D = tf.reshape(maps, [-1, height, width, 1]);
  const padded = tf.pad4d(pictures, [[0, 0], [top, bottom], [left, right], [0, 0]]);
  const taps = tf.conv2d(padded, filters(tf, window), [...stride], "valid");
  const [, outHeight, outWidth] = taps.shape;
  const ordered = tf.transpose(tf.reshape(taps, [-1, channels, outHeight * outWidth, kh * kw]), [0, 2, 3, 1]);
  return tf.reshape(ordered, shape);
}

/** The adjoint, by the transposed convolution. */
function foldPatches(tf: Tf, y: TfjsTensor, window: Window, shape: [number, number]): tfjs.Tensor {
  const { height, width, channels, kernel: [kh, kw], stride, padding: { top, left, bottom, right } } = window;
  const size: [number, number] = [height + top + bottom, width + left + right];
  const [outHeight, outWidth] = size.map((length, axis) =>
    Math.floor((length - window.kernel[axis]) / stride[axis]) + 1
  );
  const taps = tf.transpose(tf.reshape(y, [-1, outHeight * outWidth, kh * kw, channels]), [0, 3, 1, 2]);
  const pictures: tfjs.Tensor4D = tf.reshape(taps, [-1, outHeight, outWidth, kh * kw]);
  const padded = tf.conv2dTranspose(
    pictures,
    filters(tf, window),
    [pictures.shape[0], ...size, 1],
    [...stride],
    "valid",
  );
  const maps = tf.slice(padded, [0, top, left, 0], [-1, height, width, 1]);
  return tf.reshape(tf.transpose(tf.reshape(maps, [-1, channels, pixelCount(window)]), [0, 2, 1]), shape);
}

/** One filter for each place of the kernel: [kh, kw, 1, kh kw]. */
function filters(tf: Tf, { kernel: [kh, kw] }: Window): tfjs.Tensor4D {
  return tf.reshape(tf.eye(kh * kw), [kh, kw, 1, kh * kw]);
}

/** Computes one value, of any kind but an input or a parameter. */
export function computeValue(
  tf: Tf,
  operation: Extract<Operation, { kind: Computed }>,
  operands: readonly TfjsTensor[],
  shape: [number, number],
): TfjsTensor {
  const compute = COMPUTE[operation.kind] as Compute<Computed>;
  return compute(tf, operands, operation, shape) as TfjsTensor;
}
