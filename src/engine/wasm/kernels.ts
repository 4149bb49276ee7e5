/**
 * The interface of `kernels.wasm`: the arguments of each kernel, and the numbers of kinds of operations.
 *
 * Addresses are bytes in the program's memory; flags are 0 or 1.
 *
 * @module
 */
import type { BinaryKind, UnaryKind } from "../../graph/graph.ts";

/** The product's own arguments: `c [m, n] = op(a) op(b) + bias`. */
type ProductArguments = [
  c: number,
  m: number,
  n: number,
  k: number,
  a: number,
  transposeA: number,
  b: number,
  transposeB: number,
  bias: number,
  hasBias: number,
  scratch: number,
];

/** The sizes of a map, its kernel and its patches; their order is that of `graph/window.ts`. */
export type WindowArguments = [
  height: number,
  width: number,
  channels: number,
  kernelHeight: number,
  kernelWidth: number,
  strideHeight: number,
  strideWidth: number,
  top: number,
  left: number,
  outHeight: number,
  outWidth: number,
];

/** The functions of four numbers that `kernels.wasm` has for the code of groups. */
export const VECTOR_FUNCTIONS = ["sigmoid4", "exp4", "log4", "softplus4"] as const;

/** What `kernels.wasm` exports; the sources with their formulas are in `../kernels`. */
export interface Kernels extends Readonly<Record<typeof VECTOR_FUNCTIONS[number] | "storeLanes", unknown>> {
  /** The memory that they work on. */
  readonly memory: WebAssembly.Memory;
  product(...product: ProductArguments): void;
  productAdd(
    c: number,
    m: number,
    n: number,
    k: number,
    a: number,
    transposeA: number,
    b: number,
    transposeB: number,
    scratch: number,
  ): void;
  unary(kind: number, y: number, x: number, count: number, slope: number): void;
  binary(
    kind: number,
    y: number,
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bRow: number,
    bStep: number,
    rows: number,
    columns: number,
    slope: number,
  ): void;
  copyRows(y: number, yRow: number, x: number, xRow: number, rows: number, columns: number): void;
  fillRows(y: number, x: number, xRow: number, rows: number, columns: number): void;
  sumRows(y: number, x: number, rows: number, columns: number): void;
  sumColumns(y: number, x: number, rows: number, columns: number): void;
  sumSquares(x: number, count: number): number;
  sumRowGroups(y: number, x: number, groups: number, size: number, columns: number): void;
  repeatRows(y: number, x: number, rows: number, times: number, columns: number): void;
  oneHotOfMaximum(y: number, x: number, rows: number, columns: number): void;
  patches(...patches: [y: number, x: number, first: number, rows: number, ...window: WindowArguments]): void;
  foldPatches(...fold: [x: number, y: number, first: number, rows: number, ...window: WindowArguments]): void;
  sgd(p: number, g: number, count: number, settings: number): void;
  momentum(p: number, g: number, v: number, count: number, settings: number, nesterov: number): void;
  rmsprop(p: number, g: number, s: number, count: number, settings: number): void;
  adam(p: number, g: number, m: number, v: number, count: number, settings: number): void;
  averaged(
    kernel: number,
    p: number,
    g: number,
    one: number,
    two: number,
    count: number,
    settings: number,
    nesterov: number,
    a: number,
    share: number,
  ): void;
  corruptRows(
    kind: number,
    to: number,
    from: number,
    order: number,
    rows: number,
    columns: number,
    scratch: number,
    epoch: number,
    stream: number,
    levelStream: number,
    seedLow: number,
    seedHigh: number,
    settings: number,
  ): void;
  gather(
    y: number,
    bytes: number,
    samples: number,
    size: number,
    order: number,
    rows: number,
    share: number,
  ): void;
  gatherFloats(y: number, floats: number, samples: number, size: number, order: number, rows: number): void;
  scaleRows(y: number, shift: number, divisor: number, rows: number, size: number): void;
}

/** The kinds of the kernel `unary`. */
export const UNARY: Readonly<Record<UnaryKind | "relu", number>> = {
  tanh: 0,
  sigmoid: 1,
  exp: 2,
  log: 3,
  softplus: 4,
  relu: 5,
  sqrt: 6,
};

/** The incoming gradient times the derivative of an activation, computed from the activation's result. */
export type DerivativeKind = "tanhGradient" | "sigmoidGradient" | "reluGradient";

/** The kinds of the kernel `binary`. */
export const BINARY: Readonly<Record<BinaryKind | DerivativeKind, number>> = {
  add: 0,
  subtract: 1,
  multiply: 2,
  divide: 3,
  greater: 4,
  tanhGradient: 5,
  sigmoidGradient: 6,
  reluGradient: 7,
};

/** The kinds of the kernel `corruptRows`. */
export const DRAW = { normal: 0, gaussian: 1, switches: 2, flips: 3, bernoulli: 4 } as const;

/** The kinds of the kernel `averaged`. */
export const AVERAGED = { sgd: 0, momentum: 1, rmsprop: 2, adam: 3 } as const;

/** At most how many factors a kernel reads from its settings. */
export const MOST_SETTINGS = 10;

/** Bytes of scratch that the kernels need: the panels of a product (or 16 words of random bits). */
export const SCRATCH_BYTES = 208896;

/** The kernels on a memory. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { ...exports, memory } as unknown as Kernels;
}
