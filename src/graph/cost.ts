/** What a graph costs to run. @module */
import { type Dimension, type Graph, sizeOf, type Value } from "./graph.ts";

/** Floating-point operations of one run with `rows` rows: two for each term of a product, one for each element of all else. */
export function flops(graph: Graph, rows: number): number {
  return graph.values.reduce((sum, value) => sum + flopsOf(value, rows), 0);
}

function flopsOf({ operation, operands, shape }: Value, rows: number): number {
  const size = sizeOf(shape, rows);
  const extent = (dimension: Dimension) => dimension === "batch" ? rows : dimension;
  switch (operation.kind) {
    case "input":
    case "parameter":
    case "constant":
      return 0;
    case "matmul":
      return 2 * size * extent(operands[0].shape[operation.transposeA ? 0 : 1]);
    case "sumRows":
    case "sumColumns":
    case "sumAll":
      return sizeOf(operands[0].shape, rows);
    default:
      return size;
  }
}

/** Bytes of all values of a graph for `rows` rows in single precision, each counted once: what an engine needs at the most. */
export function valueBytes(graph: Graph, rows: number): number {
  return 4 * graph.values.reduce((sum, { shape }) => sum + sizeOf(shape, rows), 0);
}
