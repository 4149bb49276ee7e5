/**
 * Fills the inputs of a model for a batch: gathers samples and their targets, samples grey pixels, corrupts what the model sees.
 *
 * @module
 */
import type { DrawKey } from "../core/random.ts";
import type { Corruption, Program } from "./engine.ts";

/** Samples pixels: each becomes 1 with its brightness as the probability, else 0 (Salakhutdinov and Murray 2008). */
const BERNOULLI: Corruption = { kind: "bernoulli" };

/** The draws by which evaluations sample pixels, the same in each; `undefined` without a seed: the pixels stay grey. */
export function evaluationDraw(seed: number | undefined): DrawKey | undefined {
  return seed === undefined ? undefined : { seed, stream: "binarise", epoch: 0 };
}

/** Gathers samples into an input and samples their pixels, if there is a key for the draws. */
export function gatherSampled(
  program: Program,
  input: string,
  draw: DrawKey | undefined,
  start: number,
  rows: number,
  at = 0,
): void {
  program.gather(input, start, rows, at);
  if (draw !== undefined) program.corrupt(input, input, BERNOULLI, draw, start, rows, at);
}

/** The inputs of a graph that a batch fills. */
export interface PairInputs {
  readonly target: string;
  /** What the model sees; `undefined`: the target. */
  readonly input?: string;
  /** Whether samples have targets of their own. */
  readonly hasTargets: boolean;
}

/** What is drawn for a batch. */
export interface PairDraws {
  /** Samples pixels. */
  readonly sampled?: DrawKey;
  /** Corrupts what the model sees. */
  readonly corruption?: Corruption;
  readonly noise?: DrawKey;
}

/** Returns a function that fills the inputs with a batch, from row `at` (default 0) on. A call allocates nothing. */
export function pairFiller(
  program: Program,
  { target, input, hasTargets }: PairInputs,
): (draws: PairDraws, start: number, rows: number, at?: number) => void {
  return ({ sampled, corruption, noise }, start, rows, at = 0) => {
    if (hasTargets) {
      program.gatherTargets(target, start, rows, at);
      if (sampled !== undefined) program.corrupt(target, target, BERNOULLI, sampled, start, rows, at);
    } else gatherSampled(program, target, sampled, start, rows, at);
    if (input === undefined) return;
    const isCorrupted = corruption !== undefined && noise !== undefined;
    if (hasTargets || !isCorrupted) gatherSampled(program, input, sampled, start, rows, at);
    if (isCorrupted) program.corrupt(hasTargets ? input : target, input, corruption, noise, start, rows, at);
  };
}
