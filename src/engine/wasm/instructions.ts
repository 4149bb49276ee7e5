// y = an instruction's result, a = an operand.

/**
 * What a program does, step by step: instructions, each a kernel (or some) that computes one value of a graph, or a group that computes
 * some.
 *
 * @module
 */
import { type Value, viewed } from "../../graph/graph.ts";
import type { DerivativeKind } from "./kernels.ts";

/** The derivative of an activation by its result y: `a` becomes `a y'`. */
export interface Derivative {
  readonly kind: DerivativeKind;
  readonly y: Value;
  /** Of reluGradient: the slope below 0. */
  readonly slope: number;
}

/** A matrix product and the operations that are fused with it. */
export interface ProductInstruction {
  readonly kind: "product";
  readonly value: Value;
  readonly product: Value;
  /** The operand of the product that is made block by block. */
  readonly patches?: Value;
  /** What the product is folded to, block by block. */
  readonly fold?: Value;
  readonly bias?: Value;
  readonly activation?: Value;
  readonly derivative?: Derivative;
}

/** The incoming gradient times the derivative of an activation. */
export interface DerivativeInstruction {
  readonly kind: "derivative";
  readonly value: Value;
  readonly above: Value;
  readonly derivative: Derivative;
}

/** One primitive by itself. */
export interface PlainInstruction {
  readonly kind: "plain";
  readonly value: Value;
}

/** What a group can hold: a primitive that works element by element, or the derivative of an activation. */
export type ElementwiseInstruction = PlainInstruction | DerivativeInstruction;

/** Elementwise operations of one size that go through their numbers once, together. */
export interface GroupInstruction {
  readonly kind: "group";
  /** The last of {@link results}. */
  readonly value: Value;
  /** In the order in which they are computed. */
  readonly steps: readonly ElementwiseInstruction[];
  /** The values that others read; what only the group reads has no place in memory. */
  readonly results: readonly Value[];
}

/** A kernel that computes `value`. */
export type SingleInstruction = ProductInstruction | DerivativeInstruction | PlainInstruction;

/** One step of a program. */
export type Instruction = SingleInstruction | GroupInstruction;

/** The values that an instruction reads. */
export function operandsOf(instruction: Instruction): readonly Value[] {
  if (instruction.kind === "group") {
    const own = new Set(instruction.steps.map(({ value }) => value));
    return [...new Set(instruction.steps.flatMap(operandsOf).map(viewed))].filter((value) => !own.has(value));
  }
  if (instruction.kind === "plain") return instruction.value.operands;
  if (instruction.kind === "derivative") return [instruction.above, instruction.derivative.y];
  const { product, patches, bias, derivative } = instruction;
  return [
    ...product.operands.map((operand) => operand === patches ? operand.operands[0] : operand),
    ...(bias === undefined ? [] : [bias]),
    ...(derivative === undefined ? [] : [derivative.y]),
  ];
}

/** The values that an instruction computes and others read. */
export function resultsOf(instruction: Instruction): readonly Value[] {
  return instruction.kind === "group" ? instruction.results : [instruction.value];
}

/** The kernel's name, by which its runs are counted: `matmul+bias+tanh`; of a group, the names in it, each once. */
export function nameOfKernel(instruction: Instruction): string {
  if (instruction.kind === "group") return [...new Set(instruction.steps.map(nameOfKernel))].join("+");
  if (instruction.kind === "plain") return instruction.value.operation.kind;
  if (instruction.kind === "derivative") return instruction.derivative.kind;
  const { patches, fold, bias, activation, derivative } = instruction;
  const parts = [
    ...[patches && "patches", "matmul", fold && "foldPatches"],
    ...[bias && "bias", activation?.operation.kind, derivative?.kind],
  ];
  return parts.filter((part) => part !== undefined).join("+");
}
