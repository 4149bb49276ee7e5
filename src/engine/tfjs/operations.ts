/** Each primitive of a graph in TensorFlow.js operations that TensorFlow.js can differentiate. @module */
import type * as tfjs from "@tensorflow/tfjs-core";
import type { Operation, OperationKind } from "../../graph/graph.ts";

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
};

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
