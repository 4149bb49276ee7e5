import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { densityAndCoverage } from "../../../src/analysis/novelty/density_coverage.ts";
import { expectedCoverage } from "./expected_coverage.ts";
import { valuePoints } from "../../../src/analysis/points/points.ts";
import { assertClose } from "../../support/close.ts";
import { normalNumbers } from "../../support/numbers.ts";
import { wasm } from "../hand_models.ts";

const measure = (real: ArrayLike<number>, generated: ArrayLike<number>, k: number, dimensions = 1) => {
  const points = (values: ArrayLike<number>) => valuePoints(Float32Array.from(values), dimensions);
  return densityAndCoverage({ engine: wasm, real: points(real), generated: points(generated), k });
};

Deno.test("densityAndCoverage counts balls by hand", () => {
  // Balls with k = 1: 0 -+ 1, 1 -+ 1, 3 -+ 2. Points: 0.5 in two of them, 1.5 in two, 9 in none.
  const { densities, covered } = measure([0, 1, 3], [0.5, 1.5, 9], 1)!;
  deepEqual([[...densities], covered], [[2, 2, 0], 3]);
  // k = 2: 0 -+ 3, 1 -+ 2, 3 -+ 3, each ball worth a half.
  deepEqual(measure([0, 1, 3], [-1.5, 5], 2), { densities: Float64Array.of(0.5, 0.5), covered: 2 });
});

Deno.test("densityAndCoverage leaves out a point on the rim of a ball, as the authors do", () => {
  deepEqual(measure([0, 2], [-2, 4, 2], 1), { densities: Float64Array.of(0, 0, 1), covered: 1 });
});

Deno.test("densityAndCoverage is what a plain loop over all pairs counts", () => {
  const real = normalNumbers(90 * 4, 1), made = normalNumbers(70 * 4, 2, 1.1), k = 3;
  const distance = (a: Float32Array, i: number, b: Float32Array, j: number) =>
    Math.hypot(...[0, 1, 2, 3].map((d) => a[4 * i + d] - b[4 * j + d]));
  const radii = Array.from(
    { length: 90 },
    (_, i) =>
      Array.from({ length: 90 }, (_, j) => i === j ? Infinity : distance(real, i, real, j)).sort((a, b) =>
        a - b
      )[k - 1],
  );
  const inside = (j: number) => radii.map((radius, i) => distance(made, j, real, i) < radius);
  const all = Array.from({ length: 70 }, (_, j) => inside(j));
  const { densities, covered } = measure(real, made, k, 4)!;
  assertClose(densities, all.map((row) => row.filter(Boolean).length / k), { absolute: 1e-12 }, "densities");
  equal(covered, radii.filter((_, i) => all.some((row) => row[i])).length);
});

Deno.test("densityAndCoverage of two samples of one distribution are about 1 and 0.969", () => {
  // Eight pairs of 400 + 400 of N(0, I) in 16 dimensions; the spread of a pair is about 0.07 and 0.012.
  let density = 0, coverage = 0;
  for (let seed = 0; seed < 8; seed++) {
    const numbers = normalNumbers(800 * 16, 10 + seed);
    const { densities, covered } = measure(numbers.subarray(0, 6400), numbers.subarray(6400), 5, 16)!;
    density += densities.reduce((sum, value) => sum + value, 0) / 400 / 8;
    coverage += covered / 400 / 8;
  }
  assertClose([density], [1], { absolute: 0.1 }, "density");
  assertClose([coverage], [expectedCoverage(400, 400, 5)], { absolute: 0.015 }, "coverage");
});

Deno.test("densityAndCoverage see copies of one real point: dense, and hardly covering", () => {
  const real = normalNumbers(100 * 2, 5);
  const { densities, covered } = measure(
    real,
    Array.from({ length: 100 }, () => [real[0], real[1]]).flat(),
    5,
    2,
  )!;
  ok(densities[0] >= 1 / 5 && covered <= 20 && new Set(densities).size === 1);
});

Deno.test("densityAndCoverage of constant images are 0, and undefined where there is nothing to count", () => {
  deepEqual(measure([3, 3, 3], [3, 3], 1), { densities: Float64Array.of(0, 0), covered: 0 });
  equal(measure([1, 2, 3, 4], [], 1), undefined);
  equal(measure([1, 2, 3], [1], 3), undefined);
  equal(measure([], [1], 5), undefined);
});

Deno.test("expectedCoverage follows from which of the other images are nearest", () => {
  // One real image among two, two generated: the nearest of the 3 others is real with a chance of 1 / 3.
  assertClose([expectedCoverage(2, 2, 1)], [2 / 3], { absolute: 1e-12 }, "by hand");
  assertClose([expectedCoverage(1e6, 1e6, 5)], [1 - 1 / 32], { absolute: 1e-5 }, "in the limit");
  assertClose([expectedCoverage(10000, 10000, 5)], [0.9688], { absolute: 5e-5 }, "10,000");
});
