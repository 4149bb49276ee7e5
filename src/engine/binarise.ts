/**
 * Samples grey pixels: each becomes 1 with its brightness as the probability, else 0 (Salakhutdinov and Murray 2008).
 *
 * @module
 */
import type { Corruption, Program } from "./engine.ts";

/** The corruption that samples pixels. */
export const BERNOULLI: Corruption = { kind: "bernoulli" };

/**
 * Samples the rows of an input, in place, with the same draws in each evaluation. Training draws new samples each epoch.
 *
 * @param seed The seed of the draws; `undefined`: the pixels stay grey.
 */
export function binariseRows(
  program: Program,
  seed: number | undefined,
  input: string,
  start: number,
  rows: number,
): void {
  if (seed === undefined) return;
  program.corrupt(input, input, BERNOULLI, { seed, stream: "binarise", epoch: 0 }, start, rows);
}
