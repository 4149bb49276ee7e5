import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import {
  aggregateReport,
  logDeterminantOf,
  neighbourAccuracy,
} from "../../../src/analysis/latent/latent_report.ts";
import { meanSmoothness, smoothnessOf } from "../../../src/analysis/latent/smoothness.ts";
import { linearPath } from "../../../src/analysis/latent/latent_space.ts";
import { fillNormal } from "../../../src/core/random.ts";
import { assertClose } from "../../support/close.ts";
import { wasm } from "../hand_models.ts";

Deno.test("neighbourAccuracy() is the share of test points whose neighbours name their class", () => {
  const train = { points: [0, 1, 10, 11], labels: [0, 0, 1, 1] };
  const splits = { train, test: { points: [0.4, 9, 12, 2], labels: [0, 1, 1, 1] }, dimensions: 1 };
  equal(neighbourAccuracy(wasm, splits, 1), 0.75);
  // More neighbours than there are points: all four vote, and of the even classes that of the nearest wins.
  equal(neighbourAccuracy(wasm, splits, 9), 0.75);
  equal(neighbourAccuracy(wasm, { ...splits, test: { points: [], labels: [] } }, 1), undefined);
  equal(neighbourAccuracy(wasm, { ...splits, train: { points: [], labels: [] } }, 1), undefined);
});

Deno.test("aggregateReport() adds the variance of the means to the mean of the variances", () => {
  // Means 1 and -1, 0 and 0; variances 0.5 and 1.5, 0.25 and 0.25.
  const log = Math.log,
    { dimensions, covariance, largestCorrelation, gapToPrior } = aggregateReport(
      [1, 0, -1, 0],
      2,
      [log(0.5), log(0.25), log(1.5), log(0.25)],
    );
  const [first, second] = dimensions;
  assertClose([first.mean, first.varianceOfMeans, first.meanVariance, first.variance], [0, 1, 1, 2], {
    absolute: 1e-12,
  }, "first");
  assertClose(
    [second.mean, second.varianceOfMeans, second.meanVariance, second.variance],
    [0, 0, 0.25, 0.25],
    { absolute: 1e-12 },
    "second",
  );
  const kl = (mean: number, variance: number) => 0.5 * (mean ** 2 + variance - 1 - log(variance));
  assertClose(
    [first.kl!, second.kl!],
    [(kl(1, 0.5) + kl(-1, 1.5)) / 2, kl(0, 0.25)],
    { absolute: 1e-12 },
    "kl",
  );
  deepEqual([first.active, second.active], [true, false]);
  assertClose(covariance, [2, 0, 0, 0.25], { absolute: 1e-12 }, "covariance");
  equal(largestCorrelation, 0);
  assertClose([gapToPrior!], [0.5 * (2.25 - 2 - log(0.5))], { absolute: 1e-12 }, "gap");
});

Deno.test("aggregateReport() has no gap for posteriors that are the prior, and none for points on a line", () => {
  const { gapToPrior } = aggregateReport([0, 0, 0, 0], 2, [0, 0, 0, 0]);
  assertClose([gapToPrior!], [0], { absolute: 1e-12 }, "gap");
  const line = aggregateReport([0, 0, 1, 2, 2, 4, 3, 6], 2);
  equal(line.gapToPrior, undefined);
  assertClose([line.largestCorrelation], [1], { absolute: 1e-12 }, "correlation");
  equal(line.dimensions[0].kl, undefined);
});

Deno.test("aggregateReport() of one dimension and of one image is all numbers", () => {
  const { dimensions: [only], largestCorrelation, gapToPrior } = aggregateReport([3], 1);
  deepEqual(only, { mean: 3, varianceOfMeans: 0, meanVariance: 0, variance: 0, active: false });
  deepEqual([largestCorrelation, gapToPrior], [0, undefined]);
});

Deno.test("logDeterminantOf() agrees with a determinant worked out by hand", () => {
  assertClose(
    [logDeterminantOf(Float64Array.of(4, 2, 2, 3), 2)!],
    [Math.log(8)],
    { absolute: 1e-12 },
    "2 x 2",
  );
  equal(logDeterminantOf(Float64Array.of(1, 2, 2, 1), 2), undefined);
});

Deno.test("aggregateReport() of many draws of the prior comes to the prior", () => {
  const points = new Float32Array(20_000 * 3);
  fillNormal(points, 20_000, 3, Array.from({ length: 20_000 }, (_, row) => row), {
    seed: 1,
    stream: "noise",
    epoch: 0,
  });
  const { gapToPrior, largestCorrelation } = aggregateReport(points, 3);
  ok(gapToPrior! < 0.001 && largestCorrelation < 0.03, `${gapToPrior}, ${largestCorrelation}`);
});

Deno.test("smoothnessOf() is 1 and 1 on an even straight path, and higher for a detour and a jump", () => {
  const { stretch, worstStep } = smoothnessOf(linearPath([0, 0], [1, 3], 5).flat(), 2)!;
  assertClose([stretch, worstStep], [1, 1], { absolute: 1e-12 }, "straight");
  // Along two sides of a square of side 1, then nothing for a step.
  const corner = smoothnessOf([0, 0, 0, 1, 1, 1, 1, 1], 2)!;
  assertClose(
    [corner.stretch, corner.worstStep],
    [2 / Math.SQRT2, 1 / (2 / 3)],
    { absolute: 1e-12 },
    "corner",
  );
});

Deno.test("smoothnessOf() leaves out a path that comes back, and meanSmoothness() what was left out", () => {
  equal(smoothnessOf([1, 5, 1], 1), undefined);
  equal(smoothnessOf([1, 1, 1], 1), undefined);
  deepEqual(meanSmoothness([undefined, { stretch: 1, worstStep: 2 }, { stretch: 3, worstStep: 4 }]), {
    stretch: 2,
    worstStep: 3,
  });
  equal(meanSmoothness([undefined]), undefined);
});
