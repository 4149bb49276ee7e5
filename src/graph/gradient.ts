// y = the value whose rule it is, a, b, x = its operands, g = dL/dy; L = the loss, a scalar.

/**
 * Reverse-mode differentiation, on the graph itself: the gradient of a loss is more graph, by one rule for each primitive.
 *
 * A gradient may be smaller than its value (a scalar stands for "the same everywhere"): elementwise rules repeat it for free, and
 * it is written out only where a product or a parameter needs all of it.
 *
 * @module
 */
import type { GraphBuilder } from "./builder.ts";
import {
  type OperationKind,
  type OperationOf,
  sameShape,
  type Shape,
  shapeText,
  type Value,
} from "./graph.ts";
import type { Window } from "./window.ts";

/** Returns the gradient of each operand, or `undefined` for one that has none. */
type GradientRule = (build: GraphBuilder, y: Value, g: Value) => readonly (Value | undefined)[];

const RULES: Readonly<Record<OperationKind, GradientRule>> = {
  input: () => [],
  parameter: () => [],
  constant: () => [],
  greater: () => [],

  /** `y = op(a) op(b)`: `d op(a) = g op(b)^T` and `d op(b) = op(a)^T g`, transposed back where the operand was. */
  matmul(build, y, lazy) {
    const [a, b] = y.operands;
    const { transposeA, transposeB } = y.operation as { transposeA: boolean; transposeB: boolean };
    const g = expand(build, lazy, y.shape);
    const da = transposeA
      ? build.matmul(b, g, { a: transposeB, b: true })
      : build.matmul(g, b, { b: !transposeB });
    const db = transposeB
      ? build.matmul(g, a, { a: true, b: transposeA })
      : build.matmul(a, g, { a: !transposeA });
    return [da, db];
  },
  add: (build, y, g) => y.operands.map((operand) => reduce(build, g, y.shape, operand.shape)),
  subtract(build, y, g) {
    const [a, b] = y.operands;
    return [reduce(build, g, y.shape, a.shape), negate(build, reduce(build, g, y.shape, b.shape))];
  },
  multiply(build, y, g) {
    const [a, b] = y.operands;
    return [
      reduce(build, build.multiply(g, b), y.shape, a.shape),
      reduce(build, build.multiply(g, a), y.shape, b.shape),
    ];
  },
  /** `d(a/b) = g / b` and `-g y / b`. */
  divide(build, y, g) {
    const [a, b] = y.operands;
    const da = build.divide(g, b);
    return [
      reduce(build, da, y.shape, a.shape),
      negate(build, reduce(build, build.multiply(da, y), y.shape, b.shape)),
    ];
  },
  /** `g (1 - y^2)`. */
  tanh: (build, y, g) => [build.multiply(g, build.subtract(build.constant(1), build.multiply(y, y)))],
  /** `g (y - y^2)`. */
  sigmoid: (build, y, g) => [build.multiply(g, build.subtract(y, build.multiply(y, y)))],
  exp: (build, y, g) => [build.multiply(g, y)],
  log: (build, y, g) => [build.divide(g, y.operands[0])],
  /** `g / (2 y)`. */
  sqrt: (build, y, g) => [build.divide(build.multiply(g, build.constant(0.5)), y)],
  softplus: (build, y, g) => [build.multiply(g, build.sigmoid(y.operands[0]))],
  /** `g` where `x > 0`, else `slope g`: the sign of y is the sign of x. */
  relu(build, y, g) {
    const { slope } = y.operation as { slope: number };
    const positive = build.greater(y, build.constant(0));
    if (slope === 0) return [build.multiply(g, positive)];
    const factor = build.add(build.multiply(positive, build.constant(1 - slope)), build.constant(slope));
    return [build.multiply(g, factor)];
  },
  sumRows: (build, y, g) => [repeat(build, g, y)],
  sumColumns: (build, y, g) => [repeat(build, g, y)],
  sumAll: (_build, _y, g) => [g],
  /** The gradient of the columns that were left out is 0. */
  sliceColumns(build, y, lazy) {
    const { start, end } = y.operation as { start: number; end: number };
    const [x] = y.operands;
    const rows = x.shape[0], columns = x.shape[1] as number;
    const zeros = (width: number) => width === 0 ? [] : [build.broadcast(build.constant(0), [rows, width])];
    const parts = [...zeros(start), expand(build, lazy, y.shape), ...zeros(columns - end)];
    return [parts.length === 1 ? parts[0] : build.joinColumns(...parts)];
  },
  joinColumns(build, y, lazy) {
    const g = expand(build, lazy, y.shape);
    let start = 0;
    return y.operands.map(({ shape }) => {
      const end = start + (shape[1] as number);
      const part = build.sliceColumns(g, start, end);
      start = end;
      return part;
    });
  },
  broadcast: (build, y, g) => [reduce(build, g, y.shape, y.operands[0].shape)],
  patches: (build, y, g) => [build.foldPatches(expand(build, g, y.shape), windowFor(y))],
  foldPatches: (build, y, g) => [build.patches(expand(build, g, y.shape), windowFor(y))],
  /** A gradient of one row is the same for all rows. */
  sumRowGroups(build, y, g) {
    const { size } = y.operation as OperationOf<"sumRowGroups">;
    return [g.shape[0] === 1 ? g : build.repeatRows(g, size)];
  },
  repeatRows(build, y, g) {
    const { times } = y.operation as OperationOf<"repeatRows">;
    return [build.sumRowGroups(expand(build, g, y.shape), times)];
  },
  oneHotOfMaximum: () => [],
  stopGradient: () => [],
  reshape: (build, y, g) => [build.reshape(expand(build, g, y.shape), y.operands[0].shape)],
};

