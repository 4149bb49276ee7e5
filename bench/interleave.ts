/**
 * Interleaved timing: every contestant has a turn in each round, so that a machine which slows down slows all of them.
 *
 * @module
 */

/** Something whose steps are timed. */
export interface Contestant {
  /** Its name in messages. */
  readonly name: string;
  /** Takes some steps; resolves to the milliseconds they took. */
  run(steps: number): number | Promise<number>;
}

/** How long it is timed. */
export interface TurnOptions {
  readonly rounds: number;
  /** How long a turn should be, in milliseconds; at least one step. @default {40} */
  readonly turn?: number;
  /** How long a contestant runs before the first round, in milliseconds: compilers warm up, pools of threads start. @default {500} */
  readonly warmUp?: number;
}

/** A contestant whose step takes longer than this many milliseconds has a turn only in every third round. */
const SLOW = 150;
/** Milliseconds of rest before a turn: ONNX Runtime's threads spin for 30 to 40 milliseconds before they sleep. */
const REST = 60;

/** The median milliseconds of a step of each contestant, in their order. */
export async function interleave(
  contestants: readonly Contestant[],
  { rounds, turn = 40, warmUp = 500 }: TurnOptions,
): Promise<number[]> {
  const estimates: number[] = [];
  for (const contestant of contestants) estimates.push(await warm(contestant, warmUp));
  const times = contestants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turns = 0; turns < contestants.length; turns++) {
      // Each round begins with another one, so that none always follows the same neighbour's warm caches.
      const at = (round + turns) % contestants.length;
      if (estimates[at] > SLOW && round % 3 !== 0) continue;
      const steps = Math.max(1, Math.round(turn / estimates[at]));
      await rest();
      // Fills the caches again, which the neighbour has changed, before the clock starts.
      if (estimates[at] <= SLOW) await contestants[at].run(Math.max(1, steps >> 3));
      times[at].push(await contestants[at].run(steps) / steps);
    }
  }
  return times.map(median);
}

/** Runs until a time is over; the milliseconds of a step at the end of it. */
async function warm(contestant: Contestant, milliseconds: number): Promise<number> {
  let steps = 1, spent = 0, last = Infinity;
  while (spent < milliseconds) {
    const took = await contestant.run(steps);
    spent += took;
    last = took / steps;
    steps = Math.max(1, Math.min(2 * steps, Math.round(milliseconds / 4 / last)));
  }
  return last;
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST));
}

/** The middle of some numbers; of an even number of them the upper of the two. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[numbers.length >> 1];
}
