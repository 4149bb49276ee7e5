import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { bitsOfAxis, uniformAt } from "../../../src/sweep/samplers/draws.ts";
import { randomPoint } from "../../../src/sweep/samplers/random.ts";
import type { Space } from "../../../src/sweep/samplers/space.ts";

const SPACE: Space = [
  { kind: "uniform", low: 0, high: 1, integer: false },
  { kind: "logUniform", low: 1e-4, high: 1e-1, integer: false },
  { kind: "choice", values: ["a", "b"] },
];

Deno.test("randomPoint() is a function of seed, trial, axis and round, whatever else was drawn", () => {
  const first = randomPoint(SPACE, 7, 3);
  randomPoint(SPACE, 8, 4);
  deepEqual(randomPoint(SPACE, 7, 3), first);
  deepEqual(randomPoint(SPACE.slice(0, 2), 7, 3), first.slice(0, 2));
  notDeepEqual(randomPoint(SPACE, 8, 3), first);
  notDeepEqual(randomPoint(SPACE, 7, 4), first);
  notDeepEqual(randomPoint(SPACE, 7, 3, 1), first);
});

Deno.test("uniformAt() is pinned, so that a sweep draws the same trials in every version", () => {
  equal(uniformAt({ seed: 1, trial: 0, axis: 0 }), 0.416393676590482);
  equal(bitsOfAxis(1, 0), 2129407632);
});

Deno.test("uniformAt() is uniform: the chi-square of 100 cells of 10,000 draws is below its 99.9 % point", () => {
  const cells = new Float64Array(100);
  for (let trial = 0; trial < 10_000; trial++) {
    cells[Math.floor(100 * uniformAt({ seed: 3, trial, axis: 1 }))]++;
  }
  // 148.2 with 99 degrees of freedom.
  ok(cells.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0) < 148.2);
});
