/** What a graph costs to run. @module */
import { extentOf, type Graph, sizeOf, type Value } from "./graph.ts";

/** Floating-point operations of one run with `rows` rows: two for each term of a product, one for each element of all else. */
export function flops(graph: Graph, rows: number): number {
  return graph.values.reduce((sum, value) => sum + flopsOf(value, rows), 0);
}

function flopsOf({ operation, operands, shape }: Value, rows: number): number {
  const size = sizeOf(shape, rows);
  switch (operation.kind) {
    case "input":
    case "parameter":
    case "constant":
    case "reshape":
      return 0;
    case "matmul":
      return 2 * size * extentOf(operands[0].shape[operation.transposeA ? 0 : 1], rows);
    case "sumRows":
    case "sumColumns":
    case "sumAll":
      return sizeOf(operands[0].shape, rows);
    default:
      return size;
  }
}

/** Bytes of all values of a graph for `rows` rows in single precision, each counted once: an upper bound of what an engine needs. */
export function valueBytes(graph: Graph, rows: number): number {
  return 4 * graph.values.reduce(
    (sum, { shape, operation }) => sum + (operation.kind === "reshape" ? 0 : sizeOf(shape, rows)),
    0,
  );
}
