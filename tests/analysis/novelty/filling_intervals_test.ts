import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { densityAndCoverage } from "../../../src/analysis/novelty/density_coverage.ts";
import { expectedCoverage } from "./expected_coverage.ts";
import { fillingIntervals } from "../../../src/analysis/novelty/filling_intervals.ts";
import { meanInterval, wilson } from "../../../src/analysis/statistics/intervals.ts";
import { valuePoints } from "../../../src/analysis/points/points.ts";
import { normalNumbers } from "../../support/numbers.ts";
import { wasm } from "../hand_models.ts";

/** Density and coverage of two sets with their intervals, and with those over one set alone. */
function measure(real: Float32Array, generated: Float32Array, dimensions: number, seed = 1, k = 5) {
  const sets = {
    engine: wasm,
    real: valuePoints(real, dimensions),
    generated: valuePoints(generated, dimensions),
    k,
  };
  const { densities, covered } = densityAndCoverage(sets)!, count = sets.real.count;
  const density = densities.reduce((sum, one) => sum + one, 0) / densities.length;
  const key = { seed, stream: "evaluation" } as const;
  return {
    ...fillingIntervals({ density, coverage: covered / count }, { ...sets, key }),
    oneSided: { density: meanInterval(densities)!, coverage: wilson(covered, count)! },
  };
}

const holds = ({ low, high }: { low?: number; high?: number }, truth: number) =>
  low! <= truth && truth <= high!;

Deno.test("fillingIntervals holds the density of two samples of one distribution in about 95 % of 60 pairs, an interval over one set does not", () => {
  let both = 0, one = 0, coverage = 0;
  const count = 80, dimensions = 16, rounds = 60, truth = expectedCoverage(count, count, 5);
  for (let round = 0; round < rounds; round++) {
    const numbers = normalNumbers(2 * count * dimensions, 100 + round);
    const middle = count * dimensions;
    const found = measure(numbers.subarray(0, middle), numbers.subarray(middle), dimensions);
    both += Number(holds(found.density, 1));
    one += Number(holds(found.oneSided.density, 1));
    coverage += Number(holds(found.coverage, truth));
  }
  ok(both >= 0.87 * rounds, `density: ${both} of ${rounds}`);
  ok(coverage >= 0.87 * rounds, `coverage: ${coverage} of ${rounds}`);
  ok(
    one < 0.85 * rounds,
    `an interval over the generated images alone: ${one} of ${rounds}, over both: ${both}`,
  );
});

Deno.test("fillingIntervals draws the halves from the seed", () => {
  const numbers = normalNumbers(2 * 60 * 4, 3);
  const found = (seed: number) => measure(numbers.subarray(0, 240), numbers.subarray(240), 4, seed);
  deepEqual(found(1), found(1));
  ok(found(1).density.low !== found(2).density.low);
});

Deno.test("fillingIntervals gives a coverage of 0 or 1 an interval too, and a density that no half changes none", () => {
  const real = normalNumbers(40 * 2, 5), far = Float32Array.from({ length: 80 }, () => 100);
  const none = measure(real, far, 2);
  deepEqual([none.density, none.coverage.low], [{ value: 0 }, 0]);
  ok(none.coverage.high! > 0.05 && none.coverage.high! < 0.15, `${none.coverage.high}`);
  const all = measure(real, Float32Array.from(real), 2);
  deepEqual([all.coverage.value, all.coverage.high], [1, 1]);
  ok(all.coverage.low! < 0.95);
});

Deno.test("fillingIntervals gives no interval to sets whose halves are too small", () => {
  const numbers = normalNumbers(11 * 2, 7);
  const { density, coverage } = measure(numbers, numbers, 2);
  equal(density.low, undefined);
  equal(coverage.low, undefined);
});
