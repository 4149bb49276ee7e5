// n = points, D = numbers of a point; every block is row-major.

/**
 * Points as an engine takes them, a block at a time: the samples of a split (in memory or in a file), or rows of numbers.
 *
 * @module
 */
import { newValues } from "../../core/shape.ts";
import { kindOfSamples, type Split } from "../../data/dataset.ts";
import { feedSamples, readSamples, sampleOptions } from "../../data/feed.ts";
import type { Program, ProgramOptions } from "../../engine/engine.ts";
import { gatherRows } from "../../engine/reference_steps.ts";

/** Points of one number of dimensions: [n, D]. */
export type Points =
  & { readonly count: number; readonly dimensions: number }
  & ({ readonly split: Split } | { readonly values: Float32Array });

/** The samples of a split as points: what a model sees of them under the split's scale, in single precision. */
export function imagePoints(split: Split, pixels: number): Points {
  return { count: split.count, dimensions: pixels, split: { ...split, targets: undefined } };
}

/** Rows of numbers [n, D] as points. */
export function valuePoints(values: Float32Array, dimensions: number): Points {
  return { count: values.length / dimensions, dimensions, values };
}

/** The capacity that a program needs for blocks of at most `rows` points. */
export function blockOptions(points: Points, rows: number): ProgramOptions {
  const capacity = Math.min(rows, points.count);
  if ("values" in points) return { capacity };
  return { capacity, samples: sampleOptions(points.split, points.dimensions, capacity) };
}

/** Visits all points in blocks, each as the first rows of an input of a program that was compiled with {@link blockOptions}. */
export function forEachBlock(
  points: Points,
  program: Program,
  input: string,
  visit: (start: number, rows: number) => void,
): void {
  const { count, dimensions } = points;
  const view = program.input(input), isImages = "split" in points;
  const places = isImages ? program.samples.length / dimensions : view.length / dimensions;
  const feed = isImages ? feedSamples(points.split, dimensions, program) : undefined;
  try {
    for (let start = 0, rows = 0; start < count; start += rows) {
      rows = Math.min(places, count - start);
      if (isImages) {
        for (let row = 0; row < rows; row++) program.order[row] = start + row;
        feed!.load(start, rows);
        program.gather(input, 0, rows);
      } else view.set(points.values.subarray(start * dimensions, (start + rows) * dimensions));
      visit(start, rows);
    }
  } finally {
    feed?.close();
  }
}

/** The numbers of some points in a row, the same numbers that {@link forEachBlock} gives. Shape [rows, D]. */
export function readPoints(points: Points, start: number, rows: number): Float32Array {
  const { dimensions } = points;
  if ("values" in points) return points.values.subarray(start * dimensions, (start + rows) * dimensions);
  const { split } = points, raw = newValues(kindOfSamples(split), rows * dimensions);
  readSamples(split, dimensions, start, raw);
  const { scale } = sampleOptions(split, dimensions),
    order = Uint32Array.from({ length: rows }, (_, row) => row);
  const values = new Float32Array(rows * dimensions);
  gatherRows(values, raw, { capacity: rows, size: dimensions, scale }, order, 0, rows);
  return values;
}

/** The points at the given positions, in that order. */
export function pickPoints(points: Points, positions: ArrayLike<number>): Points {
  const { dimensions } = points;
  const values = new Float32Array(positions.length * dimensions);
  for (let row = 0; row < positions.length; row++) {
    values.set(readPoints(points, positions[row], 1), row * dimensions);
  }
  return valuePoints(values, dimensions);
}
