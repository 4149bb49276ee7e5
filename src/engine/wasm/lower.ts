/**
 * Lowers instructions to calls: closures with all addresses and sizes in them.
 *
 * @module
 */
import { lowerGroup } from "./lower_group.ts";
import type { DerivativeInstruction, Instruction } from "./instructions.ts";
import { BINARY, type Kernels } from "./kernels.ts";
import { type Call, lowerBinary } from "./lowering.ts";
import { lowerPlain } from "./lower_plain.ts";
import { lowerProduct } from "./lower_product.ts";
import type { Places, WasmPlan } from "./plan.ts";
import { kernelProducts, type MakeProduct } from "./products.ts";

/** Lowers an instruction; `makeProduct`: what computes products, the kernels unless it is given. */
export function lower(
  instruction: Instruction,
  kernels: Kernels,
  plan: Places,
  makeProduct: MakeProduct = kernelProducts(kernels, plan),
): Call {
  switch (instruction.kind) {
    case "group":
      return lowerGroup(instruction, kernels, plan);
    case "product":
      return lowerProduct(instruction, { kernels, plan, makeProduct });
    case "derivative":
      return lowerDerivative(instruction, kernels, plan);
    case "plain":
      return lowerPlain(instruction.value, kernels, plan);
  }
}

function lowerDerivative(
  { value, above, derivative }: DerivativeInstruction,
  kernels: Kernels,
  plan: Places,
): Call {
  const { kind, y, slope } = derivative;
  return lowerBinary(BINARY[kind], slope, { value, left: above, right: y }, kernels, plan);
}

/** Copies a gradient that no kernel could write in place. */
export function lowerCopy({ from, to, bytes }: WasmPlan["copies"][number], kernels: Kernels): Call {
  return () => kernels.copyRows(to, bytes, from, bytes, 1, bytes / 4);
}
