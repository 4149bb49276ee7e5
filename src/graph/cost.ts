/** What a graph costs to run. @module */
import { extentOf, type Graph, isView, type OperationKind, sizeOf, type Value } from "./graph.ts";
import { transientValues } from "./transient.ts";

/** Floating-point operations of one run with `rows` rows: two for each term of a product, one for each element of all else. */
export function flops(graph: Graph, rows: number): number {
  return graph.values.reduce((sum, value) => sum + flopsOf(value, rows), 0);
}

function flopsOf(value: Value, rows: number): number {
  return COSTS[value.operation.kind](value, rows);
}

const free = () => 0;
const eachElement = ({ shape }: Value, rows: number) => sizeOf(shape, rows);
const eachOperand = ({ operands }: Value, rows: number) => sizeOf(operands[0].shape, rows);

const COSTS = {
  input: free,
  parameter: free,
  constant: free,
  reshape: free,
  stopGradient: free,
  matmul({ operation, operands, shape }, rows) {
    const axis = "transposeA" in operation && operation.transposeA ? 0 : 1;
    return 2 * sizeOf(shape, rows) * extentOf(operands[0].shape[axis], rows);
  },
  add: eachElement,
  subtract: eachElement,
  multiply: eachElement,
  divide: eachElement,
  greater: eachElement,
  tanh: eachElement,
  sigmoid: eachElement,
  exp: eachElement,
  log: eachElement,
  sqrt: eachElement,
  softplus: eachElement,
  relu: eachElement,
  sumRows: eachOperand,
  sumColumns: eachOperand,
  sumAll: eachOperand,
  sliceColumns: eachElement,
  joinColumns: eachElement,
  broadcast: eachElement,
  patches: eachElement,
  foldPatches: eachOperand,
  sumRowGroups: eachOperand,
  repeatRows: eachElement,
  oneHotOfMaximum: eachElement,
} satisfies Record<OperationKind, (value: Value, rows: number) => number>;

/**
 * Bytes of all values of a graph for `rows` rows in single precision, each counted once: an upper bound of what an engine needs. What
 * engines make block by block is left out: a block takes about a megabyte.
 */
export function valueBytes(graph: Graph, rows: number): number {
  const transient = transientValues(graph);
  return 4 * graph.values.reduce(
    (sum, value) => sum + (isView(value) || transient.has(value) ? 0 : sizeOf(value.shape, rows)),
    0,
  );
}
