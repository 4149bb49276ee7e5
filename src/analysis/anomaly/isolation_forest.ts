// n = samples, d = their columns, psi = samples of a tree, t = trees; samples [n, d] are row-major.

/**
 * The isolation forest: what a few random cuts part from the rest is an anomaly.
 *
 * @module
 */
import { type DrawKey, fillUniform, permutation } from "../../core/random.ts";

/** The number of trees and of samples of each that the paper takes throughout. */
export const FOREST = { trees: 100, samples: 256 } as const;

/** How a forest grows. */
export interface IsolationForestOptions {
  /** What its draws come from: tree number i takes epoch `key.epoch + i`. */
  readonly key: DrawKey;
  /** t. @default {100} */
  readonly trees?: number;
  /** psi, at most all samples. @default {256} */
  readonly samples?: number;
}

/** A grown forest. */
export interface IsolationForest {
  /** The anomaly score of each sample [m, d], in (0, 1); above 0.5 the easier parted from the rest. Length m. */
  score(samples: ArrayLike<number>): Float64Array;
}

/** A cut at `value` in a column, or a leaf with the samples that ended there. */
type Node =
  | { readonly column: number; readonly value: number; readonly below: Node; readonly above: Node }
  | { readonly size: number };

const DRAWN_COLUMN = 0, DRAWN_VALUE = 1;

/**
 * Grows a forest (Liu, Ting and Zhou, "Isolation forest", ICDM 2008, algorithms 1 to 3). Each tree takes psi samples without
 * replacement and cuts them, at an even chance among the columns that are not constant there and evenly between their least and
 * largest value, until a sample is alone or the tree is `ceil(log2 psi)` deep. The score is `2^(-E[h(x)] / c(psi))` (eq. 2), h the
 * depth of the leaf plus `c(size)` for what was left unparted.
 *
 * @throws {RangeError} Without samples.
 */
export function isolationForest(
  samples: ArrayLike<number>,
  d: number,
  { key, trees = FOREST.trees, samples: wanted = FOREST.samples }: IsolationForestOptions,
): IsolationForest {
  const n = samples.length / d, psi = Math.min(wanted, n);
  if (n === 0) {
    throw new RangeError("isolation forest must have samples, got 0");
  }
  const deepest = Math.ceil(Math.log2(Math.max(psi, 2)));
  const forest = Array.from({ length: trees }, (_, tree) => {
    const own = { ...key, epoch: key.epoch + tree };
    const rows = permutation(n, own).subarray(0, psi);
    return grow(samples, d, rows, deepest, drawer(own));
  });
  return {
    score(others) {
      return Float64Array.from({ length: others.length / d }, (_, row) => {
        const depth = forest.reduce((sum, tree) => sum + pathLength(tree, others, row * d), 0) / trees;
        return psi === 1 ? 0.5 : 2 ** (-depth / expectedPath(psi));
      });
    },
  };
}

/** Uniform pairs, one after the other: for the column and the value of a cut. */
function drawer(key: DrawKey): () => Float64Array {
  const pair = new Float64Array(2);
  let node = 0;
  return () => {
    // The permutation takes the counters with 0 in their second word.
    fillUniform(pair, 1, 2, [++node], key);
    return pair;
  };
}

function grow(
  samples: ArrayLike<number>,
  d: number,
  rows: Uint32Array,
  levels: number,
  draw: () => Float64Array,
): Node {
  if (levels === 0 || rows.length <= 1) return { size: rows.length };
  const ranges = columnRanges(samples, d, rows);
  if (ranges.length === 0) return { size: rows.length };
  const pair = draw();
  const range = ranges[Math.min(ranges.length - 1, Math.floor(pair[DRAWN_COLUMN] * ranges.length))];
  const { column, least, largest } = range;
  const value = least + pair[DRAWN_VALUE] * (largest - least);
  const isBelow = (row: number) => samples[row * d + column] < value;
  // The least value may round to the cut itself: then the cut goes just above it, so that both sides get a sample.
  const cut = rows.some(isBelow) ? value : largest;
  return {
    column,
    value: cut,
    below: grow(samples, d, rows.filter((row) => samples[row * d + column] < cut), levels - 1, draw),
    above: grow(samples, d, rows.filter((row) => samples[row * d + column] >= cut), levels - 1, draw),
  };
}

/** The columns that are not constant over some rows; row by row, as they lie in memory. */
function columnRanges(samples: ArrayLike<number>, d: number, rows: Uint32Array) {
  const least = new Float64Array(d).fill(Infinity), largest = new Float64Array(d).fill(-Infinity);
  for (const row of rows) {
    for (let column = 0, at = row * d; column < d; column++, at++) {
      const value = samples[at];
      if (value < least[column]) least[column] = value;
      if (value > largest[column]) largest[column] = value;
    }
  }
  const ranges: { column: number; least: number; largest: number }[] = [];
  for (let column = 0; column < d; column++) {
    if (least[column] < largest[column]) {
      ranges.push({ column, least: least[column], largest: largest[column] });
    }
  }
  return ranges;
}

function pathLength(tree: Node, samples: ArrayLike<number>, start: number): number {
  let node = tree, depth = 0;
  while ("column" in node) {
    node = samples[start + node.column] < node.value ? node.below : node.above;
    depth++;
  }
  return depth + expectedPath(node.size);
}

/**
 * The mean depth at which a search in a binary tree of `size` samples fails: `c = 2 H(size - 1) - 2 (size - 1) / size` (eq. 1), with
 * the harmonic number H summed up; 0 for a single sample, 1 for two.
 */
export function expectedPath(size: number): number {
  if (size <= 1) return 0;
  let harmonic = 0;
  for (let i = 1; i < size; i++) harmonic += 1 / i;
  return 2 * harmonic - 2 * (size - 1) / size;
}
