/**
 * Whether a loss and its gradients are sums over rows, so that they can be computed in parts and added up.
 *
 * @module
 */
import { kindsOf } from "./data_parallel.ts";
import type { Graph, Operation, OperationKind, Value } from "./graph.ts";

/** What is known of a value that has no rows. */
type Sum =
  /** A sum over rows, or what is linear in such. */
  | "sum"
  /** The same in each part. */
  | "fixed"
  | "zero"
  | "other";

/**
 * Whether the output `loss` and all gradients of a graph are sums over rows. Not so are free bits, a capacity and total correlation, for which a row
 * depends on sums over the others, or on other rows.
 */
export function isDivisible(graph: Graph): boolean {
  const kinds = kindsOf(graph);
  if (kinds === undefined) return false;
  const sums = new Map<Value, Sum>();
  for (const value of graph.values) {
    const kind = kinds.get(value);
    if (kind === "rows") continue;
    const isOfRows = value.operands.some((operand) => kinds.get(operand) === "rows");
    if (kind === "fixed") sums.set(value, isZero(value, sums) ? "zero" : "fixed");
    else sums.set(value, isOfRows ? sumOfRows(value, sums, kinds) : linear(value, sums));
  }
  const loss = graph.outputs.get("loss");
  return [...loss === undefined ? [] : [loss], ...graph.gradients].every((value) => {
    const sum = sums.get(value);
    return sum === "sum" || sum === "zero";
  });
}

/** Those of a constant 0, and what is made of it alone. */
function isZero({ operation, operands }: Value, sums: ReadonlyMap<Value, Sum>): boolean {
  if (operation.kind === "constant") return operation.value === 0;
  return operands.length > 0 && KEEPS_SUMS.has(operation.kind) &&
    operands.every((operand) => sums.get(operand) === "zero");
}

/** A value without rows that is computed from rows: a sum, or a product of two matrices of rows. */
function sumOfRows(
  { operation: { kind }, operands }: Value,
  sums: ReadonlyMap<Value, Sum>,
  kinds: ReadonlyMap<Value, string>,
): Sum {
  const isSum = kind === "sumRows" || kind === "sumAll" ||
    (kind === "matmul" && operands.every((operand) => kinds.get(operand) === "rows"));
  return isSum && operands.every((operand) => !sums.has(operand)) ? "sum" : "other";
}

/** What has the sum of its parts, if all of its operands do. */
const KEEPS_SUMS: ReadonlySet<OperationKind> = new Set<OperationKind>(
  [
    "add",
    "subtract",
    "reshape",
    "stopGradient",
    "broadcast",
    "sliceColumns",
    "joinColumns",
    "sumRows",
    "sumColumns",
    "sumAll",
    "sumRowGroups",
    "repeatRows",
  ] satisfies readonly Operation["kind"][],
);

/** A value that is computed from sums. */
function linear({ operation: { kind }, operands }: Value, sums: ReadonlyMap<Value, Sum>): Sum {
  const of = operands.map((operand) => sums.get(operand)), [first, second] = of;
  const isSum = (sum: Sum | undefined) => sum === "sum" || sum === "zero";
  if (KEEPS_SUMS.has(kind)) return of.every(isSum) ? "sum" : "other";
  if (kind === "divide") return isSum(first) && second === "fixed" ? "sum" : "other";
  if (kind !== "multiply" && kind !== "matmul") return "other";
  const isProduct = (isSum(first) && second === "fixed") || (first === "fixed" && isSum(second));
  return isProduct ? "sum" : "other";
}
