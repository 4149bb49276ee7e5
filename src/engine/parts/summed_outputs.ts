/** The outputs of a graph that are summed over parts. @module */
import { type Graph, isBatch, shapeText, sizeOf, type Value, viewed } from "../../graph/graph.ts";

/** The names of the outputs of one number, those of the same value together. */
export function summedOutputs(graph: Graph): string[][] {
  const names = new Map<Value, string[]>();
  for (const [name, value] of graph.outputs) {
    if (isBatch(value.shape[0])) continue;
    if (sizeOf(value.shape, 2) !== 1) {
      throw new TypeError(
        `an output of a program in parts must have one number or rows, got ${name} ${shapeText(value.shape)}`,
      );
    }
    const source = viewed(value);
    if (source.operands.length === 0) {
      throw new TypeError(`an output of a program in parts must be computed, got ${name}`);
    }
    const known = names.get(source);
    if (known === undefined) names.set(source, [name]);
    else known.push(name);
  }
  return [...names.values()];
}
