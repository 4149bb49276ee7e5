// n = samples (or several latent samples of each), h, w, c = height, width and channels of a map.

/** The same numbers of samples as rows of a layer's own: views, for which nothing is computed. @module */
import { type SampleShape, sampleShapeText, sampleSize } from "../../core/shape.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import { type Dimension, perSample, type Value } from "../../graph/graph.ts";
import { LayerFault } from "./fault.ts";

/** A feature map: rows of pixels, from top to bottom, each pixel with its channels. */
export type MapShape = readonly [height: number, width: number, channels: number];

/** Samples as one row each: [n, values of a sample]. */
export function asRows(build: GraphBuilder, x: Value, shape: SampleShape): Value {
  return build.reshape(x, matrixOf(x, sampleSize(shape)));
}

/** Samples as one row for each pixel: [n h w, c]. A vector is a single pixel. */
export function asPixels(build: GraphBuilder, x: Value, shape: SampleShape): Value {
  return build.reshape(x, matrixOf(x, shape.at(-1)!));
}

/** The matrix of the numbers of a value with a number of columns. */
function matrixOf({ shape: [rows, columns] }: Value, width: number): [Dimension, number] {
  const height = (rows: number) => rows * (columns as number) / width;
  return [typeof rows === "number" ? height(rows) : perSample(height(rows.batch)), width];
}

/** How many pixels a sample has: 1 of a vector. */
export function pixelsOf(shape: SampleShape): number {
  return sampleSize(shape.slice(0, -1));
}

/**
 * A shape as that of a feature map.
 *
 * @throws {LayerFault} When it is another.
 */
export function mapShape(kind: string, shape: SampleShape): MapShape {
  const [height, width, channels] = shape;
  if (shape.length === 3) return [height, width, channels];
  const found = `a vector of ${sampleShapeText(shape)}`;
  throw new LayerFault(
    [],
    `must follow pictures or a feature map, as ${kind} needs [height, width, channels], got ${found} ` +
      "(reshape([height, width, channels]) before it makes a map)",
  );
}
