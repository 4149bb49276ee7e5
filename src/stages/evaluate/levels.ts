/** The levels of noise of an evaluation. @module */
import type { Corruption } from "../../engine/engine.ts";

/** A kind and amount of noise, and what its numbers end with: `0.3`, `flips0.1`. */
export interface NoiseLevel {
  readonly name: string;
  readonly corruption: Corruption;
}

/** All levels of an evaluation: standard deviations, then shares of flipped pixels. */
export function noiseLevels(
  { noise, flips }: { noise: readonly number[]; flips: readonly number[] },
): NoiseLevel[] {
  return [
    ...noise.map((std): NoiseLevel => ({
      name: String(std),
      corruption: { kind: "gaussian", std, maximumStd: std },
    })),
    ...flips.map((share): NoiseLevel => ({ name: `flips${share}`, corruption: { kind: "flips", share } })),
  ];
}
