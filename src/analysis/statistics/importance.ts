// n = rows, y = a target, l = a level, w = its weight, c = a leaf's mean, V = a variance.

/**
 * How much of a metric's variance each setting of a sweep explains on its own.
 *
 * @module
 */
import { fillUniform } from "../../core/random.ts";
import type { Factor } from "./factor.ts";
import { growTree, type Leaf } from "./regression_tree.ts";

/** The shares of the variance of a metric that settings explain. */
export interface Importance {
  /** The share that each factor explains on its own, in the order of the factors. */
  readonly shares: readonly number[];
  /** The share that only several factors together explain. */
  readonly together: number;
  /** Whether the metric was measured for every combination, so that the shares are exact for these values, and not those of a forest. */
  readonly isExact: boolean;
}

/** The number of trees, the fewest rows in a leaf of them, and the most rows that each is fitted to. */
const TREES = 32, SMALLEST_LEAF = 3, MOST_ROWS = 4000;
/** Fewer rows than these say nothing, unless they are a whole grid. */
export const FEWEST_ROWS = 8;

/**
 * The main effects of a functional ANOVA (Hooker 2007) of the metric as a function of the settings, by Hutter, Hoos and Leyton-Brown 2014,
 * "An efficient approach for assessing hyperparameter importance" (ICML): a random forest is fitted to the rows; each tree is constant in
 * boxes, so the mean over all other factors is a sum over its leaves. The share of factor j is `V_j / V`, averaged over the trees, with
 * `V_j = sum_l w_l (a_j(l) - mean)^2`, where `a_j(l)` is the mean of the tree at level l. The weight of a level is its share of the rows.
 *
 * Where the rows are a whole grid, one tree with a leaf per row is the metric itself, and the shares are those of the classic analysis of
 * variance. `undefined` with too few rows, or where the metric is the same everywhere.
 */
export function importance(factors: readonly Factor[], target: readonly number[]): Importance | undefined {
  const rows = target.length, isExact = isWholeGrid(factors, rows);
  if (factors.length === 0 || rows < 2 || (rows < FEWEST_ROWS && !isExact)) return undefined;
  const weights = factors.map((factor) => weightsOf(factor));
  const all = Array.from({ length: rows }, (_, row) => row);
  const trees = isExact ? [growTree(factors, target, all, 1)] : Array.from(
    { length: TREES },
    (_, tree) => growTree(factors, target, drawnRows(rows, tree), SMALLEST_LEAF),
  );
  const shares = trees.map((leaves) => mainEffects(leaves, weights)).filter((own) => own !== undefined);
  if (shares.length === 0) return undefined;
  const means = factors.map((_, at) => shares.reduce((sum, own) => sum + own[at], 0) / shares.length);
  return { shares: means, together: Math.max(0, 1 - means.reduce((a, b) => a + b, 0)), isExact };
}

/** Whether every combination of levels has one row. */
function isWholeGrid(factors: readonly Factor[], rows: number): boolean {
  if (factors.reduce((product, { count }) => product * count, 1) !== rows) return false;
  const places = Array.from(
    { length: rows },
    (_, row) => factors.reduce((place, { levels, count }) => place * count + levels[row], 0),
  );
  return new Set(places).size === rows;
}

function weightsOf({ levels, count }: Factor): Float64Array {
  const weights = new Float64Array(count);
  for (const level of levels) weights[level] += 1 / levels.length;
  return weights;
}

/** As many rows as there are, or {@link MOST_ROWS}, drawn with replacement (Breiman 1996); the same for each report of the same rows. */
function drawnRows(rows: number, tree: number): number[] {
  const draws = new Float64Array(Math.min(rows, MOST_ROWS));
  fillUniform(draws, 1, draws.length, [tree], { seed: 0, stream: "analysis", epoch: 0 });
  return Array.from(draws, (draw) => Math.min(rows - 1, Math.floor(draw * rows)));
}

/** The share of the tree's variance that each factor explains on its own; `undefined` for a tree that is the same everywhere. */
function mainEffects(leaves: readonly Leaf[], weights: readonly Float64Array[]): number[] | undefined {
  const volumes = leaves.map(({ box }) => box.map((inside, at) => volumeOf(inside, weights[at])));
  const wholes = volumes.map((own) => own.reduce((product, volume) => product * volume, 1));
  const mean = leaves.reduce((sum, { value }, at) => sum + value * wholes[at], 0);
  const total = leaves.reduce((sum, { value }, at) => sum + wholes[at] * (value - mean) ** 2, 0);
  // What rounding leaves of a constant.
  if (total <= 1e-24 * mean * mean || total === 0) return undefined;
  return weights.map((own, factor) => {
    const averages = new Float64Array(own.length);
    leaves.forEach(({ value, box }, at) => {
      const others = wholes[at] / volumes[at][factor];
      box[factor].forEach((is, level) => averages[level] += is * others * (value - mean));
    });
    return own.reduce((sum, weight, level) => sum + weight * averages[level] ** 2, 0) / total;
  });
}

function volumeOf(inside: Uint8Array, weights: Float64Array): number {
  let volume = 0;
  for (let level = 0; level < weights.length; level++) volume += inside[level] * weights[level];
  return volume;
}
