/**
 * The messages of an ONNX file that a graph of matrices needs: nodes, tensors, the names and shapes of inputs and outputs.
 *
 * Field numbers: `onnx.proto3` of https://github.com/onnx/onnx.
 *
 * @module
 */
import type { BatchDimension, Shape } from "../graph.ts";
import { bytes, integer, integers, join, littleEndian, single, text } from "../../core/protobuf.ts";

/** The oldest file format and operator set with everything that is used, so that older readers can open the files. */
const IR_VERSION = 8, OPERATOR_SET = 18;

/** The numbers by which ONNX calls types of elements. */
const ELEMENT = { single: 1, integer: 7 } as const;

/** The numbers by which ONNX calls types of attributes. */
const ATTRIBUTE = { single: 1, integer: 2, integers: 7 } as const;

/** A setting of a node. */
export type NodeAttribute =
  | { readonly integer: number }
  | { readonly single: number }
  | { readonly integers: readonly number[] };

/** The settings of a node, by name. */
export type Attributes = Readonly<Record<string, NodeAttribute>>;

/** One operation: `output = type(inputs)`. */
export function node(
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: Attributes,
): Uint8Array {
  return join([
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(3, `${type}:${output}`),
    text(4, type),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
  ]);
}

function attribute(name: string, value: NodeAttribute): Uint8Array {
  if ("integers" in value) {
    return join([text(1, name), integers(8, value.integers), integer(20, ATTRIBUTE.integers)]);
  }
  return "integer" in value
    ? join([text(1, name), integer(3, value.integer), integer(20, ATTRIBUTE.integer)])
    : join([text(1, name), single(2, value.single), integer(20, ATTRIBUTE.single)]);
}

/** Numbers that are part of the file. */
export function tensor(name: string, dimensions: readonly number[], numbers: Float32Array): Uint8Array {
  return join([
    integers(1, dimensions),
    integer(2, ELEMENT.single),
    text(8, name),
    bytes(9, littleEndian(numbers)),
  ]);
}

/** A list of whole numbers that is part of the file: axes, bounds, sizes. */
export function integerTensor(name: string, numbers: readonly number[]): Uint8Array {
  return join([
    integers(1, [numbers.length]),
    integer(2, ELEMENT.integer),
    integers(7, numbers),
    text(8, name),
  ]);
}

/** The name and shape of what goes in or out; the batch is a size by that name. */
export function valueInfo(name: string, shape: Shape): Uint8Array {
  const dimensions = shape.map((size) =>
    bytes(1, typeof size === "number" ? integer(1, size) : text(2, batchName(size)))
  );
  return join([text(1, name), bytes(2, bytes(1, integer(1, ELEMENT.single), bytes(2, ...dimensions)))]);
}

/** What a file calls a multiple of the batch: `batch`, `batch_x_196`. */
function batchName({ batch }: BatchDimension): string {
  return batch === 1 ? "batch" : `batch_x_${batch}`;
}

/** The parts of a graph, each encoded by itself. */
export interface GraphParts {
  readonly nodes: readonly Uint8Array[];
  readonly tensors: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The whole file. */
export function model({ nodes, tensors, inputs, outputs, metadata }: GraphParts): Uint8Array {
  const graph = [
    ...nodes.map((each) => bytes(1, each)),
    text(2, "graph"),
    ...tensors.map((each) => bytes(5, each)),
    ...inputs.map((each) => bytes(11, each)),
    ...outputs.map((each) => bytes(12, each)),
  ];
  return join([
    integer(1, IR_VERSION),
    text(2, "hourglass"),
    bytes(7, ...graph),
    bytes(8, text(1, ""), integer(2, OPERATOR_SET)),
    ...Object.entries(metadata).map(([key, value]) => bytes(14, text(1, key), text(2, value))),
  ]);
}
