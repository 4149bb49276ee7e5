// m, n, k = rows, columns and steps of a product; rows = the rows of the batch in this run.

/**
 * Lowers instructions to calls: closures with all addresses and sizes in them.
 *
 * @module
 */
import {
  type Dimension,
  type Operation,
  sameShape,
  type Shape,
  type UnaryKind,
  type Value,
} from "../../graph/graph.ts";
import type { DerivativeInstruction, Instruction, ProductInstruction } from "./fuse.ts";
import { BINARY, type Kernels, UNARY } from "./kernels.ts";
import { lowerPlain } from "./lower_plain.ts";
import type { WasmPlan } from "./plan.ts";

/** Runs one kernel for a batch of some rows. */
export type Call = (rows: number) => void;

/** Lowers an instruction. */
export function lower(instruction: Instruction, kernels: Kernels, plan: WasmPlan): Call {
  switch (instruction.kind) {
    case "product":
      return lowerProduct(instruction, kernels, plan);
    case "derivative":
      return lowerDerivative(instruction, kernels, plan);
    case "plain":
      return lowerPlain(instruction.value, kernels, plan);
  }
}

/** A dimension as one number, so that a call does not read shapes: -k stands for k rows per sample of the batch. */
export function fixed(dimension: Dimension): number {
  return typeof dimension === "number" ? dimension : -dimension.batch;
}

export function extent(size: number, rows: number): number {
  return size < 0 ? -size * rows : size;
}

export function addressOf(plan: WasmPlan, value: Value): number {
  return plan.places.get(value)!;
}

function lowerProduct(instruction: ProductInstruction, kernels: Kernels, plan: WasmPlan): Call {
  const { value, product, bias, activation, derivative } = instruction;
  const { transposeA, transposeB } = product.operation as Extract<Operation, { kind: "matmul" }>;
  const [left, right] = product.operands;
  const c = addressOf(plan, value), a = addressOf(plan, left), b = addressOf(plan, right);
  const first = bias === undefined ? plan.zeros : addressOf(plan, bias), hasBias = bias === undefined ? 0 : 1;
  const m = fixed(value.shape[0]), n = fixed(value.shape[1]), k = fixed(left.shape[transposeA ? 0 : 1]);
  const ta = transposeA ? 1 : 0, tb = transposeB ? 1 : 0, { scratch } = plan;
  // Each call is written out: an array of arguments would be allocated in every step.
  if (derivative !== undefined) {
    const kind = BINARY[derivative.kind], y = addressOf(plan, derivative.y), { slope } = derivative;
    return (batch) => {
      const rows = extent(m, batch), columns = extent(n, batch), steps = extent(k, batch);
      kernels.productBinary(c, rows, columns, steps, a, ta, b, tb, first, hasBias, scratch, kind, y, slope);
    };
  }
  if (activation !== undefined) {
    const { kind, slope } = unaryOf(activation.operation);
    return (batch) => {
      const rows = extent(m, batch), columns = extent(n, batch), steps = extent(k, batch);
      kernels.productUnary(c, rows, columns, steps, a, ta, b, tb, first, hasBias, scratch, kind, slope);
    };
  }
  return (batch) => {
    const rows = extent(m, batch), columns = extent(n, batch), steps = extent(k, batch);
    kernels.product(c, rows, columns, steps, a, ta, b, tb, first, hasBias, scratch);
  };
}

function lowerDerivative(
  { value, above, derivative }: DerivativeInstruction,
  kernels: Kernels,
  plan: WasmPlan,
): Call {
  const { kind, y, slope } = derivative;
  return lowerBinary(BINARY[kind], slope, { value, left: above, right: y }, kernels, plan);
}

/** The strides of an operand: numbers to its next row, and bytes to its next four columns. */
function strides(operand: Shape, result: Shape): { row: number; step: number } {
  const row = operand[0] === 1 && result[0] !== 1 ? 0 : fixed(operand[1]);
  return { row, step: operand[1] === 1 && result[1] !== 1 ? 0 : 16 };
}

/** The call of a binary operation; without repeated rows it is one long row. */
export function lowerBinary(
  kind: number,
  slope: number,
  { value, left, right }: { value: Value; left: Value; right: Value },
  kernels: Kernels,
  plan: WasmPlan,
): Call {
  const y = addressOf(plan, value), a = addressOf(plan, left), b = addressOf(plan, right);
  const height = fixed(value.shape[0]), width = fixed(value.shape[1]);
  const isWhole = (operand: Value) => sameShape(operand.shape, value.shape);
  const isFlat = (operand: Value) => isWhole(operand) || sameShape(operand.shape, [1, 1]);
  if (isFlat(left) && isFlat(right)) {
    const aStep = isWhole(left) ? 16 : 0, bStep = isWhole(right) ? 16 : 0;
    return (rows) =>
      kernels.binary(kind, y, a, 0, aStep, b, 0, bStep, 1, extent(height, rows) * extent(width, rows), slope);
  }
  const of = strides(left.shape, value.shape), to = strides(right.shape, value.shape);
  const aRow = of.row, aStep = of.step, bRow = to.row, bStep = to.step;
  return (rows) => {
    const aBytes = 4 * extent(aRow, rows), bBytes = 4 * extent(bRow, rows);
    kernels.binary(
      kind,
      y,
      a,
      aBytes,
      aStep,
      b,
      bBytes,
      bStep,
      extent(height, rows),
      extent(width, rows),
      slope,
    );
  };
}

export function unaryOf(operation: Operation): { kind: number; slope: number } {
  const kind = UNARY[operation.kind as UnaryKind | "relu"];
  return { kind, slope: operation.kind === "relu" ? operation.slope : 0 };
}

/** Copies a gradient that no kernel could write in place. */
export function lowerCopy({ from, to, bytes }: WasmPlan["copies"][number], kernels: Kernels): Call {
  return () => kernels.copyRows(to, bytes, from, bytes, 1, bytes / 4);
}
