// N = samples of the batch (their number is known only when a program runs), C = columns; every value is row-major.

/**
 * A computation as data: values with shapes, each made by one primitive operation from earlier values.
 *
 * A model's forward pass and loss are built once with {@link graphBuilder}; `gradient.ts` adds the derivatives as more values of
 * the same graph; an engine runs the whole and does not depend on models.
 *
 * @module
 */

import type { Window } from "./window.ts";

/** A number of rows for each sample of the batch, whose size is given when a program runs. Made by {@link perSample}, so `===` compares them. */
export interface BatchDimension {
  readonly batch: number;
}

/** One dimension: a fixed size, or a multiple of the batch. */
export type Dimension = number | BatchDimension;

const batches = new Map<number, BatchDimension>();

/** The dimension of k rows per sample. */
export function perSample(k: number): BatchDimension {
  if (!(Number.isInteger(k) && k >= 1)) {
    throw new RangeError(`Rows per sample must be a positive integer, got ${k}`);
  }
  const dimension = batches.get(k) ?? Object.freeze({ batch: k });
  batches.set(k, dimension);
  return dimension;
}

/** One row per sample. */
export const BATCH: BatchDimension = perSample(1);

/** Whether a dimension grows with the batch. */
export function isBatch(dimension: Dimension): dimension is BatchDimension {
  return typeof dimension !== "number";
}

/** The size of a dimension when the batch has `samples` samples. */
export function extentOf(dimension: Dimension | "batch", samples: number): number {
  if (dimension === "batch") return samples;
  return typeof dimension === "number" ? dimension : dimension.batch * samples;
}

/** A shape as written: `"batch"` stands for one row per sample. */
export type ShapeInput = readonly (Dimension | "batch")[];

/** A shape as written, with its dimensions as graphs hold them. */
export function shapeOf(shape: ShapeInput): Shape {
  return shape.map((dimension) =>
    dimension === "batch" ? BATCH : typeof dimension === "number" ? dimension : perSample(dimension.batch)
  );
}

/** The dimensions of a value. The primitives work on matrices `[rows, columns]`; a scalar is `[1, 1]`. */
export type Shape = readonly Dimension[];

/** The operations of two operands, element by element; an operand of one row, one column or one element is repeated. */
export type BinaryKind = "add" | "subtract" | "multiply" | "divide" | "greater";

/** The operations of one operand, element by element. */
export type UnaryKind = "tanh" | "sigmoid" | "exp" | "log" | "sqrt" | "softplus";

/** An operation that computes a value. Each kind has a gradient rule in `gradient.ts` and a loop in every engine. */
export type Operation =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "constant"; readonly value: number }
  /** `op(a) op(b)`, each transposed or not: `[i, k] x [k, j] -> [i, j]`. */
  | { readonly kind: "matmul"; readonly transposeA: boolean; readonly transposeB: boolean }
  /** `greater` is 1 where `a > b`, else 0; its derivative is taken as 0. */
  | { readonly kind: BinaryKind }
  | { readonly kind: UnaryKind }
  /** `x` where `x > 0`, else `slope * x`. */
  | { readonly kind: "relu"; readonly slope: number }
  /** `[r, c] -> [1, c]`, `[r, c] -> [r, 1]`, `[r, c] -> [1, 1]`. */
  | { readonly kind: "sumRows" }
  | { readonly kind: "sumColumns" }
  | { readonly kind: "sumAll" }
  /** Columns `start` (inclusive) to `end` (exclusive). */
  | { readonly kind: "sliceColumns"; readonly start: number; readonly end: number }
  /** The columns of all operands, side by side. */
  | { readonly kind: "joinColumns" }
  /** Repeats rows, columns or the one element until the value has its shape. */
  | { readonly kind: "broadcast" }
  /** im2col: `[n h w, c] -> [n h' w', kh kw c]`, columns by kernel row, kernel column, channel; zeros beyond the border. */
  | { readonly kind: "patches"; readonly window: Window }
  /** col2im, the adjoint of `patches`: `[n h' w', kh kw c] -> [n h w, c]`, the sum of all numbers that came from a place. */
  | { readonly kind: "foldPatches"; readonly window: Window }
  /** The sums of each `size` consecutive rows: `[n size, c] -> [n, c]`. */
  | { readonly kind: "sumRowGroups"; readonly size: number }
  /** Each row `times` times in a row, the adjoint of `sumRowGroups`: `[n, c] -> [n times, c]`. */
  | { readonly kind: "repeatRows"; readonly times: number }
  /** 1 at the first largest number of each row, else 0; its derivative is taken as 0. */
  | { readonly kind: "oneHotOfMaximum" }
  /** The same numbers in the same order under another shape: a view, for which nothing is computed. */
  | { readonly kind: "reshape" }
  /** The same value, for which no gradient is computed: a view. */
  | { readonly kind: "stopGradient" };

