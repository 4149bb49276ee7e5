// rows = the rows of the batch in this run.

/**
 * What the lowerings of fused and of single operations share: calls, addresses, and sizes that depend on the batch.
 *
 * @module
 */
import {
  type Dimension,
  type Operation,
  type OperationOf,
  sameShape,
  type Shape,
  type UnaryKind,
  type Value,
} from "../../graph/graph.ts";
import { outputSize } from "../../graph/window_loops.js";
import { type Kernels, UNARY } from "./kernels.ts";
import type { Places } from "./plan.ts";

/** Runs one kernel for a batch of some rows. */
export type Call = (rows: number) => void;

/** A dimension as one number, so that a call does not read shapes: -k stands for k rows per sample of the batch. */
export function fixed(dimension: Dimension): number {
  return typeof dimension === "number" ? dimension : -dimension.batch;
}

/** The size of a dimension that {@link fixed} returned, for a batch of `rows`. */
export function extent(size: number, rows: number): number {
  return size < 0 ? -size * rows : size;
}

/** The address of a value. */
export function addressOf(plan: Places, value: Value): number {
  return plan.places.get(value)!;
}

/** The strides of an operand: numbers to its next row, and bytes to its next four columns. */
function strides(operand: Shape, result: Shape): { row: number; step: number } {
  const row = operand[0] === 1 && result[0] !== 1 ? 0 : fixed(operand[1]);
  return { row, step: operand[1] === 1 && result[1] !== 1 ? 0 : 16 };
}

/** The call of a binary operation; without repeated rows it is one long row. */
export function lowerBinary(
  kind: number,
  slope: number,
  { value, left, right }: { value: Value; left: Value; right: Value },
  kernels: Kernels,
  plan: Places,
): Call {
  const y = addressOf(plan, value), a = addressOf(plan, left), b = addressOf(plan, right);
  const height = fixed(value.shape[0]), width = fixed(value.shape[1]);
  const isWhole = (operand: Value) => sameShape(operand.shape, value.shape);
  const isFlat = (operand: Value) => isWhole(operand) || sameShape(operand.shape, [1, 1]);
  if (isFlat(left) && isFlat(right)) {
    const aStep = isWhole(left) ? 16 : 0, bStep = isWhole(right) ? 16 : 0;
    return (rows) =>
      kernels.binary(kind, y, a, 0, aStep, b, 0, bStep, 1, extent(height, rows) * extent(width, rows), slope);
  }
  const of = strides(left.shape, value.shape), to = strides(right.shape, value.shape);
  const aRow = of.row, aStep = of.step, bRow = to.row, bStep = to.step;
  return (rows) => {
    const aBytes = 4 * extent(aRow, rows), bBytes = 4 * extent(bRow, rows);
    kernels.binary(
      kind,
      y,
      a,
      aBytes,
      aStep,
      b,
      bBytes,
      bStep,
      extent(height, rows),
      extent(width, rows),
      slope,
    );
  };
}

/** The kernel's number and factor of an elementwise operation. */
export function unaryOf(operation: Operation): { kind: number; slope: number } {
  const kind = UNARY[operation.kind as UnaryKind | "relu"];
  return { kind, slope: operation.kind === "relu" ? operation.slope : 0 };
}

/**
 * A call of `patches` or `foldPatches` for `count` rows of the maps of patches from row `first` on, counted through all maps: the addresses
 * are of all maps, and of the patches of the part, wherever it begins.
 */
export function windowCall(
  kernels: Kernels,
  { kind, window }: OperationOf<"patches" | "foldPatches">,
  at: { readonly maps: number; readonly patches: number },
): (first: number, count: number) => void {
  const { height, width, channels, kernel: [kh, kw], stride: [sh, sw], padding: { top, left } } = window;
  const out = outputSize(window), outHeight = out.height, outWidth = out.width, kernel = kernels[kind];
  const [to, from] = kind === "patches" ? [at.patches, at.maps] : [at.maps, at.patches];
  return (first, count) =>
    kernel(to, from, first, count, height, width, channels, kh, kw, sh, sw, top, left, outHeight, outWidth);
}
