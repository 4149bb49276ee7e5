// N = rows of the batch, I = inner dimension, every block row-major; a, b, x = operands, y = result.

/**
 * The reference engine: each primitive as the plainest loop that computes it, short enough to read in one sitting, in single or
 * double precision. It is the judge of all other engines and is never deleted.
 *
 * @module
 */
import { compiledImages } from "./compiled_images.ts";
import { compiledRule } from "./compiled_rule.ts";
import { referenceUpdate } from "./reference_update.ts";
import type { Engine, Floats, Program, ProgramOptions } from "./engine.ts";
import { find } from "./find.ts";
import {
  extentOf,
  type Graph,
  type Operation,
  type OperationKind,
  parameterCount,
  type Shape,
  sizeOf,
  type Value,
  viewed,
} from "../graph/graph.ts";
import { corruptRows, drawNormalRows, gatherRows, norm } from "./reference_steps.ts";

/** An engine of plain loops over Float32Array (`f32`) or Float64Array (`f64`). */
export function referenceEngine(precision: "f32" | "f64"): Engine {
  return { name: "reference", precision, compile: (graph, options) => compile(graph, options, precision) };
}

/** One value with its memory. */
interface Cell {
  readonly value: Value;
  readonly data: Floats;
}

function compile(graph: Graph, options: ProgramOptions, precision: "f32" | "f64"): Program {
  const { capacity, rule, images, orderLength = capacity } = options;
  const allocate = (length: number): Floats =>
    precision === "f32" ? new Float32Array(length) : new Float64Array(length);
  const count = parameterCount(graph);
  const parameters = allocate(count);
  const gradients = allocate(graph.gradients.length === 0 ? 0 : count);
  const blocks = Array.from({ length: rule?.slots ?? 0 }, () => allocate(count));
  const order = Uint32Array.from({ length: orderLength }, (_, row) => row);
  const calls: Record<string, number> = {};
  let change: ((scalars: ArrayLike<number>) => void) | undefined;
  const memory = new Uint8Array(images === undefined ? 0 : images.count * images.pixels);

  const cells: Cell[] = graph.values.map((value) => ({
    value,
    data: allocate(value.operation.kind === "reshape" ? 0 : sizeOf(value.shape, capacity)),
  }));
  let offset = 0;
  graph.parameters.forEach((parameter) => {
    const data = parameters.subarray(offset, offset += sizeOf(parameter.shape, 1));
    cells[parameter.id] = { value: parameter, data };
  });
  for (const value of graph.values) {
    if (value.operation.kind === "reshape") cells[value.id] = { value, data: cells[viewed(value).id].data };
  }
  const inputs = new Map([...graph.inputs].map(([name, value]) => [name, cells[value.id]]));
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, cells[value.id]]));
  const count1 = (kernel: string) => calls[kernel] = (calls[kernel] ?? 0) + 1;
  const columns = (input: string) => find(inputs, "input", input).value.shape[1] as number;
  const data = (input: string) => find(inputs, "input", input).data;

  return {
    parameters,
    gradients,
    slots: blocks,
    images: memory,
    order,
    calls,
    bytes: cells.reduce(
      (bytes, cell) => bytes + cell.data.byteLength,
      gradients.byteLength * (1 + blocks.length),
    ),
    input: data,
    output: (name) => find(outputs, "output", name).data,
    gather(input, start, rows) {
      const { pixels } = compiledImages(options);
      gatherRows(data(input), { bytes: memory, pixels }, order, start, rows);
    },
    corrupt: (from, to, corruption, key, start, rows) =>
      corruptRows(data(from), data(to), columns(to), corruption, key, order, start, rows),
    drawNormal: (input, key, start, rows) =>
      drawNormalRows(data(input), columns(input), key, order, start, rows),
    run(rows) {
      for (const { value, data } of cells) {
        const { kind } = value.operation;
        if (kind === "input" || kind === "parameter" || kind === "reshape") continue;
        LOOPS[kind](value, data, value.operands.map((operand) => cells[operand.id].data), rows);
        count1(kind);
      }
      let place = 0;
      graph.gradients.forEach(({ id, shape }) => {
        const size = sizeOf(shape, 1);
        gradients.set(cells[id].data.subarray(0, size), place);
        place += size;
      });
    },
    gradientNorm: () => norm(gradients),
    update(scalars) {
      change ??= referenceUpdate(referenceEngine("f64"), compiledRule(options), {
        parameters,
        gradients,
        slots: blocks,
      });
      change(scalars);
    },
    dispose() {},
  };
}

