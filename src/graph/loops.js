// @ts-check
// r, c = rows, columns; a, b, x = operands, y = what is computed; every block is row-major.

/**
 * Each primitive as the simplest loop that computes it. The reference engine runs the loops, in single or double precision, and so does the
 * page of a report; hence JavaScript.
 *
 * @module
 */

import { foldPatchesLoop, mapsOf, patchesLoop } from "./window_loops.js";

/**
 * The fields of a value that loops read: values of a graph, or the same from JSON.
 *
 * @typedef {Float32Array | Float64Array} Floats
 * @typedef {import("./graph.ts").Operation} Operation
 * @typedef {import("./graph.ts").OperationKind} OperationKind
 * @typedef {import("./graph.ts").Shape} Shape
 * @typedef {{ readonly operation: Operation, readonly shape: Shape, readonly operands: readonly { readonly shape: Shape }[] }} Computed
 */

/**
 * Computes a value's numbers from its operands' for a batch of some samples.
 *
 * @callback Loop
 * @param {Computed} y
 * @param {Floats} out
 * @param {readonly Floats[]} operands
 * @param {number} samples
 * @returns {void}
 */

/**
 * The size of a dimension when the batch has some samples.
 *
 * @param {import("./graph.ts").Dimension} dimension
 * @param {number} samples
 */
function extent(dimension, samples) {
  return typeof dimension === "number" ? dimension : dimension.batch * samples;
}

/**
 * @param {Shape} shape
 * @param {number} samples
 * @param {(row: number, column: number, at: number) => void} visit
 */
function each([height, width], samples, visit) {
  const columns = extent(width, samples), end = extent(height, samples);
  for (let row = 0, at = 0; row < end; row++) {
    for (let column = 0; column < columns; column++) visit(row, column, at++);
  }
}

/**
 * The place of (row, column) in an operand of which one row, one column or one element is repeated.
 *
 * @param {Shape} shape
 * @param {number} samples
 * @returns {(row: number, column: number) => number}
 */
function repeating([rows, columns], samples) {
  const width = extent(columns, samples);
  if (rows === 1) return width === 1 ? () => 0 : (_row, column) => column;
  return width === 1 ? (row) => row : (row, column) => row * width + column;
}

/** @type {(apply: (a: number, b: number) => number) => Loop} */
function binary(apply) {
  return (y, out, [a, b], samples) => {
    const indexA = repeating(y.operands[0].shape, samples), indexB = repeating(y.operands[1].shape, samples);
    each(
      y.shape,
      samples,
      (row, column, at) => out[at] = apply(a[indexA(row, column)], b[indexB(row, column)]),
    );
  };
}

/** @type {(apply: (x: number, operation: any) => number) => Loop} */
function unary(apply) {
  return (y, out, [x], samples) =>
    each(y.shape, samples, (_row, _column, at) => out[at] = apply(x[at], y.operation));
}

/** @type {(target: (row: number, column: number) => number) => Loop} */
function sum(target) {
  return (y, out, [x], samples) => {
    // In double precision whatever the caller's own, as losses are such sums.
    const totals = new Float64Array(extent(y.shape[0], samples) * extent(y.shape[1], samples));
    each(y.operands[0].shape, samples, (row, column, at) => totals[target(row, column)] += x[at]);
    out.set(totals);
  };
}

/**
 * A matrix with its rows as columns.
 *
 * @param {Floats} x
 * @param {number} rows
 * @param {number} columns
 * @returns {Floats}
 */
function transposed(x, rows, columns) {
  const out = x.slice(0, rows * columns);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = x[at++];
  }
  return out;
}

/**
 * `y[r, c] = sum_i op(a)[r, i] op(b)[i, c]`, summed in double precision, in the order of i.
 *
 * @type {Loop}
 */
function matmul(y, out, [a, b], samples) {
  const { transposeA, transposeB } =
    /** @type {{ transposeA: boolean, transposeB: boolean }} */ (/** @type {any} */ (y.operation));
  const [left] = y.operands, columns = extent(y.shape[1], samples), rows = extent(y.shape[0], samples);
  const widthA = extent(left.shape[1], samples);
  const inner = extent(left.shape[transposeA ? 0 : 1], samples), totals = new Float64Array(columns);
  // Rows of b are read one after the other.
  const right = transposeB ? transposed(b, columns, inner) : b;
  for (let row = 0; row < rows; row++) {
    totals.fill(0);
    for (let i = 0; i < inner; i++) {
      const value = transposeA ? a[i * widthA + row] : a[row * widthA + i];
      for (let c = 0, at = i * columns; c < columns; c++) totals[c] += value * right[at++];
    }
    out.set(totals, row * columns);
  }
}

/** @type {Readonly<Record<Exclude<OperationKind, "input" | "parameter" | import("./graph.ts").ViewKind>, Loop>>} */
export const LOOPS = {
  constant: (y, out) => void out.fill(/** @type {any} */ (y.operation).value),
  matmul,
  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),
  greater: binary((a, b) => a > b ? 1 : 0),
  tanh: unary(Math.tanh),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  relu: unary((x, { slope }) => x > 0 ? x : slope * x),
  sumRows: sum((_row, column) => column),
  sumColumns: sum((row) => row),
  sumAll: sum(() => 0),
  sliceColumns(y, out, [x], samples) {
    const { start } = /** @type {any} */ (y.operation);
    const width = /** @type {number} */ (y.operands[0].shape[1]);
    each(y.shape, samples, (row, column, at) => out[at] = x[row * width + start + column]);
  },
  joinColumns(y, out, operands, samples) {
    const width = /** @type {number} */ (y.shape[1]);
    let start = 0;
    operands.forEach((x, position) => {
      const part = y.operands[position].shape, offset = start;
      each(part, samples, (row, column, at) => out[row * width + offset + column] = x[at]);
      start += /** @type {number} */ (part[1]);
    });
  },
  broadcast(y, out, [x], samples) {
    const index = repeating(y.operands[0].shape, samples);
    each(y.shape, samples, (row, column, at) => out[at] = x[index(row, column)]);
  },
  patches(y, out, [x], samples) {
    const { window } = /** @type {any} */ (y.operation);
    patchesLoop(window, out, x, mapsOf(window, extent(y.operands[0].shape[0], samples)));
  },
  foldPatches(y, out, [x], samples) {
    const { window } = /** @type {any} */ (y.operation);
    foldPatchesLoop(window, out, x, mapsOf(window, extent(y.shape[0], samples)));
  },
  sumRowGroups(y, out, [x], samples) {
    const { size } = /** @type {any} */ (y.operation), width = /** @type {number} */ (y.shape[1]);
    sum((row, column) => Math.floor(row / size) * width + column)(y, out, [x], samples);
  },
  repeatRows(y, out, [x], samples) {
    const { times } = /** @type {any} */ (y.operation), width = /** @type {number} */ (y.shape[1]);
    each(y.shape, samples, (row, column, at) => out[at] = x[Math.floor(row / times) * width + column]);
  },
  oneHotOfMaximum(y, out, [x], samples) {
    const columns = extent(y.shape[1], samples);
    each([y.shape[0], 1], samples, (row) => {
      const values = x.subarray(row * columns, (row + 1) * columns);
      let largest = 0;
      values.forEach((value, column) => largest = value > values[largest] ? column : largest);
      out.fill(0, row * columns, (row + 1) * columns)[row * columns + largest] = 1;
    });
  },
};
