/**
 * Grey pixels as coins: each is drawn as 1 with its brightness as the probability, else as 0 (Salakhutdinov and Murray 2008).
 *
 * @module
 */
import type { Corruption, Program } from "./engine.ts";

/** The draw itself. */
export const BERNOULLI: Corruption = { kind: "bernoulli" };

/**
 * Draws the rows of an input, in place, as every evaluation sees them: the same draw each time. Training draws anew each epoch.
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
