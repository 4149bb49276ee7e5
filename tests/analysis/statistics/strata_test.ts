import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import { stratifiedDifference, stratifiedShare } from "../../../src/analysis/statistics/strata.ts";
import { wilson } from "../../../src/analysis/statistics/intervals.ts";
import { fillUniform } from "../../../src/core/random.ts";
import { assertClose } from "../../support/close.ts";

Deno.test("stratifiedDifference counts only what differs within images, by hand", () => {
  // Image 0: 1, 0, 1, 0 (s^2 = 1/3); image 1: 0.5 four times. v = (1/3 / 4 + 0) / 4 = 1/48.
  const first = [1, 0.5, 0, 0.5, 1, 0.5, 0, 0.5];
  const { value, low, high } = stratifiedDifference(first, new Float64Array(8), 2);
  const half = 1.959963984540054 / Math.sqrt(48);
  assertClose([value, low!, high!], [0.5, 0.5 - half, 0.5 + half], { absolute: 1e-12 }, "interval");
});

Deno.test("stratifiedShare is Wilson's interval for what the draws are worth", () => {
  // p = 1/2 and v = 1/48 are worth 12 draws.
  const { value, low, high } = stratifiedShare([1, 0.5, 0, 0.5, 1, 0.5, 0, 0.5], 2);
  const expected = wilson(6, 12)!;
  assertClose([value, low!, high!], [0.5, expected.low, expected.high], { absolute: 1e-12 }, "interval");
});

Deno.test("stratifiedShare of draws that are all right has an interval below 1", () => {
  deepEqual(stratifiedShare(new Array(100).fill(1), 4), { ...wilson(100, 100)! });
});

Deno.test("stratifiedShare and stratifiedDifference give no interval without the data for one", () => {
  deepEqual(stratifiedShare([1, 0.5], 2), { value: 0.75 });
  deepEqual(stratifiedDifference([1, 0.5], [0.5, 0.5], 2), { value: 0.25 });
  deepEqual(stratifiedDifference([1, 1, 0, 0], [1, 1, 0, 0], 2), { value: 0 });
});

Deno.test("stratifiedShare holds the truth 95 times in 100, though the pixels of a draw go wrong together", () => {
  // Two images, of which 90 and 70 % of draws come out right, all 35 pixels at once: the truth is 0.8.
  const draws = 200, repeats = 2000, uniform = new Float64Array(draws * repeats);
  fillUniform(uniform, repeats, draws, Uint32Array.from({ length: repeats }, (_, at) => at), {
    seed: 3,
    stream: "analysis",
    epoch: 0,
  });
  let held = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const values = Array.from(
      { length: draws },
      (_, at) => uniform[repeat * draws + at] < (at % 2 === 0 ? 0.9 : 0.7) ? 1 : 0,
    );
    const { low, high } = stratifiedShare(values, 2);
    if (low! <= 0.8 && 0.8 <= high!) held++;
  }
  ok(held / repeats > 0.935 && held / repeats < 0.965, `${held / repeats}`);
});
