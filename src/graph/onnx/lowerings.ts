// x, a, b = operands, y = a value.

/**
 * From primitives to ONNX nodes: for each kind the cheapest nodes that make it.
 *
 * Products include what is added to them (`Gemm`'s third operand); operands that only repeat a smaller value are replaced by that, as
 * ONNX repeats by itself; sums over rows are products with a row of ones, which keep more digits than `ReduceSum` and run on all threads.
 *
 * @module
 */
import type { OperationKind, OperationOf, Value } from "../graph.ts";
import {
  convolution,
  convolutionAndSum,
  foldPatches,
  patches,
  transposedConvolution,
} from "./convolutions.ts";
import { doubled, greater, product, productAndSum, softplus, sum } from "./fusions.ts";
import { type Lowering, plain, repeated } from "./lowering.ts";

/** Chooses the nodes of a value; `uses`: how often each value is read. */
type Choice = (y: Value, uses: ReadonlyMap<Value, number>) => Lowering;

/** One node for one primitive. */
const unary = (type: string): Choice => ({ operands }) => plain(type, operands);
const binary = (type: string): Choice => (y) => plain(type, repeated(y));

const CHOICES: Readonly<Record<Exclude<OperationKind, "input" | "parameter" | "constant">, Choice>> = {
  matmul: (y) => convolution(y) ?? product(y),
  add: (y, uses) =>
    convolutionAndSum(y, uses) ?? productAndSum(y, uses) ?? doubled(y, uses) ?? plain("Add", repeated(y)),
  subtract: binary("Sub"),
  multiply: binary("Mul"),
  divide: binary("Div"),
  greater,
  tanh: unary("Tanh"),
  sigmoid: unary("Sigmoid"),
  exp: unary("Exp"),
  log: unary("Log"),
  sqrt: unary("Sqrt"),
  softplus,
  relu({ operands, operation }) {
    const { slope } = operation as OperationOf<"relu">;
    return slope === 0 ? plain("Relu", operands) : plain("LeakyRelu", operands, { alpha: { single: slope } });
  },
  sumRows: ({ operands }) => ({
    operands,
    write: (writer, output, [x]) => writer.node("Gemm", [writer.ones(operands[0].shape[0]), x], output),
  }),
  sumColumns: (y, uses) => sum(y, [1], uses),
  sumAll: (y, uses) => sum(y, [0, 1], uses),
  sliceColumns({ operands, operation }) {
    const { start, end } = operation as OperationOf<"sliceColumns">;
    return {
      operands,
      write: (writer, output, [x]) =>
        writer.node("Slice", [x, ...[start, end, 1].map((bound) => writer.integers([bound]))], output),
    };
  },
  joinColumns: ({ operands }) => plain("Concat", operands, { axis: { integer: 1 } }),
  // Whatever the batch, the other dimensions say how many rows there are.
  reshape: ({ operands, shape }) => ({
    operands,
    write: (writer, output, [x]) =>
      writer.node(
        "Reshape",
        [x, writer.integers(shape.map((size) => typeof size === "number" ? size : -1))],
        output,
      ),
  }),
  patches,
  foldPatches: (y, uses) => transposedConvolution(y, uses) ?? foldPatches(y),
  sumRowGroups({ operands, operation, shape }) {
    const { size } = operation as OperationOf<"sumRowGroups">;
    return {
      operands,
      write(writer, output, [x]) {
        const groups = writer.integers([-1, size, shape[1] as number]);
        writer.node("Reshape", [x, groups], `${output}.groups`);
        writer.node("ReduceSum", [`${output}.groups`, writer.integers([1])], output, {
          keepdims: { integer: 0 },
        });
      },
    };
  },
  repeatRows({ operands, operation, shape }) {
    const { times } = operation as OperationOf<"repeatRows">, columns = shape[1] as number;
    return {
      operands,
      write(writer, output, [x]) {
        writer.node("Reshape", [x, writer.integers([-1, 1, columns])], `${output}.rows`);
        writer.node("Expand", [`${output}.rows`, writer.integers([1, times, 1])], `${output}.repeated`);
        writer.node("Reshape", [`${output}.repeated`, writer.integers([-1, columns])], output);
      },
    };
  },
  oneHotOfMaximum: ({ operands, shape }) => ({
    operands,
    write(writer, output, [x]) {
      const columns = writer.integers(Array.from({ length: shape[1] as number }, (_, column) => column));
      writer.node("ArgMax", [x], `${output}.place`, { axis: { integer: 1 } });
      writer.node("Equal", [`${output}.place`, columns], `${output}.truth`);
      writer.node("Cast", [`${output}.truth`], output, { to: { integer: 1 } });
    },
  }),
  stopGradient: unary("Identity"),
  broadcast: ({ operands, shape }) => ({
    operands,
    write: (writer, output, [x]) => writer.node("Expand", [x, writer.shape(shape)], output),
  }),
};

/** The lowering of a value that has operands. */
export function loweringOf(value: Value, uses: ReadonlyMap<Value, number>): Lowering {
  return CHOICES[value.operation.kind as keyof typeof CHOICES](value, uses);
}
