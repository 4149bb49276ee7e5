import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { IN_ONE_PIECE, leastRows, stepCost } from "../../src/engine/parts/cost.ts";
import { measureSpeed } from "../../src/engine/parts/speed.ts";
import { loadEngine } from "../../src/engine/load.ts";

/** 100 MFLOP per row; 1 million parameters, 4 MB. */
const WORK = { flops: 1e10, parameters: 1e6, rows: 100 };
const MACHINES = { flopRate: 1e11, bandwidth: 1e9, latency: 1e-4 };

const rounded = (seconds: number) => Number((1e6 * seconds).toFixed(3));

Deno.test("stepCost() adds up computing, both halves of the sum and the update", () => {
  const { compute, sum, update, total } = stepCost(WORK, MACHINES, { processes: 4, parts: 4 });
  // 25 ms; 6 messages of 0.1 ms, 2 x 3 MB at 1 GB/s, 3 MB added at 10 GB/s; 4 MB updated at 5 GB/s.
  deepEqual([compute, sum, update].map(rounded), [25_000, 600 + 6000 + 300, 800]);
  equal(rounded(total), 32_700);
  deepEqual(rounded(stepCost(WORK, MACHINES, IN_ONE_PIECE).total), 100_800);
});

Deno.test("stepCost() of processes that share cores of one machine lets them take turns, and sum in memory", () => {
  const machine = { flopRate: 1e11, cores: 2 };
  const of = (processes: number) => {
    const { compute, sum, update } = stepCost(WORK, machine, { processes, parts: processes });
    return [compute, sum, update].map(rounded);
  };
  // 2 or 3 MB added at 10 GB/s, two waits of 20 us, and a half or a quarter of 4 MB updated at 5 GB/s.
  deepEqual(of(1), [100_000, 0, 800]);
  deepEqual(of(2), [50_000, 40 + 200, 400]);
  deepEqual(of(4), [50_000, 40 + 2 * 300, 400]);
});

Deno.test("stepCost() counts what each part of a process but the first writes and adds", () => {
  const of = (parts: number) => stepCost(WORK, MACHINES, { processes: 2, parts }).compute;
  // 4 MB at 3 GB/s for each of 3 parts.
  equal(rounded(of(8) - of(2)), 4000);
});

Deno.test("leastRows() is the batch from which on several processes are faster than one", () => {
  const rows = leastRows(WORK, MACHINES, { processes: 4, parts: 4 }),
    of = (rows: number) => ({ ...WORK, flops: 1e8 * rows, rows });
  // 6.9 ms to sum; each row saves 0.75 ms.
  equal(rows, 10);
  const gain = (rows: number) =>
    stepCost(of(rows), MACHINES, IN_ONE_PIECE).total -
    stepCost(of(rows), MACHINES, { processes: 4, parts: 4 }).total;
  ok(gain(10) > 0 && gain(9) < 0);
});

Deno.test("measureSpeed() finds a rate between 0.1 and 10,000 GFLOP/s", async () => {
  const rate = measureSpeed(await loadEngine("wasm"));
  ok(rate > 1e8 && rate < 1e13, String(rate));
});
