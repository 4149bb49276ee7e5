/**
 * Where recipes write: nodes in order, and the numbers that they need beside the graph's values, each kept once.
 *
 * @module
 */
import type { Graph } from "../graph.ts";
import { nameOf } from "../graph.ts";
import { type Attributes, integerTensor, node, tensor } from "./messages.ts";
import type { Sheet } from "./recipe.ts";

/** A sheet that can be read. */
export interface OpenSheet extends Sheet {
  /** All nodes, in the order of writing. */
  readonly nodes: readonly Uint8Array[];
  /** All numbers that nodes asked for. */
  tensors(): Uint8Array[];
}

/** The name of the row of ones [1, batch] with which products add up rows. */
export const ONES = "batch:ones";

/** An empty sheet; the graph's inputs tell how large the batch is. `givenOnes`: that the row of ones comes from outside. */
export function sheetOf(graph: Graph, givenOnes: boolean): OpenSheet {
  const nodes: Uint8Array[] = [], tensors = new Map<string, Uint8Array>(), made = new Set<string>();
  const add = (type: string, inputs: readonly string[], output: string, attributes: Attributes = {}) => {
    nodes.push(node(type, inputs, output, attributes));
  };
  /** Writes nodes only the first time that their result is asked for. */
  const once = (name: string, write: () => void): string => {
    if (!made.has(name)) write();
    made.add(name);
    return name;
  };
  const integers = (numbers: readonly number[]) => {
    const name = `integers:${numbers.join(",")}`;
    tensors.set(name, integerTensor(name, numbers));
    return name;
  };
  const filled = (shape: readonly number[], number: number) => {
    const name = `number:${shape.join("x")}:${Object.is(number, -0) ? "-0" : number}`;
    const size = shape.reduce((product, length) => product * length, 1);
    if (!tensors.has(name)) tensors.set(name, tensor(name, shape, new Float32Array(size).fill(number)));
    return name;
  };
  const rows = () =>
    once("batch:rows", () => {
      const x = [...graph.inputs.values()].find(({ shape }) => shape[0] === "batch");
      if (x === undefined) {
        throw new TypeError(
          "Cannot encode the batch as an input must have its rows: current inputs have none",
        );
      }
      add("Shape", [nameOf(x)], "batch:rows", { start: { integer: 0 }, end: { integer: 1 } });
    });
  const shape: Sheet["shape"] = (dimensions) => {
    if (!dimensions.includes("batch")) return integers(dimensions as number[]);
    const name = `shape:${dimensions.join("x")}`;
    return once(name, () => {
      const parts = dimensions.map((size) => size === "batch" ? rows() : integers([size]));
      add("Concat", parts, name, { axis: { integer: 0 } });
    });
  };
  return {
    nodes,
    tensors: () => [...tensors.values()],
    node: add,
    integers,
    filled,
    shape,
    ones(length) {
      if (length !== "batch") return filled([1, length], 1);
      if (givenOnes) return ONES;
      return once(ONES, () => add("Expand", [filled([1, 1], 1), shape([1, "batch"])], ONES));
    },
  };
}
