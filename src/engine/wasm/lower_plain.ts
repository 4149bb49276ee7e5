/**
 * The calls of single primitives: those that are not fused with others.
 *
 * @module
 */
import type {
  BinaryKind,
  Operation,
  OperationKind,
  OperationOf,
  Value,
  ViewKind,
} from "../../graph/graph.ts";
import { mapsOf, outputSize } from "../../graph/window_loops.js";
import { BINARY, type Kernels } from "./kernels.ts";
import { addressOf, type Call, extent, fixed, lowerBinary, unaryOf, windowCall } from "./lowering.ts";
import type { Places } from "./plan.ts";

/** Lowers one kind of primitive. */
type LowerPrimitive = (value: Value, kernels: Kernels, plan: Places) => Call;

/** Lowers one primitive. */
export function lowerPlain(value: Value, kernels: Kernels, plan: Places): Call {
  const { kind } = value.operation;
  const lowering = LOWERINGS[kind as keyof typeof LOWERINGS];
  if (lowering === undefined) {
    throw new TypeError(`a kernel must compute a value, got ${kind}`);
  }
  return lowering(value, kernels, plan);
}

const binary: LowerPrimitive = (value, kernels, plan) => {
  const [left, right] = value.operands;
  return lowerBinary(BINARY[value.operation.kind as BinaryKind], 0, { value, left, right }, kernels, plan);
};

const unary: LowerPrimitive = (value, kernels, plan) => {
  const { kind, slope } = unaryOf(value.operation);
  const y = addressOf(plan, value), x = addressOf(plan, value.operands[0]);
  const height = fixed(value.shape[0]), width = fixed(value.shape[1]);
  return (rows) => kernels.unary(kind, y, x, extent(height, rows) * extent(width, rows), slope);
};

const LOWERINGS: Readonly<
  Record<Exclude<OperationKind, "input" | "parameter" | "constant" | "matmul" | ViewKind>, LowerPrimitive>
> = {
  add: binary,
  subtract: binary,
  multiply: binary,
  divide: binary,
  greater: binary,
  tanh: unary,
  sigmoid: unary,
  exp: unary,
  log: unary,
  sqrt: unary,
  softplus: unary,
  relu: unary,
  sumRows(value, kernels, plan) {
    const { y, x, height, width } = operandOf(value, plan);
    return (rows) => kernels.sumRows(y, x, extent(height, rows), extent(width, rows));
  },
  sumColumns(value, kernels, plan) {
    const { y, x, height, width } = operandOf(value, plan);
    return (rows) => kernels.sumColumns(y, x, extent(height, rows), extent(width, rows));
  },
  sumAll(value, kernels, plan) {
    const { y, x, height, width } = operandOf(value, plan);
    return (rows) => kernels.sumColumns(y, x, 1, extent(height, rows) * extent(width, rows));
  },
  sliceColumns(value, kernels, plan) {
    const { y, x, height, width } = operandOf(value, plan);
    const { start, end } = value.operation as Extract<Operation, { kind: "sliceColumns" }>;
    const from = x + 4 * start, xRow = 4 * width, columns = end - start;
    return (rows) => kernels.copyRows(y, 4 * columns, from, xRow, extent(height, rows), columns);
  },
  joinColumns(value, kernels, plan) {
    const y = addressOf(plan, value), yRow = 4 * fixed(value.shape[1]), height = fixed(value.shape[0]);
    let start = 0;
    const parts = value.operands.map((operand) => {
      const columns = fixed(operand.shape[1]);
      const part = { to: y + 4 * start, from: addressOf(plan, operand), columns };
      start += columns;
      return part;
    });
    return (rows) => {
      for (let part = 0; part < parts.length; part++) {
        const { to, from, columns } = parts[part];
        kernels.copyRows(to, yRow, from, 4 * columns, extent(height, rows), columns);
      }
    };
  },
  broadcast(value, kernels, plan) {
    const { y, x, height: heightOfX, width: widthOfX } = operandOf(value, plan);
    const height = fixed(value.shape[0]), width = fixed(value.shape[1]);
    if (widthOfX === 1) {
      const xRow = heightOfX === 1 ? 0 : 4;
      return (rows) => kernels.fillRows(y, x, xRow, extent(height, rows), extent(width, rows));
    }
    return (rows) => {
      const bytes = 4 * extent(width, rows);
      kernels.copyRows(y, bytes, x, heightOfX === 1 ? 0 : bytes, extent(height, rows), extent(width, rows));
    };
  },
  patches: window,
  foldPatches: window,
  sumRowGroups(value, kernels, plan) {
    const { y, x, width } = operandOf(value, plan), groups = fixed(value.shape[0]);
    const { size } = value.operation as OperationOf<"sumRowGroups">;
    return (rows) => kernels.sumRowGroups(y, x, extent(groups, rows), size, extent(width, rows));
  },
  repeatRows(value, kernels, plan) {
    const { y, x, height, width } = operandOf(value, plan);
    const { times } = value.operation as OperationOf<"repeatRows">;
    return (rows) => kernels.repeatRows(y, x, extent(height, rows), times, extent(width, rows));
  },
  oneHotOfMaximum(value, kernels, plan) {
    const { y, x, height, width } = operandOf(value, plan);
    return (rows) => kernels.oneHotOfMaximum(y, x, extent(height, rows), extent(width, rows));
  },
};

/** Patches of all maps of a batch, or back. */
function window(value: Value, kernels: Kernels, plan: Places): Call {
  const operation = value.operation as OperationOf<"patches" | "foldPatches">, [operand] = value.operands;
  const [maps, patches] = operation.kind === "patches" ? [operand, value] : [value, operand];
  const places = fixed(maps.shape[0]), { height } = outputSize(operation.window);
  const run = windowCall(kernels, operation, {
    maps: addressOf(plan, maps),
    patches: addressOf(plan, patches),
  });
  return (samples) => run(0, height * mapsOf(operation.window, extent(places, samples)));
}

/** The addresses of a result and its one operand, and the operand's size. */
function operandOf(value: Value, plan: Places): { y: number; x: number; height: number; width: number } {
  const [operand] = value.operands;
  return {
    y: addressOf(plan, value),
    x: addressOf(plan, operand),
    height: fixed(operand.shape[0]),
    width: fixed(operand.shape[1]),
  };
}