/** The name of a primitive. */
export type OperationKind = Operation["kind"];

/** The primitives for which nothing is computed: their values have the numbers of their operand. */
export type ViewKind = "reshape" | "stopGradient";

const VIEWS: Readonly<Record<ViewKind, true>> = { reshape: true, stopGradient: true };

/** The operation of one kind. */
export type OperationOf<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;

/** One value of a graph. */
export interface Value {
  /** Its place in {@link Graph.values}; operands come before the values computed from them. */
  readonly id: number;
  /** Its dimensions. */
  readonly shape: Shape;
  /** The operation that computes it. */
  readonly operation: Operation;
  /** The values it is computed from. */
  readonly operands: readonly Value[];
}

/** A finished graph: what an engine compiles. */
export interface Graph {
  /** All values that the outputs and gradients need, operands first. */
  readonly values: readonly Value[];
  /** What the caller fills before a run, by name. */
  readonly inputs: ReadonlyMap<string, Value>;
  /** What training changes, in the order in which an engine lays them out, one after the other. */
  readonly parameters: readonly Value[];
  /** What the caller reads after a run, by name. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** The derivative of the loss by each parameter, in the order of {@link Graph.parameters}; empty for a graph without gradients. */
  readonly gradients: readonly Value[];
}

/** The name of a parameter or input value. */
export function nameOf(value: Value): string {
  const { operation } = value;
  if (operation.kind !== "input" && operation.kind !== "parameter") {
    throw new TypeError(
      `nameOf: the value must be an input or a parameter, got a ${operation.kind}`,
    );
  }
  return operation.name;
}

/** How many elements a shape has when the batch has `samples` samples. */
export function sizeOf(shape: ShapeInput, samples: number): number {
  return shape.reduce<number>((size, dimension) => size * extentOf(dimension, samples), 1);
}

/** Whether a value only shows the numbers of its operand. */
export function isView({ operation }: Value): boolean {
  return operation.kind in VIEWS;
}

/** The value whose numbers a view shows; a value that is no view is its own. */
export function viewed(value: Value): Value {
  return isView(value) ? viewed(value.operands[0]) : value;
}

/** How many elements all parameters of a graph have together. */
export function parameterCount(graph: Graph): number {
  return graph.parameters.reduce((count, { shape }) => count + sizeOf(shape, 1), 0);
}

/** Outputs that a run has to compute: inputs, parameters and constants are there, and a value under two names is computed once. */
export function computedOutputs(graph: Graph): [string, Value][] {
  const seen = new Set<Value>();
  return [...graph.outputs].filter(([, value]) => {
    const isNew = value.operands.length > 0 && !seen.has(value);
    seen.add(value);
    return isNew;
  });
}

/** Whether a graph has patches of maps: convolutions. */
export function hasMaps({ values }: Graph): boolean {
  return values.some(({ operation: { kind } }) => kind === "patches" || kind === "foldPatches");
}

/** A shape as text, for messages: `[batch, 35]`, `[196 batch, 8]`. */
export function shapeText(shape: ShapeInput): string {
  return `[${shapeOf(shape).map(dimensionText).join(", ")}]`;
}

function dimensionText(dimension: Dimension): string {
  if (typeof dimension === "number") return String(dimension);
  return dimension.batch === 1 ? "batch" : `${dimension.batch} batch`;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}
