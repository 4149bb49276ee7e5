// Counter-based random numbers: every number is a function of (seed, stream, epoch, index, position) and of nothing else.

/**
 * The random numbers of a run: their streams and their positions.
 *
 * @module
 */
import { toNormal, toUniform } from "./normal.ts";
import { multiplyHigh, philox } from "./philox.ts";

/** The purposes of draws; two streams never share a number. The order is part of the format: append only. */
export const STREAMS = {
  initial: 0,
  shuffle: 1,
  split: 2,
  noise: 3,
  noiseLevel: 4,
  latent: 5,
  evaluation: 6,
  evaluationLatent: 7,
  generation: 8,
  preview: 9,
  importance: 10,
  analysis: 11,
  binarise: 12,
  dropout: 13,
  codes: 14,
  sweep: 15,
  shards: 16,
} as const;

/** The name of a stream. */
export type StreamName = keyof typeof STREAMS;

/** The key of a draw: the run's seed, its stream, and the epoch (or another round of draws). */
export interface DrawKey {
  /** The run's seed: an integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** The purpose of the numbers. */
  readonly stream: StreamName;
  /** The epoch, or the round of draws, counted from 0. */
  readonly epoch: number;
}

/** The two words of a seed: the key under which all of a run's numbers are drawn. */
export function seedWords(seed: number): readonly [low: number, high: number] {
  return [seed >>> 0, Math.floor(seed / 4294967296) >>> 0];
}

const round = Math.fround;
const words = new Uint32Array(4);

/**
 * Fills `out` with standard normal numbers: row r holds the numbers of sample `index[r]`.
 *
 * The number at (sample i, column j) comes from the counter (j >> 2, i, epoch, stream), word j & 3: it depends neither on the
 * batch nor on the order. Shapes: out [rows, columns], index [rows].
 */
export function fillNormal(
  out: Float32Array | Float64Array,
  rows: number,
  columns: number,
  index: ArrayLike<number>,
  key: DrawKey,
  scale = 1,
): void {
  fill(out, rows, columns, index, key, (word) => round(toNormal(toUniform(word)) * round(scale)));
}

/** Fills `out` with uniform numbers in (0, 1), addressed as in {@link fillNormal}. */
export function fillUniform(
  out: Float32Array | Float64Array,
  rows: number,
  columns: number,
  index: ArrayLike<number>,
  key: DrawKey,
): void {
  fill(out, rows, columns, index, key, toUniform);
}

function fill(
  out: Float32Array | Float64Array,
  rows: number,
  columns: number,
  index: ArrayLike<number>,
  { seed, stream, epoch }: DrawKey,
  number: (word: number) => number,
): void {
  const [k0, k1] = seedWords(seed);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column += 4) {
      philox(words, column >>> 2, index[row] >>> 0, epoch >>> 0, STREAMS[stream], k0, k1);
      const end = Math.min(4, columns - column);
      for (let lane = 0; lane < end; lane++) out[row * columns + column + lane] = number(words[lane]);
    }
  }
}

/**
 * A permutation of 0..length-1 that is a function of the key and a round alone (Fisher and Yates, one Philox word per swap). Rounds are
 * further permutations of one epoch, below 2^32 - 1.
 */
export function permutation(
  length: number,
  key: DrawKey,
  out: Uint32Array = new Uint32Array(length),
  round = 0,
): Uint32Array {
  const [k0, k1] = seedWords(key.seed);
  for (let position = 0; position < length; position++) out[position] = position;
  for (let last = length - 1, drawn = 0; last > 0; last--, drawn++) {
    if ((drawn & 3) === 0) philox(words, drawn >>> 2, round, key.epoch >>> 0, STREAMS[key.stream], k0, k1);
    const other = multiplyHigh(words[drawn & 3], last + 1);
    const kept = out[last];
    out[last] = out[other];
    out[other] = kept;
  }
  return out;
}

/** A whole number from 0 to below - 1 that is a function of the key alone; it shares no bits with any {@link permutation}. */
export function wholeNumber(below: number, key: DrawKey): number {
  const [k0, k1] = seedWords(key.seed);
  philox(words, 0, 0xffffffff, key.epoch >>> 0, STREAMS[key.stream], k0, k1);
  return multiplyHigh(words[0], below);
}
