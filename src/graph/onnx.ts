/**
 * A graph as an ONNX file: for ONNX Runtime, which runs it as the native engine, and for any reader of ONNX, as an export.
 *
 * Single precision, operator set 18; the batch is a size called `batch`, so one file serves any number of rows.
 *
 * @module
 */
import { BATCH, type Graph, nameOf, parameterCount, sizeOf, type Value } from "./graph.ts";
import { type GraphParts, model, tensor, valueInfo } from "./onnx/messages.ts";
import type { Lowering } from "./onnx/lowering.ts";
import { loweringOf } from "./onnx/lowerings.ts";
import { ONES } from "./onnx/batch_shapes.ts";
import { onnxWriter, type OpenWriter } from "./onnx/writer.ts";
import { countUses } from "./uses.ts";

export { ONES };

/** Options for {@link encodeOnnx}. */
export interface OnnxOptions {
  /**
   * The numbers of all parameters in the graph's order, to be part of the file. Length P.
   * @default {undefined, which makes the parameters inputs of the file, after the graph's own}
   */
  readonly parameters?: Float32Array;
  /**
   * Whether the file has one more input, the last: {@link ONES}, a row of ones [1, batch], which it would otherwise make itself at
   * each run.
   * @default {false}
   */
  readonly ones?: boolean;
  /** Texts by name that go with the file. @default {none} */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The names of what goes in and out of a file. */
export interface OnnxNames {
  /** A graph's inputs, then (if they are not part of the file) its parameters. */
  readonly inputs: readonly string[];
  /** A graph's outputs by their names there; one that has the name of an input or parameter is called `output:name`. */
  readonly outputs: ReadonlyMap<string, string>;
  /** `gradient:name` for each parameter, or none. */
  readonly gradients: readonly string[];
}

/** The names by which a file made of this graph calls what goes in and out. */
export function onnxNames(graph: Graph): OnnxNames {
  const inputs = [...graph.inputs.keys(), ...graph.parameters.map(nameOf)];
  const outputs = [...graph.outputs.keys()].map((
    name,
  ): [string, string] => [name, inputs.includes(name) ? `output:${name}` : name]);
  return {
    inputs,
    outputs: new Map(outputs),
    gradients: graph.gradients.map((_, at) => `gradient:${nameOf(graph.parameters[at])}`),
  };
}

/**
 * A graph as the bytes of an ONNX file. Outputs come in the graph's order, then the gradients.
 *
 * @throws {RangeError} When the parameters given are not as many as the graph has.
 */
export function encodeOnnx(
  graph: Graph,
  { parameters, ones = false, metadata = {} }: OnnxOptions = {},
): Uint8Array {
  const names = onnxNames(graph), known = new Map<Value, string>();
  const numbers = numbersOf(graph, parameters), writer = onnxWriter(graph, ones, numbers);
  [...graph.inputs.values(), ...graph.parameters].forEach((value) => known.set(value, nameOf(value)));
  const results: [string, Value][] = [
    ...[...names.outputs].map(([name, called]): [string, Value] => [called, graph.outputs.get(name)!]),
    ...names.gradients.map((called, at): [string, Value] => [called, graph.gradients[at]]),
  ];
  for (const value of graph.values) {
    if (value.operation.kind === "constant") {
      known.set(value, writer.filled([1, 1], value.operation.value));
    }
  }
  // A result that already has another name is copied.
  const copies = results.filter(([called, value]) => {
    if (known.has(value)) return true;
    known.set(value, called);
    return false;
  });
  for (const [value, { operands, write }] of loweringsOf(graph)) {
    const called = known.get(value) ?? `value:${value.id}`;
    known.set(value, called);
    write(writer, called, operands.map((operand) => known.get(operand)!));
  }
  copies.forEach(([called, value]) => writer.node("Identity", [known.get(value)!], called));
  const given = parameters === undefined ? [...graph.parameters] : [];
  return model({
    nodes: writer.nodes,
    tensors: [...writer.tensors(), ...parameterTensors(graph, numbers, writer)],
    inputs: [
      ...[...graph.inputs.values(), ...given].map((value) => valueInfo(nameOf(value), value.shape)),
      ...(ones ? [valueInfo(ONES, [1, BATCH])] : []),
    ],
    outputs: results.map(([called, value]) => valueInfo(called, value.shape)),
    metadata,
  });
}

/** The lowerings of all values that the results need, operands first. */
function loweringsOf(graph: Graph): [Value, Lowering][] {
  const uses = countUses(graph), lowerings = new Map<Value, Lowering>();
  const visit = (value: Value): void => {
    if (lowerings.has(value) || value.operands.length === 0) return;
    const made = loweringOf(value, uses);
    lowerings.set(value, made);
    made.operands.forEach(visit);
  };
  [...graph.outputs.values(), ...graph.gradients].forEach(visit);
  return [...lowerings].sort(([left], [right]) => left.id - right.id);
}

/** The numbers of each parameter, by name; none where they are not part of the file. */
function numbersOf(graph: Graph, numbers: Float32Array | undefined): ReadonlyMap<string, Float32Array> {
  if (numbers === undefined) return new Map();
  const count = parameterCount(graph);
  if (numbers.length !== count) {
    throw new RangeError(
      `parameters must be ${count} numbers, got ${numbers.length}`,
    );
  }
  let place = 0;
  return new Map(
    graph.parameters.map((parameter): [string, Float32Array] => [
      nameOf(parameter),
      numbers.subarray(place, place += sizeOf(parameter.shape, 1)),
    ]),
  );
}

function parameterTensors(
  graph: Graph,
  numbers: ReadonlyMap<string, Float32Array>,
  writer: OpenWriter,
): GraphParts["tensors"] {
  return graph.parameters.flatMap((parameter) => {
    const name = nameOf(parameter), own = numbers.get(name);
    if (own === undefined || writer.isReplaced(name)) return [];
    return [tensor(name, parameter.shape as number[], own)];
  });
}
