// m, n, k = rows, columns and steps of a product; rows = the rows of the batch in this run.

/**
 * Lowers instructions to calls: closures with all addresses and sizes in them.
 *
 * @module
 */
import type { Operation } from "../../graph/graph.ts";
import type { DerivativeInstruction, Instruction, ProductInstruction } from "./fuse.ts";
import { BINARY, type Kernels } from "./kernels.ts";
import { addressOf, type Call, extent, fixed, lowerBinary, unaryOf } from "./lowering.ts";
import { lowerPlain } from "./lower_plain.ts";
import type { WasmPlan } from "./plan.ts";

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

/** Copies a gradient that no kernel could write in place. */
export function lowerCopy({ from, to, bytes }: WasmPlan["copies"][number], kernels: Kernels): Call {
  return () => kernels.copyRows(to, bytes, from, bytes, 1, bytes / 4);
}