/**
 * Adds the derivative of `loss` by each of `parameters` to the graph; a parameter that the loss does not depend on gets zeros.
 *
 * Each rule is compared with central differences in double precision by `tests/graph/gradient_test.ts`.
 *
 * @throws {RangeError} When the loss is not a scalar [1, 1].
 */
export function gradients(build: GraphBuilder, loss: Value, parameters: readonly Value[]): Value[] {
  if (!sameShape(loss.shape, [1, 1])) {
    throw new RangeError(
      `gradients: the loss must be a scalar [1, 1], got ${shapeText(loss.shape)}`,
    );
  }
  const needed = dependents(loss, parameters);
  const derivatives = new Map<Value, Value>([[loss, build.constant(1)]]);
  for (const y of [...needed].sort((left, right) => right.id - left.id)) {
    const g = derivatives.get(y);
    if (g === undefined) continue;
    RULES[y.operation.kind](build, y, g).forEach((derivative, position) => {
      const operand = y.operands[position];
      if (derivative === undefined || !needed.has(operand)) return;
      const other = derivatives.get(operand);
      derivatives.set(operand, other === undefined ? derivative : build.add(other, derivative));
    });
  }
  return parameters.map((parameter) =>
    expand(build, derivatives.get(parameter) ?? build.constant(0), parameter.shape)
  );
}

/** The values on a way from one of `sources` to `target`. */
function dependents(target: Value, sources: readonly Value[]): Set<Value> {
  const known = new Map<Value, boolean>(sources.map((source) => [source, true]));
  const visit = (value: Value): boolean => {
    const answer = known.get(value);
    if (answer !== undefined) return answer;
    // Every operand is visited: some() would stop at the first.
    const depends = value.operands.map(visit).includes(true);
    known.set(value, depends);
    return depends;
  };
  visit(target);
  return new Set([...known].filter(([, depends]) => depends).map(([value]) => value));
}

function expand(build: GraphBuilder, g: Value, shape: Shape): Value {
  return sameShape(g.shape, shape) ? g : build.broadcast(g, shape);
}

/** Sums the gradient of a value over the rows or columns in which it repeated an operand. */
function reduce(build: GraphBuilder, g: Value, shape: Shape, operand: Shape): Value {
  if (sameShape(shape, operand)) return g;
  const full = expand(build, g, shape);
  if (sameShape(operand, [1, 1])) return build.sumAll(full);
  return operand[0] === 1 && shape[0] !== 1 ? build.sumRows(full) : build.sumColumns(full);
}

/** The gradient of a sum's operand: the sum's own, once for each element that went into it. */
function repeat(build: GraphBuilder, g: Value, y: Value): Value {
  const fits = g.shape.every((size, axis) => size === 1 || size === y.operands[0].shape[axis]);
  return fits ? g : build.broadcast(g, y.operands[0].shape);
}

function windowFor({ operation }: Value): Window {
  return (operation as OperationOf<"patches" | "foldPatches">).window;
}

function negate(build: GraphBuilder, g: Value): Value {
  return build.multiply(build.constant(-1), g);
}
