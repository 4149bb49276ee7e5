import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { NO_EPOCH_YET, observe } from "../../src/training/patience.ts";

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
