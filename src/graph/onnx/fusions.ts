/**
 * Values that are fused with others, or that ONNX Runtime computes faster by other operations than their own.
 *
 * @module
 */
import { sameShape, type Value } from "../graph.ts";
import { convolution } from "./convolutions.ts";
import type { Attributes } from "./messages.ts";
import { type Lowering, plain, repeated, source } from "./lowering.ts";

const KEEP: Attributes = { keepdims: { integer: 1 } };

/** `op(a) op(b)`, and what is added to it. */
export function product({ operation, operands }: Value, ...added: readonly Value[]): Lowering {
  const { transposeA, transposeB } = operation as { transposeA: boolean; transposeB: boolean };
  const flags = {
    ...(transposeA && { transA: { integer: 1 } }),
    ...(transposeB && { transB: { integer: 1 } }),
  };
  return plain("Gemm", [...operands, ...added], flags);
}

/** A product that only this sum reads is fused with it. */
export function productAndSum(value: Value, uses: ReadonlyMap<Value, number>): Lowering | undefined {
  for (const [made, other] of [value.operands, value.operands.toReversed()]) {
    const isProduct = made.operation.kind === "matmul" && convolution(made) === undefined;
    const fits = isProduct && uses.get(made) === 1 &&
      sameShape(made.shape, value.shape);
    if (fits) return product(made, source(other));
  }
  return undefined;
}

/** `s x + s x`, as gradients of squares have it, is `(s + s) x`: the same number by one pass less over x. */
export function doubled(
  { operands: [left, right] }: Value,
  uses: ReadonlyMap<Value, number>,
): Lowering | undefined {
  if (left !== right || left.operation.kind !== "multiply" || uses.get(left) !== 2) return undefined;
  for (const [scale, x] of [left.operands, left.operands.toReversed()]) {
    if (!sameShape(scale.shape, [1, 1]) || sameShape(x.shape, [1, 1])) continue;
    return {
      operands: [source(scale), source(x)],
      write(writer, output, [s, many]) {
        writer.node("Add", [s, s], `${output}.scale`);
        writer.node("Mul", [`${output}.scale`, many], output);
      },
    };
  }
  return undefined;
}

/** `max(x, 0) - log(sigmoid(|x|))`: a quarter of the time of ONNX Runtime's `Softplus`, and as exact. */
export function softplus({ operands }: Value): Lowering {
  return {
    operands,
    write(writer, output, [x]) {
      writer.node("Abs", [x], `${output}.size`);
      writer.node("Sigmoid", [`${output}.size`], `${output}.sigmoid`);
      writer.node("Log", [`${output}.sigmoid`], `${output}.log`);
      writer.node("Relu", [x], `${output}.positive`);
      writer.node("Sub", [`${output}.positive`, `${output}.log`], output);
    },
  };
}

/** The largest single: a relu's result times this is 0 or more than 1, unless it is so small that a single cannot hold all its digits. */
const LARGEST = 3.4028234e38;

/** 1 where `a > b`, else 0. For a relu's result and 0 that is `max(0, min(1, a LARGEST))`, one quick pass. */
export function greater(value: Value): Lowering {
  const [a, b] = value.operands;
  const isOfRelu = a.operation.kind === "relu" && a.operation.slope === 0;
  const isZero = b.operation.kind === "constant" && b.operation.value === 0;
  if (isOfRelu && isZero) {
    return plain("HardSigmoid", [a], { alpha: { single: LARGEST }, beta: { single: 0 } });
  }
  return {
    operands: repeated(value),
    write(writer, output, names) {
      writer.node("Greater", names, `${output}.truth`);
      writer.node("Cast", [`${output}.truth`], output, { to: { integer: 1 } });
    },
  };
}

/** A sum over axes; the squares of a value that nothing else reads are added up without being written down. */
export function sum(
  { operands: [x] }: Value,
  axes: readonly number[],
  uses: ReadonlyMap<Value, number>,
): Lowering {
  const [left, right] = x.operands;
  const squares = x.operation.kind === "multiply" && left === right && uses.get(x) === 1;
  return squares ? reduction("ReduceSumSquare", left, axes) : reduction("ReduceSum", x, axes);
}

function reduction(type: string, x: Value, axes: readonly number[]): Lowering {
  return {
    operands: [x],
    write: (writer, output, [name]) => writer.node(type, [name, writer.integers(axes)], output, KEEP),
  };
}
