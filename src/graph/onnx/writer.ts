/**
 * Collects the nodes that lowerings write, in order, and the constants that they need, each once.
 *
 * @module
 */
import { BATCH, type BatchDimension, type Graph, isBatch, nameOf } from "../graph.ts";
import { type Attributes, integerTensor, node, tensor } from "./messages.ts";
import type { OnnxWriter } from "./lowering.ts";

/** A writer whose nodes and constants can be read. */
export interface OpenWriter extends OnnxWriter {
  /** All nodes, in the order of writing. */
  readonly nodes: readonly Uint8Array[];
  /** All constants that nodes use. */
  tensors(): Uint8Array[];
  /** Whether nodes read a parameter's numbers only in another arrangement. */
  isReplaced(parameter: string): boolean;
}

/** The name of the row of ones [1, batch] with which products add up rows. */
export const ONES = "batch:ones";

/**
 * Starts a file; the batch size comes from the graph's inputs. `givenOnes`: whether the row of ones is an input; `parameters`: the numbers
 * of the parameters that are part of the file, by name.
 */
export function onnxWriter(
  graph: Graph,
  givenOnes: boolean,
  parameters: ReadonlyMap<string, Float32Array>,
): OpenWriter {
  const nodes: Uint8Array[] = [], tensors = new Map<string, Uint8Array>(), made = new Set<string>();
  const read = new Set<string>(), rearranged = new Set<string>();
  const add = (type: string, inputs: readonly string[], output: string, attributes: Attributes = {}) => {
    nodes.push(node(type, inputs, output, attributes));
    inputs.forEach((input) => read.add(input));
  };
  /** Writes nodes only the first time that their result is needed. */
  const once = (name: string, write: () => void): string => {
    if (!made.has(name)) write();
    made.add(name);
    return name;
  };
  const integers = (numbers: readonly number[], given?: string) => {
    const name = given ?? `integers:${numbers.join(",")}`;
    if (!tensors.has(name)) tensors.set(name, integerTensor(name, numbers));
    return name;
  };
  const filled = (shape: readonly number[], number: number) => {
    const name = `number:${shape.join("x")}:${Object.is(number, -0) ? "-0" : number}`;
    const size = shape.reduce((product, length) => product * length, 1);
    if (!tensors.has(name)) tensors.set(name, tensor(name, shape, new Float32Array(size).fill(number)));
    return name;
  };
  const arranged: OnnxWriter["arranged"] = (x, sizes, order, name) => {
    const numbers = parameters.get(x);
    if (numbers !== undefined) {
      rearranged.add(x);
      const known = sizes.reduce((product, size) => size < 0 ? product : product * size, 1);
      const all = sizes.map((size) => size < 0 ? numbers.length / known : size);
      const called = `${x}:${all.join("x")}:${order.join("")}`, shape = order.map((axis) => all[axis]);
      if (!tensors.has(called)) tensors.set(called, tensor(called, shape, permuted(numbers, all, order)));
      return called;
    }
    const isOrdered = order.every((axis, at) => axis === at), view = isOrdered ? name : `${name}.sizes`;
    add("Reshape", [x, integers(sizes)], view);
    if (!isOrdered) add("Transpose", [view], name, { perm: { integers: order } });
    return name;
  };
  const samples = () =>
    once("batch:samples", () => {
      const x = [...graph.inputs.values()].find(({ shape }) => isBatch(shape[0]));
      if (x === undefined) {
        throw new TypeError("An input must have the rows of the batch, got a graph of which none has them");
      }
      const { batch } = x.shape[0] as BatchDimension, range = { start: { integer: 0 }, end: { integer: 1 } };
      if (batch === 1) return add("Shape", [nameOf(x)], "batch:samples", range);
      add("Shape", [nameOf(x)], "batch:rows", range);
      add("Div", ["batch:rows", integers([batch])], "batch:samples");
    });
  const rows = ({ batch }: BatchDimension) => {
    const name = `batch:rows:${batch}`;
    return batch === 1 ? samples() : once(name, () => add("Mul", [samples(), integers([batch])], name));
  };
  const shape: OnnxWriter["shape"] = (dimensions) => {
    if (!dimensions.some(isBatch)) return integers(dimensions as number[]);
    const name = `shape:${dimensions.map((size) => isBatch(size) ? `${size.batch}b` : size).join("x")}`;
    return once(name, () => {
      const parts = dimensions.map((size) => isBatch(size) ? rows(size) : integers([size]));
      add("Concat", parts, name, { axis: { integer: 0 } });
    });
  };
  return {
    nodes,
    tensors: () => [...tensors.values()],
    node: add,
    integers,
    arranged,
    isReplaced: (parameter) => rearranged.has(parameter) && !read.has(parameter),
    filled,
    shape,
    ones(length) {
      if (!isBatch(length)) return filled([1, length], 1);
      const name = length === BATCH ? ONES : `${ONES}:${length.batch}`;
      if (givenOnes && length === BATCH) return ONES;
      return once(name, () => add("Expand", [filled([1, 1], 1), shape([1, length])], name));
    },
  };
}

/** Numbers of some dimensions with their axes in another order. */
function permuted(numbers: Float32Array, sizes: readonly number[], order: readonly number[]): Float32Array {
  const strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, size) => product * size, 1));
  const shape = order.map((axis) => sizes[axis]), steps = order.map((axis) => strides[axis]);
  return Float32Array.from(numbers, (_, at) => {
    let rest = at, from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += (rest % shape[axis]) * steps[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return numbers[from];
  });
}
