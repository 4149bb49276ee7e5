// x = a query, y = a point, D = their numbers, u = 2^-24, the rounding of a single.

/**
 * Squared distances of all pairs of two sets, in blocks: `|x - y|^2 = |x|^2 - 2 x.y + |y|^2`, the products by an engine, in single
 * precision. What a distance decides is decided by its bounds, and where they do not, by the exact distance in double precision.
 *
 * @module
 */
import type { Engine, Floats } from "../../engine/engine.ts";
import { graphBuilder } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { blockOptions, forEachBlock, type Points, readPoints } from "./points.ts";

/** Some queries against some points. Query `queryStart + q` and point `pointStart + p` have `products[p * stride + q]`. */
export interface PairBlock {
  readonly queryStart: number;
  readonly queryCount: number;
  readonly pointStart: number;
  readonly pointCount: number;
  /** `x.y`, nearly. Shape [pointCount, stride], of which the first `queryCount` columns hold. */
  readonly products: Floats;
  readonly stride: number;
  /** `|x|^2` of the block's queries. */
  readonly queryNorms: Float64Array;
  /** `|y|^2` of the block's points. */
  readonly pointNorms: Float64Array;
  /** `|x - y|^2` of a pair of the block, in double precision. */
  exact(query: number, point: number): number;
}

/** Two sets of points of the same dimensions. */
export interface PairOptions {
  readonly engine: Engine;
  readonly queries: Points;
  readonly points: Points;
}

const INPUTS = { queries: "queries", points: "points" } as const;
const QUERIES = 1024, POINTS = 512;

/**
 * How far off a product can make `|x - y|^2`, as a share of `|x|^2 + |y|^2`.
 *
 * A sum of D products in any order is off by at most `D u / (1 - D u) |x| |y|` (Higham 2002, section 3.1), and
 * `2 |x| |y| <= |x|^2 + |y|^2`; twice that, and a little, is on the safe side of everything that is rounded besides.
 */
export function roundingShare(dimensions: number): number {
  return (dimensions + 8) * 2 ** -23;
}

/** Visits all pairs in blocks. Every query meets the points in their order. */
export function forEachPairBlock(
  { engine, queries, points }: PairOptions,
  visit: (block: PairBlock) => void,
): void {
  const { dimensions } = points;
  if (queries.dimensions !== dimensions) {
    throw new RangeError(
      `both sets of points must have ${dimensions} dimensions, got ${queries.dimensions}`,
    );
  }
  if (queries.count === 0 || points.count === 0) return;
  const parts = Math.ceil(queries.count / QUERIES), part = Math.ceil(queries.count / parts);
  const program = engine.compile(productGraph(part, dimensions), blockOptions(points, POINTS));
  const x = program.input(INPUTS.queries), y = program.input(INPUTS.points);
  const products = program.output("products");
  const exact = (query: number, point: number) => {
    let sum = 0;
    for (let d = 0, i = query * dimensions, j = point * dimensions; d < dimensions; d++, i++, j++) {
      sum += (x[i] - y[j]) ** 2;
    }
    return sum;
  };
  for (let queryStart = 0; queryStart < queries.count; queryStart += part) {
    const queryCount = Math.min(part, queries.count - queryStart);
    x.set(readPoints(queries, queryStart, queryCount));
    const queryNorms = squaredNorms(x, part, dimensions);
    forEachBlock(points, program, INPUTS.points, (pointStart, pointCount) => {
      program.run(pointCount);
      const pointNorms = squaredNorms(y, pointCount, dimensions);
      const queries = { queryStart, queryCount, queryNorms };
      visit({ ...queries, pointStart, pointCount, pointNorms, products, stride: part, exact });
    });
  }
  program.dispose();
}

function productGraph(queries: number, dimensions: number): Graph {
  const build = graphBuilder();
  const x = build.input(INPUTS.queries, [queries, dimensions]);
  const y = build.input(INPUTS.points, ["batch", dimensions]);
  return build.finish({ outputs: { products: build.matmul(y, x, { b: true }) } });
}

function squaredNorms(rows: Floats, count: number, dimensions: number): Float64Array {
  const norms = new Float64Array(count);
  for (let row = 0, at = 0; row < count; row++) {
    let sum = 0;
    for (let d = 0; d < dimensions; d++, at++) sum += rows[at] * rows[at];
    norms[row] = sum;
  }
  return norms;
}
