/**
 * Builds a graph, value by value: checks the shapes, and returns the existing value when the same one is requested twice (so `tanh(x)`
 * of the forward pass and of its gradient is computed once).
 *
 * @module
 */
import {
  type BinaryKind,
  type Graph,
  sameShape,
  type ShapeInput,
  shapeOf,
  shapeText,
  type UnaryKind,
  type Value,
} from "./graph.ts";
import {
  broadcastShape,
  checkReshape,
  foldedShape,
  patchesShape,
  productShape,
  repeatedShape,
  rescaled,
} from "./shapes.ts";
import { type ValueTable, valueTable } from "./value_table.ts";
import { isPointwise, type Window, windowOf } from "./window.ts";

/** The operations that build a graph. All take and return values of one builder. */
export interface GraphBuilder {
  /** The parameters so far, in the order in which they were added. */
  readonly parameters: readonly Value[];
  /** A value that the caller fills before each run. */
  input(name: string, shape: ShapeInput): Value;
  /** A value that training changes. */
  parameter(name: string, shape: ShapeInput): Value;
  /** A finite number, as a scalar [1, 1]. */
  constant(value: number): Value;
  /** The matrix product; either operand may be transposed. */
  matmul(a: Value, b: Value, transposed?: { a?: boolean; b?: boolean }): Value;
  add(a: Value, b: Value): Value;
  subtract(a: Value, b: Value): Value;
  multiply(a: Value, b: Value): Value;
  divide(a: Value, b: Value): Value;
  /** 1 where `a > b`, else 0. */
  greater(a: Value, b: Value): Value;
  tanh(x: Value): Value;
  sigmoid(x: Value): Value;
  exp(x: Value): Value;
  log(x: Value): Value;
  sqrt(x: Value): Value;
  /** `log(1 + exp(x))`, computed as `max(x, 0) + log(1 + exp(-|x|))`. */
  softplus(x: Value): Value;
  /** `x` where `x > 0`, else `slope * x`. */
  relu(x: Value, slope?: number): Value;
  sumRows(x: Value): Value;
  sumColumns(x: Value): Value;
  sumAll(x: Value): Value;
  sliceColumns(x: Value, start: number, end: number): Value;
  joinColumns(...parts: Value[]): Value;
  broadcast(x: Value, shape: ShapeInput): Value;
  /** The same numbers under another shape of as many, in row-major order: a view. */
  reshape(x: Value, shape: ShapeInput): Value;
  /**
   * The patches of maps, channels last (im2col): `[n h w, c] -> [n h' w', kh kw c]`, one row for each place of the kernel, its columns by
   * kernel row, kernel column and channel; zeros beyond the border. n is a multiple of the batch, or fixed.
   */
  patches(x: Value, window: Window): Value;
  /** The adjoint of {@link patches} (col2im): `[n h' w', kh kw c] -> [n h w, c]`, what came from a place added up there. */
  foldPatches(y: Value, window: Window): Value;
  /** The sums of each `size` consecutive rows: `[n size, c] -> [n, c]`. */
  sumRowGroups(x: Value, size: number): Value;
  /** Each row `times` times in a row: `[n, c] -> [n times, c]`. */
  repeatRows(x: Value, times: number): Value;
  /** 1 at the first largest number of each row, else 0: `[r, c] -> [r, c]`. */
  oneHotOfMaximum(x: Value): Value;
  /** The same value, through which no gradient flows. */
  stopGradient(x: Value): Value;
  /** The finished graph of what the outputs and gradients need. */
  finish(parts: { outputs: Record<string, Value>; gradients?: readonly Value[] }): Graph;
}

/** Starts an empty graph. */
export function graphBuilder(): GraphBuilder {
  const table = valueTable(), { parameters, named, graphOf } = table;
  return {
    parameters,
    input: (name, shape) => named("input", name, shape),
    parameter: (name, shape) => named("parameter", name, shape),
    ...mathematics(table),
    ...reductions(table),
    ...arrangement(table),
    ...maps(table),
    ...rowGroups(table),
    oneHotOfMaximum: (x) => table.make({ kind: "oneHotOfMaximum" }, [x], x.shape),
    stopGradient: (x) =>
      x.operation.kind === "stopGradient" ? x : table.make({ kind: "stopGradient" }, [x], x.shape),
    finish: ({ outputs, gradients = [] }) => graphOf(outputs, gradients),
  };
}

