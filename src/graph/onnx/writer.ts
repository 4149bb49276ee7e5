/**
 * Collects the nodes that lowerings write, in order, and the constants that they need, each once.
 *
 * @module
 */
import type { Graph } from "../graph.ts";
import { batchShapes } from "./batch_shapes.ts";
import { constantsOf } from "./constants.ts";
import { node } from "./messages.ts";
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

/**
 * Starts a file; the batch size comes from the graph's inputs. `givenOnes`: whether the row of ones is an input; `parameters`: the numbers
 * of the parameters that are part of the file, by name.
 */
export function onnxWriter(
  graph: Graph,
  givenOnes: boolean,
  parameters: ReadonlyMap<string, Float32Array>,
): OpenWriter {
  const nodes: Uint8Array[] = [], read = new Set<string>(), rearranged = new Set<string>();
  const { integers, filled, permuted, tensors } = constantsOf();
  const add: OnnxWriter["node"] = (type, inputs, output, attributes = {}) => {
    nodes.push(node(type, inputs, output, attributes));
    inputs.forEach((input) => read.add(input));
  };
  return {
    nodes,
    tensors,
    node: add,
    integers,
    filled,
    ...batchShapes(graph, givenOnes, { node: add, integers, filled }),
    isReplaced: (parameter) => rearranged.has(parameter) && !read.has(parameter),
    arranged(x, sizes, order, name) {
      const numbers = parameters.get(x);
      if (numbers !== undefined) {
        rearranged.add(x);
        return permuted(x, numbers, sizes, order);
      }
      const isOrdered = order.every((axis, at) => axis === at), view = isOrdered ? name : `${name}.sizes`;
      add("Reshape", [x, integers(sizes)], view);
      if (!isOrdered) add("Transpose", [view], name, { perm: { integers: order } });
      return name;
    },
  };
}
