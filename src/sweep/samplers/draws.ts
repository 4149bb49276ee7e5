/**
 * The random numbers of samplers: each is a function of the sweep's seed, a trial, an axis and a round, so every machine draws the same
 * ones, in any order.
 *
 * @module
 */
import { philox } from "../../core/philox.ts";
import { seedWords, STREAMS } from "../../core/random.ts";

const words = new Uint32Array(4);
const TWO_TO_MINUS_53 = 2 ** -53;

/** Where a draw is: two draws at different addresses are independent. */
export interface DrawAddress {
  /** The seed of the sweep: an integer from 0 to 2^53 - 1. */
  readonly seed: number;
  /** The number of the trial, counted from 0. */
  readonly trial: number;
  /** The place of the axis. */
  readonly axis: number;
  /** Counts further draws for the same axis. @default {0} */
  readonly round?: number;
}

/** A uniform number in (0, 1) with 52 random bits: never 0, never 1. */
export function uniformAt({ seed, trial, axis, round = 0 }: DrawAddress): number {
  const [k0, k1] = seedWords(seed);
  philox(words, round >>> 0, trial >>> 0, axis >>> 0, STREAMS.sweep, k0, k1);
  // 26 bits of each word, and a half.
  return ((words[0] >>> 6) * 2 ** 27 + (words[1] >>> 6) * 2 + 1) * TWO_TO_MINUS_53;
}

/** 32 random bits of an axis that all trials share. */
export function bitsOfAxis(seed: number, axis: number): number {
  const [k0, k1] = seedWords(seed);
  // No trial has this number.
  philox(words, 0, 0xffffffff, axis >>> 0, STREAMS.sweep, k0, k1);
  return words[0];
}
