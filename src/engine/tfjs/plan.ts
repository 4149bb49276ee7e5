/** Prepares a graph for TensorFlow.js. @module */
import { type Graph, sizeOf, type Value } from "../../graph/graph.ts";

/** A value with the array that the caller reads and writes. */
export interface Mirror {
  readonly value: Value;
  readonly data: Float32Array;
}

/** A graph prepared to run. */
export interface TfjsPlan {
  /** What the outputs need, operands first; gradient values only if an output needs them. */
  readonly values: readonly Value[];
  readonly inputs: ReadonlyMap<string, Mirror>;
  readonly outputs: ReadonlyMap<string, Mirror>;
  readonly parameters: readonly Mirror[];
  /** The gradient of each parameter in {@link parameters}. */
  readonly gradients: readonly Float32Array[];
  /** What TensorFlow.js differentiates, and by which of {@link parameters}; `undefined` for a graph without gradients. */
  readonly loss?: { readonly value: Value; readonly by: readonly number[] };
  readonly calls: Record<string, number>;
}

/** Plans a graph: what to compute, and the caller's arrays. */
export function planOf(
  graph: Graph,
  capacity: number,
  parameters: Float32Array,
  gradients: Float32Array,
): TfjsPlan {
  const mirror = (value: Value): Mirror => ({ value, data: new Float32Array(sizeOf(value.shape, capacity)) });
  const mirrors = (values: ReadonlyMap<string, Value>) =>
    new Map([...values].map(([name, value]) => [name, mirror(value)]));
  const needed = ancestors([...graph.outputs.values()]);
  const ranges: Mirror[] = [];
  const gradientRanges: Float32Array[] = [];
  let offset = 0;
  for (const value of graph.parameters) {
    const end = offset + sizeOf(value.shape, 1);
    ranges.push({ value, data: parameters.subarray(offset, end) });
    gradientRanges.push(gradients.subarray(offset, end));
    offset = end;
  }
  return {
    values: graph.values.filter((value) => needed.has(value)),
    inputs: mirrors(graph.inputs),
    outputs: mirrors(graph.outputs),
    parameters: ranges,
    gradients: gradientRanges,
    loss: graph.gradients.length === 0 ? undefined : lossOf(graph),
    calls: {},
  };
}

function lossOf(graph: Graph): NonNullable<TfjsPlan["loss"]> {
  const value = graph.outputs.get("loss");
  if (value === undefined) {
    throw new TypeError(
      `a graph with gradients must have an output named "loss" for tfjs, got ${
        [...graph.outputs.keys()].join(", ")
      }`,
    );
  }
  // TensorFlow.js refuses to differentiate by what the loss does not depend on.
  const needed = ancestors([value]);
  return { value, by: graph.parameters.flatMap((parameter, at) => needed.has(parameter) ? [at] : []) };
}

function ancestors(values: readonly Value[]): Set<Value> {
  const found = new Set<Value>();
  const visit = (value: Value): void => {
    if (found.has(value)) return;
    found.add(value);
    value.operands.forEach(visit);
  };
  values.forEach(visit);
  return found;
}