/** Computes a value's data from its operands' for a batch of some rows. */
type Loop = (y: Value, out: Floats, operands: readonly Floats[], rows: number) => void;

const LOOPS: Readonly<Record<Exclude<OperationKind, "input" | "parameter" | "reshape">, Loop>> = {
  constant: (y, out) => out.fill((y.operation as { value: number }).value),
  matmul,
  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),
  greater: binary((a, b) => a > b ? 1 : 0),
  tanh: unary((x) => Math.tanh(x)),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  exp: unary((x) => Math.exp(x)),
  log: unary((x) => Math.log(x)),
  sqrt: unary((x) => Math.sqrt(x)),
  softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  relu: unary((x, operation) => x > 0 ? x : (operation as { slope: number }).slope * x),
  sumRows: sum((_row, column) => column),
  sumColumns: sum((row) => row),
  sumAll: sum(() => 0),
  sliceColumns(y, out, [x], rows) {
    const { start } = y.operation as { start: number };
    const width = y.operands[0].shape[1] as number;
    each(y.shape, rows, (row, column, at) => out[at] = x[row * width + start + column]);
  },
  joinColumns(y, out, operands, rows) {
    let start = 0;
    operands.forEach((x, position) => {
      const part = y.operands[position].shape, offset = start, width = y.shape[1] as number;
      each(part, rows, (row, column, at) => out[row * width + offset + column] = x[at]);
      start += part[1] as number;
    });
  },
  broadcast(y, out, [x], rows) {
    const index = repeating(y.operands[0].shape);
    each(y.shape, rows, (row, column, at) => out[at] = x[index(row, column)]);
  },
};

/** `y[r, c] = sum_i op(a)[r, i] op(b)[i, c]`, summed in double precision. */
function matmul(y: Value, out: Floats, [a, b]: readonly Floats[], rows: number): void {
  const { transposeA, transposeB } = y.operation as { transposeA: boolean; transposeB: boolean };
  const [left, right] = y.operands;
  const widthA = extentOf(left.shape[1], rows), widthB = extentOf(right.shape[1], rows);
  const inner = extentOf(left.shape[transposeA ? 0 : 1], rows);
  each(y.shape, rows, (row, column, at) => {
    let total = 0;
    for (let i = 0; i < inner; i++) {
      const aValue = transposeA ? a[i * widthA + row] : a[row * widthA + i];
      const bValue = transposeB ? b[column * widthB + i] : b[i * widthB + column];
      total += aValue * bValue;
    }
    out[at] = total;
  });
}

function binary(apply: (a: number, b: number) => number): Loop {
  return (y, out, [a, b], rows) => {
    const indexA = repeating(y.operands[0].shape), indexB = repeating(y.operands[1].shape);
    each(y.shape, rows, (row, column, at) => out[at] = apply(a[indexA(row, column)], b[indexB(row, column)]));
  };
}

function unary(apply: (x: number, operation: Operation) => number): Loop {
  return (y, out, [x], rows) =>
    each(y.shape, rows, (_row, _column, at) => out[at] = apply(x[at], y.operation));
}

function sum(target: (row: number, column: number) => number): Loop {
  return (y, out, [x], rows) => {
    // In double precision whatever the engine's own: the sums are what losses are made of.
    const totals = new Float64Array(sizeOf(y.shape, rows));
    each(y.operands[0].shape, rows, (row, column, at) => totals[target(row, column)] += x[at]);
    out.set(totals);
  };
}

/** The place of (row, column) in an operand of which one row, one column or one element is repeated. */
function repeating([rows, columns]: Shape): (row: number, column: number) => number {
  const width = columns as number;
  if (rows === 1) return width === 1 ? () => 0 : (_row, column) => column;
  return width === 1 ? (row) => row : (row, column) => row * width + column;
}

function each(
  [height, width]: Shape,
  rows: number,
  visit: (row: number, column: number, at: number) => void,
): void {
  const columns = extentOf(width, rows), end = extentOf(height, rows);
  for (let row = 0, at = 0; row < end; row++) {
    for (let column = 0; column < columns; column++) visit(row, column, at++);
  }
}
