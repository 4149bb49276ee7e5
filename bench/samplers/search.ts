// Minimises a function with a sampler.
import { randomPoint } from "../../src/sweep/samplers/random.ts";
import { sobolPoint } from "../../src/sweep/samplers/sobol.ts";
import { type Point, valuesAt } from "../../src/sweep/samplers/space.ts";
import { type Observation, tpePoint } from "../../src/sweep/samplers/tpe.ts";
import type { Problem } from "./problems.ts";

/** Draws the point of a trial from what is known of those before it. */
type Sampler = (
  problem: Problem,
  seed: number,
  trial: number,
  history: readonly Observation[],
) => Point;

/** The samplers that are compared. */
export const SAMPLERS = {
  random: ({ space }, seed, trial) => randomPoint(space, seed, trial),
  sobol: ({ space }, seed, trial) => sobolPoint(space, seed, trial),
  tpe: ({ space }, seed, trial, history) => tpePoint(space, seed, trial, history, { complete: "lower" }),
} as const satisfies Record<string, Sampler>;

/** The name of a sampler. */
export type SamplerName = keyof typeof SAMPLERS;

/** The best value after each trial, one after the other; `jobs` of them run side by side, and end in the order of their start. */
export function bestAfter(
  problem: Problem,
  sampler: SamplerName,
  seed: number,
  trials: number,
  jobs = 1,
): number[] {
  const history: Observation[] = [], bests: number[] = [];
  let best = Infinity;
  for (let trial = 0; trial < trials; trial++) {
    if (trial >= jobs) settle(trial - jobs);
    history.push({ point: SAMPLERS[sampler](problem, seed, trial, history), state: "running" });
  }
  for (let trial = Math.max(0, trials - jobs); trial < trials; trial++) settle(trial);
  return bests;

  function settle(trial: number): void {
    const { point } = history[trial], value = problem.value(valuesAt(problem.space, point));
    history[trial] = { point, state: "complete", value };
    bests.push(best = Math.min(best, value));
  }
}
