import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { auroc, midRanks, rocPoints, thinned } from "../../src/analysis/roc.ts";
import { assertClose } from "../support/close.ts";
import { chooser } from "../support/numbers.ts";

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

Deno.test("auroc() counts the pairs that stand the right way round, ties half", () => {
  // Of the six pairs 4 are right, 1 is a tie: (4 + 0.5) / 6.
  equal(auroc([1, 2, 4], [2, 5]).value, 4.5 / 6);
  equal(auroc([1, 2], [3, 4]).value, 1);
  equal(auroc([3, 4], [1, 2]).value, 0);
  equal(auroc([7, 7, 7], [7, 7]).value, 0.5);
});

Deno.test("auroc() gives DeLong's standard error, worked out by hand", () => {
  // Placements: 2 has (1 + 1/2) / 3 = 1/2, 5 has 1; 1 has 1, 2 has (1/2 + 1) / 2 = 3/4, 4 has 1/2.
  const { standardError, interval } = auroc([1, 2, 4], [2, 5]);
  const expected = Math.sqrt(0.125 / 2 + 0.0625 / 3);
  assertClose([standardError!], [expected], { absolute: 1e-12 }, "standard error");
  assertClose(interval!, [0.75 - 1.959964 * expected, 1], { absolute: 1e-6 }, "interval");
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

Deno.test("auroc() has no interval with a single sample in a group, and an infinite score is only the highest", () => {
  deepEqual(auroc([1], [2, 3]), { value: 1 });
  equal(auroc([1, 2], [Infinity, 1.5]).value, 0.75);
});

Deno.test("auroc() refuses an empty group and a score that is no number", () => {
  throws(() => auroc([], [1]), {
    message:
      "Cannot rank scores as the normal samples must be at least one, with a number each: current value is none",
  });
  throws(() => auroc([1], [0, NaN]), /anomalous samples .* NaN at 1/);
  throws(() => rocPoints([1], []), /anomalous samples .* none/);
});

Deno.test("midRanks() shares the mean of the ranks among equal values", () => {
  deepEqual([...midRanks([10, 5, 10, 1, 10])], [4, 2, 4, 1, 4]);
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
  const few = thinned(points, 10);
  ok(few.length <= 12);
  deepEqual([few[0], few.at(-1)], [points[0], points.at(-1)]);
});
