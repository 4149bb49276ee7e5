/**
 * What a lowering is: how a value is written as ONNX nodes, and which other values it needs for that.
 *
 * @module
 */
import { sameShape, type Shape, type Value } from "../graph.ts";
import type { Attributes } from "./messages.ts";

/** Writes the nodes of a file; names are those of ONNX values. */
export interface OnnxWriter {
  node(type: string, inputs: readonly string[], output: string, attributes?: Attributes): void;
  /** A list of whole numbers; a long one should have a name, which must be its own. */
  integers(numbers: readonly number[], name?: string): string;
  /**
   * A value by other dimensions (-1: what is left) in another order, under a name; of a parameter whose numbers are part of the file, these numbers
   * themselves.
   */
  arranged(x: string, sizes: readonly number[], order: readonly number[], name: string): string;
  /** One number, repeated. */
  filled(shape: readonly number[], number: number): string;
  /** A row of ones [1, N]. */
  ones(rows: Shape[0]): string;
  /** A shape as a list of whole numbers, the batch's size included. */
  shape(shape: Shape): string;
}

/** How a value is lowered to ONNX nodes. */
export interface Lowering {
  /** The values that it reads. */
  readonly operands: readonly Value[];
  /** Writes the nodes that make `output`; `operands` are the names of the operands. */
  write(writer: OnnxWriter, output: string, operands: readonly string[]): void;
}

/** One node of a type. */
export function plain(type: string, operands: readonly Value[], attributes?: Attributes): Lowering {
  return { operands, write: (writer, output, names) => writer.node(type, names, output, attributes) };
}

/** The value that a value only repeats, or multiplies by 1, as gradients of sums do. */
export function source(value: Value): Value {
  const { operation, operands, shape } = value;
  if (operation.kind === "broadcast") return source(operands[0]);
  if (operation.kind !== "multiply") return value;
  const one = operands.find(({ operation }) => operation.kind === "constant" && operation.value === 1);
  const other = operands.find((operand) => operand !== one && sameShape(operand.shape, shape));
  return one === undefined || other === undefined ? value : source(other);
}

/** The operands of an elementwise value, without repetition where the other one brings the size. */
export function repeated({ operands, shape }: Value): readonly Value[] {
  const sources = operands.map(source);
  const isWhole = shape.every((size, axis) => sources.some((each) => each.shape[axis] === size));
  return isWhole ? sources : operands;
}
