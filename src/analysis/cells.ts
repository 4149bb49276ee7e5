// n = points, d = their numbers, k = cells; row-major.

/**
 * Parts a space into cells about centres.
 *
 * @module
 */
import { type DrawKey, fillUniform } from "../core/random.ts";

/** A partition of a space: a point belongs to the nearest centre, to the first of equally near ones. */
export interface Cells {
  readonly count: number;
  /** Shape [k, d]. */
  readonly centres: Float64Array;
}

const MOST_ROUNDS = 25;

/**
 * At most k cells about the means of points [n, d] (Lloyd 1982), from starting points drawn far apart (k-means++, Arthur and
 * Vassilvitskii 2007). Fewer when there are fewer different points; none without points.
 */
export function partition(points: Float32Array, dimensions: number, most: number, key: DrawKey): Cells {
  let cells = drawCentres(points, dimensions, most, key);
  let before: Uint16Array = new Uint16Array();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const members = cellsOf(points, cells, dimensions);
    if (members.length === before.length && members.every((cell, at) => cell === before[at])) break;
    cells = { count: cells.count, centres: meansOf(points, members, cells, dimensions) };
    before = members;
  }
  return cells;
}

/** The cell of each point [n, d]. With no cell at all: 0. */
export function cellsOf(points: Float32Array, { centres, count }: Cells, dimensions: number): Uint16Array {
  return Uint16Array.from({ length: sizeOf(points, dimensions) }, (_, at) => {
    let nearest = Infinity, found = 0;
    for (let cell = 0; cell < count; cell++) {
      const square = squareOf(points, at, centres, cell, dimensions);
      if (square < nearest) [nearest, found] = [square, cell];
    }
    return found;
  });
}

function sizeOf(points: Float32Array, dimensions: number): number {
  return dimensions === 0 ? 0 : points.length / dimensions;
}

function squareOf(points: Float32Array, at: number, centres: Float64Array, cell: number, d: number): number {
  let square = 0;
  for (let i = at * d, j = cell * d, end = i + d; i < end; i++, j++) square += (points[i] - centres[j]) ** 2;
  return square;
}

/** Draws each centre among the points with a chance in proportion to the squared distance from the nearest so far. */
function drawCentres(points: Float32Array, d: number, most: number, key: DrawKey): Cells {
  const n = sizeOf(points, d), centres = new Float64Array(most * d);
  const draws = new Float64Array(most);
  fillUniform(draws, 1, most, [0], key);
  const squares = new Float64Array(n).fill(1);
  let count = 0;
  for (; count < most && n > 0; count++) {
    const total = squares.reduce((sum, square) => sum + square, 0);
    if (!(total > 0)) break;
    let left = draws[count] * total, chosen = squares.findLastIndex((square) => square > 0);
    for (let at = 0; at < n; at++) {
      left -= squares[at];
      if (left < 0) {
        chosen = at;
        break;
      }
    }
    centres.set(points.subarray(chosen * d, (chosen + 1) * d), count * d);
    for (let at = 0; at < n; at++) {
      const square = squareOf(points, at, centres, count, d);
      squares[at] = count === 0 ? square : Math.min(squares[at], square);
    }
  }
  return { count, centres: centres.slice(0, count * d) };
}

/** The mean of each cell's members; a cell that lost all of them keeps its centre. */
function meansOf(
  points: Float32Array,
  members: Uint16Array,
  { count, centres }: Cells,
  d: number,
): Float64Array {
  const sums = new Float64Array(count * d), sizes = new Uint32Array(count);
  members.forEach((cell, at) => {
    sizes[cell]++;
    for (let i = 0; i < d; i++) sums[cell * d + i] += points[at * d + i];
  });
  return sums.map((sum, at) => {
    const size = sizes[Math.floor(at / d)];
    return size === 0 ? centres[at] : sum / size;
  });
}
