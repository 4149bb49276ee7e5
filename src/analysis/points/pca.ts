// n = points, D = their numbers, K = components, s = vectors of the subspace; x = a point less the mean; C = 1/n sum x x^T.

/**
 * Principal components of many points.
 *
 * @module
 */
import { fillNormal } from "../../core/random.ts";
import type { Engine } from "../../engine/engine.ts";
import { graphBuilder } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { blockOptions, forEachBlock, type Points } from "./points.ts";
import { orthonormal, rotated, symmetricProduct } from "./subspace.ts";
import { symmetricEigen } from "./symmetric_eigen.ts";

/** The directions in which points vary most. */
export interface PrincipalComponents {
  /** How many: the requested number, or as many as the points vary in. */
  readonly count: number;
  /** The mean point. Length D. */
  readonly mean: Float64Array;
  /** Unit vectors at right angles, the one of the largest variance first. Shape [K, D]. */
  readonly components: Float64Array;
  /** The variance along each: the mean of squares, not the sample variance. Length K, descending. */
  readonly variances: Float64Array;
  /** The variance of the points in all directions together. */
  readonly totalVariance: number;
}

/** What to analyse. */
export interface ComponentOptions {
  readonly engine: Engine;
  readonly points: Points;
  /** How many components at most. */
  readonly components: number;
  /** The seed of the first guess, which the result depends on only by rounding. */
  readonly seed: number;
}

const ROWS = 1024;
/** Vectors beyond the requested ones (Halko et al. 2011, section 4.2): the more, the sooner it converges. */
const OVERSAMPLING = 16;
/** It ends when no variance changes by more than this share of the largest, and after this many rounds in any case. */
const TOLERANCE = 1e-6, MOST_ROUNDS = 60;
/** A direction with less than this share of the largest variance is rounding in single precision. */
const RANK_SHARE = 1e-6;

/**
 * The first principal components by randomised subspace iteration (Halko, Martinsson and Tropp 2011, arXiv:0909.4061, algorithm 4.4)
 * with a Rayleigh-Ritz step each round: `Z = C Q`, `Q^T Z = V diag(lambda) V^T`, components `Q V`, next `Q = orth(Z)`.
 *
 * `C` is never formed: `C Q = 1/n sum x (x^T Q)` is summed over blocks, the products by the engine in single precision, their sum in
 * double. A direction without variance is no component, so constant points have none.
 */
export function principalComponents(options: ComponentOptions): PrincipalComponents {
  const { engine, points, seed } = options, D = points.dimensions;
  const most = Math.max(0, Math.min(options.components, D, points.count - 1));
  const { mean, totalVariance } = meanOf(engine, points);
  const none = {
    count: 0,
    mean,
    components: new Float64Array(),
    variances: new Float64Array(),
    totalVariance,
  };
  // A mean of singles is rounded too: what is left of constant points is no variance.
  if (most === 0 || !(totalVariance > 1e-12 * mean.reduce((sum, value) => sum + value * value, 1e-12))) {
    return none;
  }
  const s = Math.min(most + OVERSAMPLING, D);
  const guess = new Float64Array(s * D);
  const rows = Array.from({ length: s }, (_, row) => row);
  fillNormal(guess, s, D, rows, { seed, stream: "evaluation", epoch: COMPONENT_ROUND });
  const multiply = covarianceProduct(engine, points, mean, s);
  let basis = orthonormal(guess, s, D), before: Float64Array = new Float64Array(s);
  for (let round = 1;; round++) {
    const image = multiply.run(basis);
    const { values, vectors } = symmetricEigen(symmetricProduct(basis, image, s, D), s);
    const change = values.subarray(0, most).reduce(
      (all, value, i) => Math.max(all, Math.abs(value - before[i])),
      0,
    );
    if (change <= TOLERANCE * values[0] || round === MOST_ROUNDS) {
      multiply.dispose();
      const count = values.subarray(0, most).filter((value) => value > RANK_SHARE * values[0]).length;
      const components = rotated(vectors, basis, count, s, D);
      return { count, mean, components, variances: values.slice(0, count), totalVariance };
    }
    before = values;
    basis = orthonormal(image, s, D);
  }
}

/** The draws of the first guess among those of the stream "evaluation". */
const COMPONENT_ROUND = 0x100;

/** The coordinates of points along principal components. Shape [n, K]. */
export function project(
  engine: Engine,
  points: Points,
  { mean, components, count }: PrincipalComponents,
): Float32Array {
  const D = points.dimensions, projected = new Float32Array(points.count * count);
  if (projected.length === 0) return projected;
  const build = graphBuilder();
  const centred = build.subtract(build.input("points", ["batch", D]), build.input("mean", [1, D]));
  const basis = build.input("basis", [count, D]);
  const graph = build.finish({ outputs: { projected: build.matmul(centred, basis, { b: true }) } });
  const program = engine.compile(graph, blockOptions(points, ROWS));
  program.input("mean").set(mean);
  program.input("basis").set(components);
  forEachBlock(points, program, "points", (start, rows) => {
    program.run(rows);
    projected.set(program.output("projected").subarray(0, rows * count), start * count);
  });
  program.dispose();
  return projected;
}

/** The mean point and the sum of all variances, in double precision (Welford 1962, a block at a time). */
function meanOf(engine: Engine, points: Points): { mean: Float64Array; totalVariance: number } {
  const D = points.dimensions, mean = new Float64Array(D), build = graphBuilder();
  if (points.count === 0) return { mean, totalVariance: 0 };
  const x = build.input("points", ["batch", D]);
  const graph = build.finish({ outputs: { sum: build.sumRows(x) } });
  const program = engine.compile(graph, blockOptions(points, ROWS)), view = program.input("points");
  const squares = new Float64Array(D);
  let count = 0;
  forEachBlock(points, program, "points", (_start, rows) => {
    for (let row = 0, at = 0; row < rows; row++) {
      count++;
      for (let d = 0; d < D; d++, at++) {
        const difference = view[at] - mean[d];
        mean[d] += difference / count;
        squares[d] += difference * (view[at] - mean[d]);
      }
    }
  });
  program.dispose();
  return { mean, totalVariance: squares.reduce((sum, value) => sum + value, 0) / points.count };
}

/** Prepares products of the covariance with s vectors: rows [s, D] to rows [s, D]. */
function covarianceProduct(engine: Engine, points: Points, mean: Float64Array, s: number) {
  const D = points.dimensions;
  const program = engine.compile(covarianceGraph(D, s), blockOptions(points, ROWS));
  program.input("mean").set(mean);
  const product = program.output("product");
  return {
    run(basis: Float64Array): Float64Array {
      const sum = new Float64Array(s * D);
      program.input("basis").set(basis);
      forEachBlock(points, program, "points", (_start, rows) => {
        program.run(rows);
        for (let at = 0; at < sum.length; at++) sum[at] += product[at];
      });
      return sum.map((value) => value / points.count);
    },
    dispose: () => program.dispose(),
  };
}

/** `(X Q^T)^T X` of a block X [N, D] less the mean, for the rows of Q [s, D]. */
function covarianceGraph(D: number, s: number): Graph {
  const build = graphBuilder();
  const centred = build.subtract(build.input("points", ["batch", D]), build.input("mean", [1, D]));
  const coordinates = build.matmul(centred, build.input("basis", [s, D]), { b: true });
  return build.finish({ outputs: { product: build.matmul(coordinates, centred, { a: true }) } });
}
