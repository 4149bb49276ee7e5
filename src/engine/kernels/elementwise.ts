// deno-fmt-ignore-file (the formatter drops AssemblyScript's @inline)
// AssemblyScript. Operations element by element, four at a time; counts are in elements, strides in bytes.
// The clear version: ../reference.ts, whose `add` is kind 0 of `binary` and so on, in the order of KINDS in ../wasm/kernels.ts.
import { storeLanes } from "./lanes";
import { exp4, log4, relu4, sigmoid4, softplus4, tanh4 } from "./math";

// @ts-ignore: decorator
@inline
function applyUnary(kind: i32, x: v128, slope: v128): v128 {
  if (kind == 0) return tanh4(x);
  if (kind == 1) return sigmoid4(x);
  if (kind == 2) return exp4(x);
  if (kind == 3) return log4(x);
  if (kind == 4) return softplus4(x);
  if (kind == 6) return f32x4.sqrt(x);
  return relu4(x, slope);
}

// @ts-ignore: decorator
@inline
function eachUnary(kind: i32, y: usize, x: usize, count: usize, slope: v128): void {
  const end = x + ((count & ~3) << 2);
  while (x < end) {
    v128.store(y, applyUnary(kind, v128.load(x), slope));
    x += 16;
    y += 16;
  }
  if (count & 3) storeLanes(y, applyUnary(kind, v128.load(x), slope), count & 3);
}

/** `y = kind(x)`: 0 tanh, 1 sigmoid, 2 exp, 3 log, 4 softplus, 5 relu with a slope, 6 sqrt. y may be x. */
export function unary(kind: i32, y: usize, x: usize, count: usize, slope: f32): void {
  const slopes = f32x4.splat(slope);
  if (kind == 0) eachUnary(0, y, x, count, slopes);
  else if (kind == 1) eachUnary(1, y, x, count, slopes);
  else if (kind == 2) eachUnary(2, y, x, count, slopes);
  else if (kind == 3) eachUnary(3, y, x, count, slopes);
  else if (kind == 4) eachUnary(4, y, x, count, slopes);
  else if (kind == 5) eachUnary(5, y, x, count, slopes);
  else eachUnary(6, y, x, count, slopes);
}

// @ts-ignore: decorator
@inline
function applyBinary(kind: i32, a: v128, b: v128, slope: v128): v128 {
  const one = f32x4.splat(1);
  if (kind == 0) return f32x4.add(a, b);
  if (kind == 1) return f32x4.sub(a, b);
  if (kind == 2) return f32x4.mul(a, b);
  if (kind == 3) return f32x4.div(a, b);
  if (kind == 4) return v128.and(f32x4.gt(a, b), one);
  // The derivatives of activations, by what they gave: a = dy, b = y.
  if (kind == 5) return f32x4.mul(a, f32x4.sub(one, f32x4.mul(b, b)));
  if (kind == 6) return f32x4.mul(a, f32x4.sub(b, f32x4.mul(b, b)));
  return v128.bitselect(a, f32x4.mul(a, slope), f32x4.gt(b, f32x4.splat(0)));
}

/** One row: `aStep` and `bStep` are 16 for a row of its own, 0 for one number that is repeated. */
// @ts-ignore: decorator
@inline
function rowBinary(kind: i32, y: usize, a: usize, aStep: usize, b: usize, bStep: usize, columns: usize, slope: v128): void {
  const end = y + ((columns & ~3) << 2);
  if (aStep == 0) {
    const left = v128.load32_splat(a);
    while (y < end) {
      v128.store(y, applyBinary(kind, left, v128.load(b), slope));
      y += 16;
      b += 16;
    }
    if (columns & 3) storeLanes(y, applyBinary(kind, left, v128.load(b), slope), columns & 3);
  } else if (bStep == 0) {
    const right = v128.load32_splat(b);
    while (y < end) {
      v128.store(y, applyBinary(kind, v128.load(a), right, slope));
      y += 16;
      a += 16;
    }
    if (columns & 3) storeLanes(y, applyBinary(kind, v128.load(a), right, slope), columns & 3);
  } else {
    while (y < end) {
      v128.store(y, applyBinary(kind, v128.load(a), v128.load(b), slope));
      y += 16;
      a += 16;
      b += 16;
    }
    if (columns & 3) storeLanes(y, applyBinary(kind, v128.load(a), v128.load(b), slope), columns & 3);
  }
}

// @ts-ignore: decorator
@inline
function rowsBinary(
  kind: i32, y: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, rows: usize, columns: usize,
  slope: v128,
): void {
  for (let row: usize = 0; row < rows; row++) {
    rowBinary(kind, y, a, aStep, b, bStep, columns, slope);
    y += columns << 2;
    a += aRow;
    b += bRow;
  }
}

/**
 * `y [rows, columns] = kind(a, b)`: 0 add, 1 subtract, 2 multiply, 3 divide, 4 greater, 5 `a (1 - b^2)`, 6 `a (b - b^2)`,
 * 7 `a` where b > 0, else `slope a`.
 *
 * An operand's next row is `aRow` bytes on (0 repeats a row); its step is 16, or 0 to repeat one number through a row (not both).
 */
export function binary(
  kind: i32, y: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, rows: usize, columns: usize,
  slope: f32,
): void {
  const slopes = f32x4.splat(slope);
  if (kind == 0) rowsBinary(0, y, a, aRow, aStep, b, bRow, bStep, rows, columns, slopes);
  else if (kind == 1) rowsBinary(1, y, a, aRow, aStep, b, bRow, bStep, rows, columns, slopes);
  else if (kind == 2) rowsBinary(2, y, a, aRow, aStep, b, bRow, bStep, rows, columns, slopes);
  else if (kind == 3) rowsBinary(3, y, a, aRow, aStep, b, bRow, bStep, rows, columns, slopes);
  else if (kind == 4) rowsBinary(4, y, a, aRow, aStep, b, bRow, bStep, rows, columns, slopes);
  else if (kind == 5) rowsBinary(5, y, a, aRow, aStep, b, bRow, bStep, rows, columns, slopes);
  else if (kind == 6) rowsBinary(6, y, a, aRow, aStep, b, bRow, bStep, rows, columns, slopes);
  else rowsBinary(7, y, a, aRow, aStep, b, bRow, bStep, rows, columns, slopes);
}

/** Copies a block: `rows` rows of `columns` numbers, the rows `yRow` and `xRow` bytes apart (0 repeats the row). */
export function copyRows(y: usize, yRow: usize, x: usize, xRow: usize, rows: usize, columns: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    memory.copy(y, x, columns << 2);
    y += yRow;
    x += xRow;
  }
}

/** Writes one number to each row, `columns` times: row r takes the number at `x + r * xRow`. */
export function fillRows(y: usize, x: usize, xRow: usize, rows: usize, columns: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    const value = v128.load32_splat(x), end = y + ((columns & ~3) << 2);
    while (y < end) {
      v128.store(y, value);
      y += 16;
    }
    if (columns & 3) storeLanes(y, value, columns & 3);
    y += (columns & 3) << 2;
    x += xRow;
  }
}
