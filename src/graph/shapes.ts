/** Which shapes are compatible, and the shapes of results. @module */
import { pixelCount } from "../core/shape.ts";
import { type Dimension, isBatch, perSample, sameShape, type Shape, shapeText } from "./graph.ts";
import { patchSize, type Window } from "./window.ts";
import { outputSize } from "./window_loops.js";

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

/** The rows of a shape when each `from` of them become `to`. */
export function rescaled(who: string, shape: Shape, from: number, to: number): Dimension {
  const [rows] = shape, count = isBatch(rows) ? rows.batch : rows;
  const fits = Number.isInteger(from) && from >= 1 && Number.isInteger(to) && to >= 1 && count % from === 0;
  if (!fits) {
    throw new RangeError(
      `${who}: the rows must be groups of ${from} that become ${to}, got ${shapeText(shape)}`,
    );
  }
  const scaled = count / from * to;
  return isBatch(rows) ? perSample(scaled) : scaled;
}

/** The shape of the patches of maps. */
export function patchesShape(shape: Shape, window: Window): Shape {
  const { channels } = window;
  checkColumns("patches", shape, channels, `${channels} channels`);
  return [rescaled("patches", shape, pixelCount(window), pixelCount(outputSize(window))), patchSize(window)];
}

/** The shape of maps of which there are patches. */
export function foldedShape(shape: Shape, window: Window): Shape {
  const { channels, kernel } = window, columns = patchSize(window);
  checkColumns(
    "foldPatches",
    shape,
    columns,
    `${columns} columns (kernel ${kernel.join("x")}, ${channels} channels)`,
  );
  return [rescaled("foldPatches", shape, pixelCount(outputSize(window)), pixelCount(window)), channels];
}

function checkColumns(who: string, shape: Shape, columns: number, wanted: string): void {
  if (shape[1] === columns) return;
  throw new RangeError(`${who}: the value must have ${wanted}, got ${shapeText(shape)}`);
}
