// T = training points, P = n held-out points, Q = m generated points, pi = a cell, L = distances to the nearest training point.

/**
 * Whether a model copies its training data.
 *
 * @module
 */
import type { DrawKey } from "../../core/random.ts";
import type { Engine } from "../../engine/engine.ts";
import { kMeans, nearestCentres } from "../points/kmeans.ts";
import { nearestNeighbours } from "../points/neighbours.ts";
import { pickPoints, type Points, valuePoints } from "../points/points.ts";
import { rankSumZ } from "../statistics/ranks.ts";

/** The three samples, rows of d numbers each, and how they are compared. */
export interface CopyingOptions {
  readonly engine: Engine;
  readonly training: Float32Array;
  readonly heldOut: Float32Array;
  readonly generated: Float32Array;
  /** The numbers of a point. */
  readonly dimensions: number;
  /** Cells at most. */
  readonly cells: number;
  /** How many generated points a cell must have to count. */
  readonly fewest: number;
  /** Draws the first centres. */
  readonly key: DrawKey;
}

/** The statistic and how many cells it rests on. */
export interface Copying {
  /** Far below 0: generated points lie nearer to the training points than held-out ones do, they are copied. Far above: they are off. */
  readonly cT: number;
  /** Cells that counted. */
  readonly cells: number;
}

/** Cells need not be the best there are, and all three samples have the same. */
const PARTITION = { tries: 1, rounds: 25 } as const;

/**
 * C_T (Meehan, Chaudhuri and Dasgupta 2020, arXiv:2004.05675): in each cell, whether generated points are nearer to the training points
 * of that cell than held-out ones are, as a z-score of Mann and Whitney; their mean, weighted by the share of held-out points.
 *
 * `C_T = sum_pi P(pi) Z(L_pi(Q), L_pi(P)) / sum_pi P(pi)` over the cells that hold training points, held-out points and at least
 * `fewest` generated points. Cells are the k-means of T. Equal distributions give about 0; a single cell would give N(0, 1).
 *
 * `undefined` when no cell counts.
 */
export function dataCopying(options: CopyingOptions): Copying | undefined {
  const { engine, training, heldOut, generated, dimensions, fewest, key } = options;
  if (dimensions === 0) return undefined;
  const { centres, sizes } = kMeans(training, dimensions, {
    k: options.cells,
    fewer: true,
    key,
    ...PARTITION,
  });
  const membersOf = (points: Float32Array) => nearestCentres(points, dimensions, centres);
  const [ofTraining, ofHeldOut, ofGenerated] = [training, heldOut, generated].map(membersOf);
  let weighted = 0, weight = 0, counted = 0;
  for (let cell = 0; cell < sizes.length; cell++) {
    const inCell = (all: Float32Array, members: Uint32Array) => rowsOfCell(all, members, cell, dimensions);
    const points = inCell(training, ofTraining);
    const real = inCell(heldOut, ofHeldOut), made = inCell(generated, ofGenerated);
    if (points.count === 0 || real.count === 0 || made.count < fewest) continue;
    const [toReal, toMade] = [real, made].map((queries) =>
      nearestNeighbours({ engine, queries, points }).distances
    );
    weighted += real.count * rankSumZ(toMade, toReal)!;
    weight += real.count;
    counted++;
  }
  return counted === 0 ? undefined : { cT: weighted / weight, cells: counted };
}

function rowsOfCell(points: Float32Array, members: Uint32Array, cell: number, dimensions: number): Points {
  const rows = Array.from(members.keys()).filter((row) => members[row] === cell);
  return pickPoints(valuePoints(points, dimensions), rows);
}
