/** How often values are read: one that is read once can be fused with its reader. @module */
import type { Graph, Value } from "./graph.ts";

/** How often each value is read, by other values or from outside. */
export function countUses(graph: Graph): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  const add = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  graph.values.forEach(({ operands }) => operands.forEach(add));
  [...graph.outputs.values(), ...graph.gradients].forEach(add);
  return uses;
}
