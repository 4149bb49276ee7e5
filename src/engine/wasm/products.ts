// a, b = operands, c = result, m, n, k = rows, columns and steps of a product; a unit is a sample, or a row of a map of patches.

/**
 * Products of matrices in a program's memory, of all units at once or of some: what a lowering describes, and an engine computes.
 *
 * @module
 */
import type { Kernels } from "./kernels.ts";
import { extent } from "./lowering.ts";
import type { Places } from "./plan.ts";

/** A matrix of a product. */
export interface ProductOperand {
  readonly address: number;
  /** Its dimensions; -k stands for k of each unit, as `fixed` writes them. */
  readonly rows: number;
  readonly columns: number;
  /** Whether a part that begins with unit u lies u units behind the address; otherwise each part is at the address. */
  readonly moves: boolean;
}

/** `c = op(a) op(b) + bias`. */
export interface Product {
  readonly a: ProductOperand;
  readonly b: ProductOperand;
  readonly c: ProductOperand;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** The address of the row that is added. */
  readonly bias?: number;
  /** At most how many units a part has. */
  readonly most: number;
}

/** Computes the part of `count` units from unit `first` on; `adds`: to what c has, instead of the bias. Allocates nothing. */
export type RunProduct = (first: number, count: number, adds: boolean) => void;

/** Prepares a product. */
export type MakeProduct = (product: Product) => RunProduct;

/** Bytes from unit to unit. */
export function stepOf({ rows, columns, moves }: ProductOperand): number {
  return moves ? 4 * extent(rows, 1) * columns : 0;
}

/** Products by the kernels. */
export function kernelProducts(kernels: Kernels, { scratch, zeros }: Places): MakeProduct {
  return ({ a, b, c, transposeA, transposeB, bias = zeros }) => {
    const aAt = a.address, bAt = b.address, cAt = c.address, hasBias = bias === zeros ? 0 : 1;
    const aStep = stepOf(a),
      bStep = stepOf(b),
      cStep = stepOf(c),
      ta = transposeA ? 1 : 0,
      tb = transposeB ? 1 : 0;
    const height = c.rows, width = c.columns, inner = transposeA ? a.rows : a.columns;
    // Each call is written out: an array of arguments would be allocated in every step.
    return (first, count, adds) => {
      const m = extent(height, count), n = extent(width, count), k = extent(inner, count);
      const left = aAt + first * aStep, right = bAt + first * bStep, to = cAt + first * cStep;
      if (adds) kernels.productAdd(to, m, n, k, left, ta, right, tb, scratch);
      else kernels.product(to, m, n, k, left, ta, right, tb, bias, hasBias, scratch);
    };
  };
}
