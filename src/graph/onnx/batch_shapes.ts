/**
 * What a file computes from the size of its batch: numbers of rows, shapes that contain them, and rows of ones.
 *
 * @module
 */
import { BATCH, type BatchDimension, type Graph, isBatch, nameOf } from "../graph.ts";
import type { OnnxWriter } from "./lowering.ts";

/** The name of the row of ones [1, batch] with which products add up rows. */
export const ONES = "batch:ones";

/**
 * Writes the nodes of a value that depends on the size of the batch when the value is first needed. The size comes from the graph's inputs;
 * `givenOnes`: whether the row of ones is an input.
 */
export function batchShapes(
  graph: Graph,
  givenOnes: boolean,
  { node, integers, filled }: Pick<OnnxWriter, "node" | "integers" | "filled">,
): Pick<OnnxWriter, "shape" | "ones"> {
  const written = new Set<string>();
  const once = (name: string, write: () => void): string => {
    if (!written.has(name)) write();
    written.add(name);
    return name;
  };
  const samples = () => once("batch:samples", () => writeSamples(graph, { node, integers }));
  const rows = ({ batch }: BatchDimension) => {
    const name = `batch:rows:${batch}`;
    return batch === 1 ? samples() : once(name, () => node("Mul", [samples(), integers([batch])], name));
  };
  const shape: OnnxWriter["shape"] = (dimensions) => {
    if (!dimensions.some(isBatch)) return integers(dimensions as number[]);
    const name = `shape:${dimensions.map((size) => isBatch(size) ? `${size.batch}b` : size).join("x")}`;
    return once(name, () => {
      const parts = dimensions.map((size) => isBatch(size) ? rows(size) : integers([size]));
      node("Concat", parts, name, { axis: { integer: 0 } });
    });
  };
  function ones(length: Parameters<OnnxWriter["ones"]>[0]): string {
    if (!isBatch(length)) return filled([1, length], 1);
    const name = length === BATCH ? ONES : `${ONES}:${length.batch}`;
    if (givenOnes && length === BATCH) return ONES;
    return once(name, () => node("Expand", [filled([1, 1], 1), shape([1, length])], name));
  }
  return { shape, ones };
}

/** Writes the number of samples in the batch: the rows of an input, divided by those of one sample. */
function writeSamples(graph: Graph, { node, integers }: Pick<OnnxWriter, "node" | "integers">): void {
  const x = [...graph.inputs.values()].find(({ shape }) => isBatch(shape[0]));
  if (x === undefined) {
    throw new TypeError("An input must have the rows of the batch, got a graph of which none has them");
  }
  const { batch } = x.shape[0] as BatchDimension, range = { start: { integer: 0 }, end: { integer: 1 } };
  if (batch === 1) return node("Shape", [nameOf(x)], "batch:samples", range);
  node("Shape", [nameOf(x)], "batch:rows", range);
  node("Div", ["batch:rows", integers([batch])], "batch:samples");
}
