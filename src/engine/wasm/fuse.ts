// y = an instruction's result, a, b, x = its operands, g = the incoming gradient.

/**
 * Turns a graph into instructions: which values a kernel computes together with others, and which need no kernel.
 *
 * It fuses: a matrix product with the row that is added and the activation of both; the derivative of an activation (which the
 * gradient rules write as three operations) and, with it, the product that it is multiplied into; patches with the products that read
 * them; and the fold of a product with the product.
 *
 * @module
 */
import { type Graph, sameShape, type Value, viewed } from "../../graph/graph.ts";
import { transientValues } from "../../graph/transient.ts";
import { countUses } from "../../graph/uses.ts";
import { grouped } from "./groups.ts";
import {
  type Derivative,
  type Instruction,
  operandsOf,
  type ProductInstruction,
  type SingleInstruction,
} from "./instructions.ts";

/** What is known of a graph when its instructions are chosen. */
interface Context {
  readonly uses: ReadonlyMap<Value, number>;
  /** Values without a place. */
  readonly transient: ReadonlySet<Value>;
}

/** The instructions of a graph, operands first; inputs, parameters and constants have none. */
export function fuse(graph: Graph): Instruction[] {
  const context = { uses: countUses(graph), transient: transientValues(graph) };
  const instructions = new Map<Value, SingleInstruction>();
  const visit = (seen: Value): void => {
    const value = viewed(seen);
    if (instructions.has(value) || value.operands.length === 0) return;
    const instruction = choose(value, context);
    instructions.set(value, instruction);
    operandsOf(instruction).forEach(visit);
  };
  [...graph.outputs.values(), ...graph.gradients].forEach(visit);
  return grouped(graph, [...instructions.values()].sort((left, right) => left.value.id - right.value.id));
}

const ACTIVATIONS: ReadonlySet<string> = new Set(["tanh", "sigmoid", "exp", "log", "softplus", "relu"]);

function choose(value: Value, context: Context): SingleInstruction {
  const once = (operand: Value) => context.uses.get(operand) === 1;
  const derivative = derivativeOf(value);
  if (derivative !== undefined) {
    const { above, ...rest } = derivative;
    const product = once(above) && sameShape(above.shape, value.shape)
      ? productOf(above, context)
      : undefined;
    return product !== undefined
      ? { kind: "product", value, ...product, derivative: rest }
      : { kind: "derivative", value, above, derivative: rest };
  }
  const activation = ACTIVATIONS.has(value.operation.kind) && once(value.operands[0]) ? value : undefined;
  const sum = activation?.operands[0] ?? value, product = productOf(sum, context);
  if (product !== undefined) return { kind: "product", value, ...product, activation };
  if (sum.operation.kind === "add") {
    for (const [made, bias] of [sum.operands, sum.operands.toReversed()]) {
      const isRow = bias.shape[0] === 1 && bias.shape[1] === made.shape[1];
      const product = once(made) && isRow ? productOf(made, context) : undefined;
      if (product !== undefined) return { kind: "product", value, ...product, bias, activation };
    }
  }
  return { kind: "plain", value };
}

/** A product, or the fold of one that nothing else reads. */
function productOf(
  value: Value,
  { transient }: Context,
): Pick<ProductInstruction, "product" | "patches" | "fold"> | undefined {
  const { operation, operands } = value;
  if (operation.kind === "matmul") {
    return { product: value, patches: operands.find((operand) => transient.has(operand)) };
  }
  const isFold = operation.kind === "foldPatches" && transient.has(operands[0]);
  return isFold ? { product: operands[0], fold: value } : undefined;
}

/** Recognises `above * (derivative of an activation by its result)` as the gradient rules write it. */
function derivativeOf(value: Value): (Derivative & { above: Value }) | undefined {
  if (value.operation.kind !== "multiply") return undefined;
  for (const [above, factor] of [value.operands, value.operands.toReversed()]) {
    const found = ofTanhOrSigmoid(factor) ?? ofRelu(factor);
    if (found !== undefined && sameShape(found.y.shape, value.shape)) return { ...found, above };
  }
  return undefined;
}

/** `1 - y y` or `y - y y`. */
function ofTanhOrSigmoid(factor: Value): Derivative | undefined {
  if (factor.operation.kind !== "subtract") return undefined;
  const [first, square] = factor.operands;
  const [y, again] = square.operands;
  if (square.operation.kind !== "multiply" || y !== again) return undefined;
  if (isConstant(first, 1)) return { kind: "tanhGradient", y, slope: 0 };
  return first === y ? { kind: "sigmoidGradient", y, slope: 0 } : undefined;
}

/** `(y > 0)` or `(y > 0) (1 - slope) + slope`. */
function ofRelu(factor: Value): Derivative | undefined {
  const ofSign = (sign: Value, slope: number): Derivative | undefined => {
    const isSign = sign.operation.kind === "greater" && isConstant(sign.operands[1], 0);
    return isSign ? { kind: "reluGradient", y: sign.operands[0], slope } : undefined;
  };
  if (factor.operation.kind !== "add") return ofSign(factor, 0);
  const [scaled, constant] = factor.operands;
  if (constant.operation.kind !== "constant" || scaled.operation.kind !== "multiply") return undefined;
  const slope = constant.operation.value;
  return isConstant(scaled.operands[1], 1 - slope) ? ofSign(scaled.operands[0], slope) : undefined;
}

function isConstant({ operation }: Value, number: number): boolean {
  return operation.kind === "constant" && operation.value === number;
}
