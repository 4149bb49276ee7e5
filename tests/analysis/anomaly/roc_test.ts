import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { auroc, aurocDifference, rocPoints, thinnedRoc } from "../../../src/analysis/anomaly/roc.ts";
import { assertClose } from "../../support/close.ts";
import { chooser } from "../../support/numbers.ts";

/** Draws from N(0, 1), by Box and Muller. */
function normals(seed: number): () => number {
  const choose = chooser(seed), uniform = () => (choose(2 ** 30) + 0.5) / 2 ** 30;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** The chance that N(0, 1) lies below x, by Simpson's rule. */
function normalBelow(x: number): number {
  const steps = 200, width = x / steps;
  const density = (at: number) => Math.exp(-at * at / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let step = 1; step < steps; step++) sum += (step % 2 === 1 ? 4 : 2) * density(step * width);
  return 0.5 + sum * width / 3;
}

/** The definition, pair by pair. */
function byPairs(normal: number[], anomalous: number[]): { value: number; standardError: number } {
  const psi = (x: number, y: number) => x > y ? 1 : x === y ? 0.5 : 0;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: number[]) =>
    values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);
  const v10 = anomalous.map((x) => mean(normal.map((y) => psi(x, y))));
  const v01 = normal.map((y) => mean(anomalous.map((x) => psi(x, y))));
  const error = Math.sqrt(variance(v10) / anomalous.length + variance(v01) / normal.length);
  return { value: mean(v10), standardError: error };
}

Deno.test("auroc() counts the pairs in the right order, ties half", () => {
  // Of the six pairs 4 are right, 1 is a tie: (4 + 0.5) / 6.
  equal(auroc([1, 2, 4], [2, 5]).value, 4.5 / 6);
  equal(auroc([1, 2], [3, 4]).value, 1);
  equal(auroc([3, 4], [1, 2]).value, 0);
  equal(auroc([7, 7, 7], [7, 7]).value, 0.5);
});

Deno.test("auroc() gives DeLong's standard error, worked out by hand", () => {
  // Placements: 2 has (1 + 1/2) / 3 = 1/2, 5 has 1; 1 has 1, 2 has (1/2 + 1) / 2 = 3/4, 4 has 1/2.
  const { standardError } = auroc([1, 2, 4], [2, 5]);
  const expected = Math.sqrt(0.125 / 2 + 0.0625 / 3);
  assertClose([standardError!], [expected], { absolute: 1e-12 }, "standard error");
});

Deno.test("auroc() agrees with its definition on random scores with many ties", () => {
  const choose = chooser(3);
  for (const [n, m] of [[2, 2], [40, 25], [7, 90]]) {
    const normal = Array.from({ length: n }, () => choose(12)),
      anomalous = Array.from({ length: m }, () => 3 + choose(12));
    const { value, standardError } = auroc(normal, anomalous), expected = byPairs(normal, anomalous);
    assertClose(
      [value, standardError!],
      [expected.value, expected.standardError],
      { absolute: 1e-12 },
      `${n}, ${m}`,
    );
  }
});

Deno.test("auroc() gives Newcombe's interval by method 5 for groups that do not overlap", () => {
  const apart = (count: number) => Array.from({ length: count }, (_, at) => at);
  const { value, standardError, interval: [low, high] } = auroc(
    apart(10),
    apart(10).map((score) => 10 + score),
  );
  deepEqual([value, standardError, high], [1, 0, 1]);
  assertClose([low], [0.80021], { absolute: 1e-5 }, "low");
  // The mirror image has the mirrored interval.
  const mirrored = auroc(apart(10).map((score) => 10 + score), apart(10));
  assertClose([...mirrored.interval], [0, 1 - low], { absolute: 1e-9 }, "mirrored");
});

Deno.test("auroc() changes to DeLong's interval for large groups that overlap", () => {
  const chance = normals(5);
  const normal = Array.from({ length: 3000 }, chance),
    anomalous = Array.from({ length: 1000 }, () => 1 + chance());
  const { value, standardError, interval } = auroc(normal, anomalous);
  const wald = [-1, 1].map((side) => value + side * 1.959964 * standardError!);
  assertClose([...interval], wald, { absolute: 0.1 * standardError! }, "interval");
});

Deno.test("auroc() has an interval with a single sample in a group, and an infinite score is only the highest", () => {
  const { value, standardError, interval } = auroc([1], [2, 3]);
  deepEqual([value, standardError, interval[1]], [1, undefined, 1]);
  ok(interval[0] > 0 && interval[0] < 0.5, `low is ${interval[0]}`);
  equal(auroc([1, 2], [Infinity, 1.5]).value, 0.75);
});

