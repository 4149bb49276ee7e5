import { ok } from "node:assert/strict";
import { aggregateKlParts } from "../../../src/analysis/latent/kl_parts.ts";
import { fillNormal } from "../../../src/core/random.ts";
import { normalNumbers } from "../../support/numbers.ts";
import { assertClose } from "../../support/close.ts";

const KEY = { seed: 3, stream: "analysis", epoch: 0 } as const;

Deno.test("aggregateKlParts() of two posteriors is what a formula gives, draw by draw", () => {
  const mean = Float32Array.of(-1, 0.5, 2, 0), logVariance = Float32Array.of(0, -0.5, 0.25, 0.5);
  const epsilon = new Float32Array(4);
  fillNormal(epsilon, 2, 2, [0, 1], KEY);
  const density = (z: number, at: number) =>
    Math.exp(-0.5 * (z - mean[at]) ** 2 / Math.exp(logVariance[at])) /
    Math.sqrt(2 * Math.PI * Math.exp(logVariance[at]));
  const expected = [0, 0, 0];
  for (const row of [0, 1]) {
    const z = [0, 1].map((k) =>
      mean[2 * row + k] + Math.exp(logVariance[2 * row + k] / 2) * epsilon[2 * row + k]
    );
    const of = (sample: number) => density(z[0], 2 * sample) * density(z[1], 2 * sample + 1);
    const joint = (of(0) + of(1)) / 2;
    const each = [0, 1].map((k) => (density(z[k], k) + density(z[k], 2 + k)) / 2);
    const prior = z.reduce((product, one) => product * Math.exp(-one * one / 2) / Math.sqrt(2 * Math.PI), 1);
    expected[0] += Math.log(of(row) / joint) / 2;
    expected[1] += Math.log(joint / (each[0] * each[1])) / 2;
    expected[2] += Math.log(each[0] * each[1] / prior) / 2;
  }
  const { mutualInformation, totalCorrelation, dimensionKl } = aggregateKlParts({
    mean,
    logVariance,
    latent: 2,
    draws: 9,
    key: KEY,
  });
  assertClose([mutualInformation, totalCorrelation, dimensionKl], expected, { relative: 1e-6 }, "parts");
});

Deno.test("aggregateKlParts() finds the total correlation of a Gaussian, -0.5 log(1 - r^2), and none of an independent one", () => {
  // 2,000 means of correlation r with a small posterior make a Gaussian of that correlation.
  const samples = 2000, r = 0.9, numbers = normalNumbers(2 * samples, 1), small = Math.log(0.05);
  const of = (mix: (a: number, b: number) => number) =>
    aggregateKlParts({
      mean: Float32Array.from(numbers, (value, at) => at % 2 === 0 ? value : mix(numbers[at - 1], value)),
      logVariance: new Float32Array(2 * samples).fill(small),
      latent: 2,
      draws: 2000,
      key: KEY,
    });
  const correlation = r / 1.05, expected = -0.5 * Math.log(1 - correlation ** 2);
  const dependent = of((a, b) => r * a + Math.sqrt(1 - r * r) * b), independent = of((_a, b) => b);
  ok(Math.abs(dependent.totalCorrelation - expected) < 0.05, `${dependent.totalCorrelation} vs ${expected}`);
  ok(Math.abs(independent.totalCorrelation) < 0.05, `${independent.totalCorrelation}`);
  ok(dependent.dimensionKl < 0.05 && dependent.mutualInformation > 1);
});
