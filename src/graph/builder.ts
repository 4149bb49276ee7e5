/**
 * Builds a graph, value by value: checks the shapes, and returns the existing value when the same one is requested twice (so `tanh(x)`
 * of the forward pass and of its gradient is computed once).
 *
 * @module
 */
import {
  type BinaryKind,
  type Graph,
  type Operation,
  sameShape,
  type Shape,
  type ShapeInput,
  shapeOf,
  shapeText,
  type UnaryKind,
  type Value,
  viewed,
} from "./graph.ts";
import { broadcastShape, checkReshape, productShape, repeatedShape } from "./shapes.ts";

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
  /** The finished graph of what the outputs and gradients need. */
  finish(parts: { outputs: Record<string, Value>; gradients?: readonly Value[] }): Graph;
}

/** Starts an empty graph. */
export function graphBuilder(): GraphBuilder {
  const values: Value[] = [];
  const known = new Map<string, Value>();
  const parameters: Value[] = [];

  function make(operation: Operation, operands: readonly Value[], shape: Shape): Value {
    const key = `${JSON.stringify(operation)} ${operands.map((operand) => operand.id)} ${shapeText(shape)}`;
    let value = known.get(key);
    if (value === undefined) {
      value = { id: values.length, shape, operation, operands };
      values.push(value);
      known.set(key, value);
      if (operation.kind === "parameter") parameters.push(value);
    }
    return value;
  }
  function named(kind: "input" | "parameter", name: string, written: ShapeInput): Value {
    const shape = shapeOf(written);
    const other = values.find(({ operation }) => "name" in operation && operation.name === name);
    if (other !== undefined) {
      throw new TypeError(
        `the name of the ${kind} must be unique in the graph, got "${name}" twice`,
      );
    }
    return make({ kind, name }, [], shape);
  }
  const unary = (kind: UnaryKind) => (x: Value) => make({ kind }, [x], x.shape);
  const binary = (kind: BinaryKind) => (a: Value, b: Value) =>
    make({ kind }, [a, b], broadcastShape(kind, a.shape, b.shape));

  return {
    parameters,
    input: (name, shape) => named("input", name, shape),
    parameter: (name, shape) => named("parameter", name, shape),
    constant(value) {
      if (!Number.isFinite(value)) {
        throw new RangeError(
          `a constant must be a finite number, got ${value}`,
        );
      }
      return make({ kind: "constant", value }, [], [1, 1]);
    },
    matmul(a, b, transposed = {}) {
      const { a: transposeA = false, b: transposeB = false } = transposed;
      return make(
        { kind: "matmul", transposeA, transposeB },
        [a, b],
        productShape(a.shape, b.shape, transposeA, transposeB),
      );
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
    sumRows: (x) => make({ kind: "sumRows" }, [x], [1, x.shape[1]]),
    sumColumns: (x) => make({ kind: "sumColumns" }, [x], [x.shape[0], 1]),
    sumAll: (x) => make({ kind: "sumAll" }, [x], [1, 1]),
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
      const shape = shapeOf(written), source = viewed(x);
      checkReshape(x.shape, shape);
      return sameShape(source.shape, shape) ? source : make({ kind: "reshape" }, [source], shape);
    },
    finish: ({ outputs, gradients = [] }) => finish(values, parameters, outputs, gradients),
  };
}

/** Keeps what the outputs and gradients need, and renumbers it. All parameters stay: they are the model. */
function finish(
  values: readonly Value[],
  parameters: readonly Value[],
  outputs: Record<string, Value>,
  gradients: readonly Value[],
): Graph {
  const needed = new Set<Value>(parameters);
  const visit = (value: Value): void => {
    if (needed.has(value) && value.operation.kind !== "parameter") return;
    needed.add(value);
    value.operands.forEach(visit);
  };
  [...Object.values(outputs), ...gradients].forEach(visit);

  const renamed = new Map<Value, Value>();
  const kept = values.filter((value) => needed.has(value));
  kept.forEach((value, id) => {
    renamed.set(value, { ...value, id, operands: value.operands.map((operand) => renamed.get(operand)!) });
  });
  const inputs = [...renamed.values()].flatMap((value) =>
    value.operation.kind === "input" ? [[value.operation.name, value] as const] : []
  );
  return {
    values: [...renamed.values()],
    inputs: new Map(inputs),
    parameters: parameters.map((parameter) => renamed.get(parameter)!),
    outputs: new Map(Object.entries(outputs).map(([name, value]) => [name, renamed.get(value)!])),
    gradients: gradients.map((gradient) => renamed.get(gradient)!),
  };
}
