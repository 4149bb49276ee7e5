import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { interleave } from "../../bench/interleave.ts";
import { CASES, flopsOf } from "../../bench/steps/cases.ts";
import { rowsOf } from "../../bench/steps/rows.ts";

Deno.test("rowsOf() compares every engine with tfjs wasm and the best of PyTorch's and JAX's modes", () => {
  const measured = [
    { engine: "native", threads: 2, medianMs: 2 },
    { engine: "tfjs wasm", threads: 1, medianMs: 80 },
    { engine: "pytorch compiled", threads: 1, medianMs: 3 },
    { engine: "pytorch", threads: 2, medianMs: 5 },
    { engine: "jax jit", threads: 2, medianMs: 5 },
    { engine: "jax scan", threads: 2, medianMs: 4 },
    { engine: "jax-js", threads: 2, medianMs: 1 },
  ];
  const [native, , , pytorch] = rowsOf("B", 4e8, measured, new Map([[1, 100], [2, 250]]));
  deepEqual(native, {
    step: "B",
    engine: "native",
    threads: 2,
    medianMs: 2,
    gflops: 200,
    peakGflops: 250,
    ratioToTfjsWasm: 40,
    ratioToPytorch: 1.5,
    ratioToJax: 2,
  });
  equal(pytorch.ratioToPytorch, 0.6);
});

Deno.test("rowsOf() has no ratio to a peer that is missing", () => {
  const [row] = rowsOf("A", 1e6, [{ engine: "wasm", threads: 1, medianMs: 1 }], new Map());
  deepEqual([row.peakGflops, row.ratioToTfjsWasm, row.ratioToPytorch, row.ratioToJax], [
    ...[null, null, null, null],
  ]);
});

Deno.test("flopsOf() counts six operations for each weight, row and place of a kernel", () => {
  equal(flopsOf(CASES[0]), 6 * 32 * 6100);
  const residual = CASES.find(({ name }) => name === "F")!;
  equal(flopsOf(residual), 6 * 64 * 784 * (9 * 32 + 4 * 288 * 32 + 288));
});

Deno.test("interleave() gives the median time of a step in the order of the contestants", async () => {
  const contestant = (name: string, milliseconds: number) => ({
    name,
    run: (steps: number) => steps * milliseconds,
  });
  const medians = await interleave([contestant("slow", 8), contestant("quick", 2)], {
    rounds: 1,
    warmUp: 20,
  });
  deepEqual(medians, [8, 2]);
});
