/** Test data that is a function of its name and nothing else. @module */
import { fillNormal, fillUniform } from "../../src/core/random.ts";

/** Normal numbers as exact singles, so that engines of either precision begin with the same. */
export function normalNumbers(length: number, seed: number, scale = 1): Float32Array {
  const out = new Float32Array(length);
  fillNormal(out, 1, length, [0], { seed, stream: "initial", epoch: 0 }, scale);
  return out;
}

/** Uniform numbers in (0, 1) as exact singles. */
export function uniformNumbers(length: number, seed: number): Float32Array {
  const out = new Float32Array(length);
  fillUniform(out, 1, length, [0], { seed, stream: "initial", epoch: 0 });
  return out;
}

/** A chooser of small whole numbers: the n-th call gives the n-th draw of the seed. */
export function chooser(seed: number): (choices: number) => number {
  const draws = uniformNumbers(4096, seed);
  let drawn = 0;
  return (choices) => Math.floor(draws[drawn++ % draws.length] * choices);
}
