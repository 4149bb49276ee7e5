/** Which shapes are compatible, and the shapes of results. @module */
import { type Dimension, isBatch, sameShape, type Shape, shapeText } from "./graph.ts";

/** The shape of an elementwise result: each dimension of both operands is equal, or 1 in one of them. */
export function broadcastShape(who: string, a: Shape, b: Shape): Shape {
  const fits = a.length === b.length &&
    a.every((size, axis) => size === b[axis] || size === 1 || b[axis] === 1);
  if (!fits) {
    throw new RangeError(
      `${who}: both shapes must be equal or 1 in each dimension, got ${shapeText(a)} and ${shapeText(b)}`,
    );
  }
  return a.map((size, axis): Dimension => size === 1 ? b[axis] : size);
}

/** Checks that a shape can be repeated until it is another. */
export function repeatedShape(from: Shape, to: Shape): void {
  if (sameShape(broadcastShape("broadcast", from, to), to)) return;
  throw new RangeError(
    `broadcast: only one row, column or element can be repeated, got ${shapeText(from)} and ${shapeText(to)}`,
  );
}

/** Checks that two shapes have equally many elements, whatever the batch. */
export function checkReshape(from: Shape, to: Shape): void {
  const factor = (shape: Shape) =>
    shape.reduce<number>((size, dimension) => size * (isBatch(dimension) ? dimension.batch : dimension), 1);
  const batches = (shape: Shape) => shape.filter(isBatch).length;
  if (factor(from) === factor(to) && batches(from) === batches(to)) return;
  throw new RangeError(
    `Both shapes of a reshape must have equally many elements, got ${shapeText(from)} and ${shapeText(to)}`,
  );
}

/** The shape of a matrix product of operands that may be transposed. */
export function productShape(a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): Shape {
  const [rows, innerA] = transposeA ? [a[1], a[0]] : a;
  const [innerB, columns] = transposeB ? [b[1], b[0]] : b;
  if (innerA !== innerB) {
    throw new RangeError(
      `matmul: the inner dimensions must be equal, got ${shapeText(a)}${transposeA ? "^T" : ""} and ${
        shapeText(b)
      }${transposeB ? "^T" : ""}`,
    );
  }
  return [rows, columns];
}
