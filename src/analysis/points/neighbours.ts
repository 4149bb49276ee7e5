// x = a query, y = a point, c = the rounding share of a squared distance.

/**
 * Exact nearest neighbours by the fast product of an engine.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { forEachPairBlock, type PairOptions, roundingShare } from "./pairs.ts";

/** What to look for. */
export interface NeighbourOptions extends PairOptions {
  /** How many neighbours of each query. @default {1} */
  readonly k?: number;
  /** For each query the position of a point that does not count: the query itself, where it is one of the points. */
  readonly except?: ArrayLike<number>;
}

/** The nearest points of each query, the nearest first; of equally near ones that of the lower position. */
export interface Neighbours {
  readonly k: number;
  /** Positions of points. Shape [queries, k]. */
  readonly positions: Uint32Array;
  /** Their Euclidean distances, in double precision. Shape [queries, k]. */
  readonly distances: Float64Array;
}

/**
 * The k nearest points of each query by Euclidean distance.
 *
 * The engine's products are rounded, so they only rule points out: a pair whose `(1 - c) (|x|^2 + |y|^2) - 2 x.y`, which is surely no
 * more than its squared distance, is above the k-th distance so far is skipped; all others are measured in double precision. On
 * the digits that is one pair in 5,000.
 *
 * @throws {RangeError} When there are fewer than k points to choose from.
 * @throws {RunError} When there are numbers that are not finite, as a model that has diverged gives.
 */
export function nearestNeighbours(options: NeighbourOptions): Neighbours {
  const { queries, points, k = 1, except } = options;
  const choice = points.count - (except === undefined ? 0 : 1);
  if (!(k >= 1 && k <= choice)) {
    throw new RangeError(
      `k must be from 1 to the ${choice} points to choose from, got ${k}`,
    );
  }
  const positions = new Uint32Array(queries.count * k);
  const squares = new Float64Array(queries.count * k).fill(Infinity);
  const kept = 1 - roundingShare(points.dimensions);
  forEachPairBlock(options, (block) => {
    const { queryStart, queryCount, queryNorms, pointStart, pointCount, pointNorms, products, stride } =
      block;
    const limits = new Float64Array(queryCount);
    const limitOf = (query: number) => squares[(queryStart + query) * k + k - 1] - kept * queryNorms[query];
    for (let query = 0; query < queryCount; query++) limits[query] = limitOf(query);
    for (let point = 0; point < pointCount; point++) {
      const norm = kept * pointNorms[point], row = point * stride;
      for (let query = 0; query < queryCount; query++) {
        if (norm - 2 * products[row + query] > limits[query]) continue;
        if (except?.[queryStart + query] === pointStart + point) continue;
        insert(
          positions,
          squares,
          (queryStart + query) * k,
          k,
          pointStart + point,
          block.exact(query, point),
        );
        limits[query] = limitOf(query);
      }
    }
  });
  if (squares.includes(Infinity)) {
    throw new RunError(
      "points must be finite numbers, got others",
    );
  }
  return { k, positions, distances: squares.map(Math.sqrt) };
}

/** Puts a point among the k nearest so far, in order; one that is as near as the last is too late. */
function insert(
  positions: Uint32Array,
  squares: Float64Array,
  first: number,
  k: number,
  position: number,
  square: number,
): void {
  let at = first + k - 1;
  if (!(square < squares[at])) return;
  for (; at > first && squares[at - 1] > square; at--) {
    squares[at] = squares[at - 1];
    positions[at] = positions[at - 1];
  }
  squares[at] = square;
  positions[at] = position;
}