Deno.test("auroc() holds the true area in at least 92 % of 400 samples, however few and however well separated they are", () => {
  const rounds = 400, chance = normals(11);
  for (const [n, m] of [[5, 5], [10, 10], [10, 40], [40, 40]]) {
    for (const shift of [0.8, 1.8, 2.7, 3.3]) {
      const truth = normalBelow(shift / Math.SQRT2);
      let held = 0, waldHeld = 0;
      for (let round = 0; round < rounds; round++) {
        const normal = Array.from({ length: n }, chance);
        const { value, standardError, interval: [low, high] } = auroc(
          normal,
          Array.from({ length: m }, () => shift + chance()),
        );
        ok(low < high && low <= value && value <= high);
        if (low <= truth && truth <= high) held++;
        if (Math.abs(value - truth) <= 1.959964 * standardError!) waldHeld++;
      }
      ok(held >= 0.92 * rounds, `${n} and ${m} at ${truth.toFixed(3)}: ${held} of ${rounds}`);
      // The interval that this one replaces does not, which shows that the test can fail.
      if (n === 5 && shift === 2.7) ok(waldHeld < 0.6 * rounds, `${waldHeld}`);
    }
  }
});

Deno.test("auroc() refuses an empty group and a score that is no number", () => {
  throws(() => auroc([], [1]), {
    message: "normal samples must be at least 1, without NaN, got none",
  });
  throws(() => auroc([1], [0, NaN]), /anomalous samples .* NaN at 1/);
  throws(() => rocPoints([1], []), /anomalous samples .* none/);
});

Deno.test("rocPoints() go from (0, 0) to (1, 1), and the area below them is the AUROC", () => {
  const normal = [1, 2, 4, 4, 0], anomalous = [2, 5, 4];
  const points = rocPoints(normal, anomalous);
  deepEqual(points.map(({ falseAlarms, found }) => [falseAlarms, found]), [
    [0, 0],
    [0, 1 / 3],
    [2 / 5, 2 / 3],
    [3 / 5, 1],
    [4 / 5, 1],
    [1, 1],
  ]);
  const area = points.slice(1).reduce((sum, point, before) => {
    const { falseAlarms, found } = points[before];
    return sum + (point.falseAlarms - falseAlarms) * (point.found + found) / 2;
  }, 0);
  assertClose([area], [auroc(normal, anomalous).value], { absolute: 1e-12 }, "area");
});

Deno.test("thinned() keeps both ends of a curve", () => {
  const points = rocPoints(Array.from({ length: 999 }, (_, i) => i), [2000]);
  const few = thinnedRoc(points, 10);
  ok(few.length <= 12);
  deepEqual([few[0], few.at(-1)], [points[0], points.at(-1)]);
});

Deno.test("aurocDifference() of many samples has DeLong's interval, paired by sample, or a little more", () => {
  const choose = chooser(5),
    draw = (length: number, from: number) => Array.from({ length }, () => from + choose(12));
  const normal = draw(400, 0), anomalous = draw(250, 3);
  // A second score that follows the first closely.
  const blur = (scores: number[]) => scores.map((score) => score + choose(3));
  const otherNormal = blur(normal), otherAnomalous = blur(anomalous);
  const { value, low, high } = aurocDifference([normal, anomalous], [otherNormal, otherAnomalous]);
  const expected = auroc(normal, anomalous).value - auroc(otherNormal, otherAnomalous).value;
  assertClose([value], [expected], { absolute: 1e-12 }, "difference");
  const psi = (x: number, y: number) => x > y ? 1 : x === y ? 0.5 : 0;
  const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const variance = (values: number[]) =>
    values.reduce((sum, one) => sum + (one - mean(values)) ** 2, 0) / (values.length - 1);
  const v10 = anomalous.map((x, i) =>
    mean(normal.map((y, j) => psi(x, y) - psi(otherAnomalous[i], otherNormal[j])))
  );
  const v01 = normal.map((y, j) =>
    mean(anomalous.map((x, i) => psi(x, y) - psi(otherAnomalous[i], otherNormal[j])))
  );
  const half = 1.959964 * Math.sqrt(variance(v10) / 250 + variance(v01) / 400);
  // Those of the areas are not symmetric, which widens it a little.
  const ratio = (high - low) / (2 * half);
  ok(ratio > 1 && ratio < 1.2 && low < expected && high > expected, String(ratio));
  // Apart, the two areas would have an interval several times as wide.
  const apart = Math.hypot(
    auroc(normal, anomalous).standardError!,
    auroc(otherNormal, otherAnomalous).standardError!,
  );
  ok(high - low < 2 * 1.96 * apart / 2, `${high - low} against ${2 * 1.96 * apart}`);
});

Deno.test("aurocDifference() of two scores that part five images perfectly is 0, and not without doubt", () => {
  const { value, low, high } = aurocDifference([[1, 2], [3, 4, 5]], [[10, 20], [30, 50, 40]]);
  equal(value, 0);
  ok(low < -0.2 && high > 0.2, `${low} to ${high}`);
});

Deno.test("aurocDifference() of a single sample in a group has an interval that holds the difference", () => {
  const { value, low, high } = aurocDifference([[1], [2, 3]], [[2], [1, 3]]);
  equal(value, 0.5);
  ok(low < 0.5 && high > 0.5);
});

Deno.test("aurocDifference() refuses scores of different samples", () => {
  throws(() => aurocDifference([[1, 2], [3]], [[1, 2], [3, 4]]), {
    message: "aurocDifference: both scores must be of the same 1 anomalous and 2 normal samples, got 2 and 2",
  });
});
