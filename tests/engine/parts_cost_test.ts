import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { leastRows, stepCost } from "../../src/engine/parts/cost.ts";
import { measureSpeed } from "../../src/engine/parts/speed.ts";
import { loadEngine } from "../../src/engine/load.ts";

/** 100 MFLOP per row; 1 million parameters, 4 MB. */
const WORK = { flops: 1e10, parameters: 1e6, rows: 100 };
const MACHINES = { flopRate: 1e11, bandwidth: 1e9, latency: 1e-4 };

const rounded = (seconds: number) => Number((1e6 * seconds).toFixed(3));

Deno.test("stepCost() adds up computing, both halves of the sum and the update", () => {
  const { compute, sum, update, total } = stepCost(WORK, MACHINES, 4);
  // 25 ms; 6 messages of 0.1 ms, 2 x 3 MB at 1 GB/s, 3 MB added at 4 GB/s; 4 MB updated at 2 GB/s.
  deepEqual([compute, sum, update].map(rounded), [25_000, 600 + 6000 + 750, 2000]);
  equal(rounded(total), 34_350);
  deepEqual(rounded(stepCost(WORK, MACHINES, 1).total), 102_000);
});

Deno.test("leastRows() is the batch from which on several processes are faster than one", () => {
  const rows = leastRows(WORK, MACHINES, 4), of = (rows: number) => ({ ...WORK, flops: 1e8 * rows, rows });
  // 7.35 ms to sum; each row saves 0.75 ms.
  equal(rows, 10);
  ok(stepCost(of(10), MACHINES, 4).total < stepCost(of(10), MACHINES, 1).total);
  ok(stepCost(of(9), MACHINES, 4).total > stepCost(of(9), MACHINES, 1).total);
});

Deno.test("measureSpeed() finds a rate between 0.1 and 10,000 GFLOP/s", async () => {
  const rate = measureSpeed(await loadEngine("wasm"));
  ok(rate > 1e8 && rate < 1e13, String(rate));
});