/** Operations that compute new numbers from numbers: constants, the product, and the elementwise functions. */
function mathematics(
  { make }: ValueTable,
): Pick<GraphBuilder, "constant" | "matmul" | "relu" | UnaryKind | BinaryKind> {
  const unary = (kind: UnaryKind) => (x: Value) => make({ kind }, [x], x.shape);
  const binary = (kind: BinaryKind) => (a: Value, b: Value) =>
    make({ kind }, [a, b], broadcastShape(kind, a.shape, b.shape));
  return {
    constant(value) {
      if (!Number.isFinite(value)) throw new RangeError(`a constant must be a finite number, got ${value}`);
      return make({ kind: "constant", value }, [], [1, 1]);
    },
    matmul(a, b, { a: transposeA = false, b: transposeB = false } = {}) {
      const shape = productShape(a.shape, b.shape, transposeA, transposeB);
      return make({ kind: "matmul", transposeA, transposeB }, [a, b], shape);
    },
    add: binary("add"),
    subtract: binary("subtract"),
    multiply: binary("multiply"),
    divide: binary("divide"),
    greater: binary("greater"),
    tanh: unary("tanh"),
    sigmoid: unary("sigmoid"),
    exp: unary("exp"),
    log: unary("log"),
    sqrt: unary("sqrt"),
    softplus: unary("softplus"),
    relu: (x, slope = 0) => make({ kind: "relu", slope }, [x], x.shape),
  };
}

/** Sums over an axis or over all. */
function reductions({ make }: ValueTable): Pick<GraphBuilder, "sumRows" | "sumColumns" | "sumAll"> {
  return {
    sumRows: (x) => make({ kind: "sumRows" }, [x], [1, x.shape[1]]),
    sumColumns: (x) => make({ kind: "sumColumns" }, [x], [x.shape[0], 1]),
    sumAll: (x) => make({ kind: "sumAll" }, [x], [1, 1]),
  };
}

/** Operations that move, repeat or only see numbers in another way. */
function arrangement(
  { make }: ValueTable,
): Pick<GraphBuilder, "sliceColumns" | "joinColumns" | "broadcast" | "reshape"> {
  return {
    sliceColumns(x, start, end) {
      const columns = x.shape[1];
      if (typeof columns !== "number" || !(start >= 0 && start < end && end <= columns)) {
        throw new RangeError(
          `sliceColumns: the range must lie within ${shapeText(x.shape)}, got ${start} to ${end}`,
        );
      }
      return make({ kind: "sliceColumns", start, end }, [x], [x.shape[0], end - start]);
    },
    joinColumns(...parts) {
      const rows = parts[0].shape[0];
      const wrong = parts.find(({ shape }) => shape[0] !== rows || typeof shape[1] !== "number");
      if (wrong !== undefined) {
        throw new RangeError(
          `joinColumns: all parts must have ${shapeText([rows])} rows, got ${shapeText(wrong.shape)}`,
        );
      }
      const columns = parts.reduce((sum, { shape }) => sum + (shape[1] as number), 0);
      return make({ kind: "joinColumns" }, parts, [rows, columns]);
    },
    broadcast(x, written) {
      const shape = shapeOf(written);
      repeatedShape(x.shape, shape);
      return make({ kind: "broadcast" }, [x], shape);
    },
    reshape(x, written) {
      const shape = shapeOf(written), source = x.operation.kind === "reshape" ? x.operands[0] : x;
      checkReshape(x.shape, shape);
      return sameShape(source.shape, shape) ? source : make({ kind: "reshape" }, [source], shape);
    },
  };
}

/** Operations on maps. A kernel of 1 that leaves no place out changes nothing. */
function maps({ make }: ValueTable): Pick<GraphBuilder, "patches" | "foldPatches"> {
  return {
    patches(x, given) {
      const window = windowOf(given), shape = patchesShape(x.shape, window);
      return isPointwise(window) ? x : make({ kind: "patches", window }, [x], shape);
    },
    foldPatches(y, given) {
      const window = windowOf(given), shape = foldedShape(y.shape, window);
      return isPointwise(window) ? y : make({ kind: "foldPatches", window }, [y], shape);
    },
  };
}

/** Operations on consecutive rows. */
function rowGroups({ make }: ValueTable): Pick<GraphBuilder, "sumRowGroups" | "repeatRows"> {
  return {
    sumRowGroups(x, size) {
      const rows = rescaled("sumRowGroups", x.shape, size, 1);
      return size === 1 ? x : make({ kind: "sumRowGroups", size }, [x], [rows, x.shape[1]]);
    },
    repeatRows(x, times) {
      const rows = rescaled("repeatRows", x.shape, 1, times);
      return times === 1 ? x : make({ kind: "repeatRows", times }, [x], [rows, x.shape[1]]);
    },
  };
}
