import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { NO_EPOCH_YET, observe, observeComparable, type Patience } from "../../src/training/patience.ts";

const CASES = [
  { name: "takes the first value as the best", values: [3], waits: [0], best: 3, bestEpoch: 1 },
  {
    name: "starts over at each improvement",
    values: [3, 4, 2, 5],
    waits: [0, 1, 0, 1],
    best: 2,
    bestEpoch: 3,
  },
  { name: "counts a tie as no improvement", values: [9, 9, 9], waits: [0, 1, 2], best: 9, bestEpoch: 1 },
  { name: "counts NaN as no improvement", values: [9, NaN, 8], waits: [0, 1, 0], best: 8, bestEpoch: 3 },
  {
    name: "counts from the start when all is NaN",
    values: [NaN, NaN],
    waits: [1, 2],
    best: Infinity,
    bestEpoch: 0,
  },
  { name: "counts Infinity as no improvement", values: [Infinity, 1], waits: [1, 0], best: 1, bestEpoch: 2 },
  {
    name: "requires more than minDelta, so that a gain of exactly that is none",
    values: [4, 3.5, 3.4, 3.25],
    minDelta: 0.5,
    waits: [0, 1, 0, 1],
    best: 3.4,
    bestEpoch: 3,
  },
  {
    name: "measures minDelta from the best value, so that small gains add up",
    values: [4, 3.75, 3.5, 3.25],
    minDelta: 0.5,
    waits: [0, 1, 2, 0],
    best: 3.25,
    bestEpoch: 4,
  },
  { name: "handles losses below zero", values: [-1, -2, -1.5], waits: [0, 0, 1], best: -2, bestEpoch: 2 },
];

for (const { name, values, minDelta, waits, best, bestEpoch } of CASES) {
  Deno.test(`observe ${name}`, () => {
    let patience = NO_EPOCH_YET;
    const found = values.map((value, at) => {
      patience = observe(patience, at + 1, value, minDelta);
      return patience.epochsWithoutImprovement;
    });
    deepEqual(found, waits);
    deepEqual([patience.best, patience.bestEpoch], [best, bestEpoch]);
  });
}

/** The best epoch and the epochs without improvement after each value, of which those of some epochs can be compared. */
function comparing(values: readonly number[], comparable: readonly number[]): [number, number][] {
  let state: Patience = NO_EPOCH_YET;
  return values.map((value, at) => {
    const isComparable = (epoch: number) => comparable.includes(epoch);
    state = observeComparable(state, at + 1, value, { isComparable, minDelta: 0 });
    return [state.bestEpoch, state.epochsWithoutImprovement];
  });
}

Deno.test("observeComparable() takes the latest epoch until one can be compared, which is better than all before it", () => {
  deepEqual(comparing([5, 1, 2, 9, 10, 8], [4, 5, 6]), [[1, 0], [2, 0], [3, 0], [4, 0], [4, 1], [6, 0]]);
});

Deno.test("observeComparable() counts what cannot be compared as no improvement once an epoch can be", () => {
  deepEqual(comparing([5, 9, 1, 8, 2], [2, 4]), [[1, 0], [2, 0], [2, 1], [4, 0], [4, 1]]);
});

Deno.test("observeComparable() is observe() where all epochs can be compared", () => {
  deepEqual(comparing([3, 4, 2, NaN], [0, 1, 2, 3, 4]), [[1, 0], [1, 1], [3, 0], [3, 1]]);
});
