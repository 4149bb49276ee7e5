import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import {
  meanInterval,
  spearman,
  spearmanWithin,
  wilson,
} from "../../../src/analysis/statistics/intervals.ts";
import { middleRanks, rankSumZ } from "../../../src/analysis/statistics/ranks.ts";
import { auroc } from "../../../src/analysis/anomaly/roc.ts";
import { studentQuantile, studentWithin } from "../../../src/analysis/statistics/student.ts";
import { quantile } from "../../../src/core/statistics.ts";
import { assertClose } from "../../support/close.ts";
import { normalNumbers, uniformNumbers } from "../../support/numbers.ts";

Deno.test("wilson gives the published intervals of a share", () => {
  // Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3.
  for (
    const [successes, trials, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ]
  ) {
    const estimate = wilson(successes, trials)!;
    assertClose([estimate.low, estimate.high], [low, high], { absolute: 5e-5 }, `${successes} of ${trials}`);
    equal(estimate.value, successes / trials);
  }
});

Deno.test("wilson is as wide for none of ten as for all of them", () => {
  const none = wilson(0, 10)!, all = wilson(10, 10)!;
  assertClose(
    [none.low, none.high, all.low, all.high],
    [0, 0.27753, 1 - 0.27753, 1],
    { absolute: 1e-5 },
    "ends",
  );
});

Deno.test("wilson stays within 0 and 1 and mirrors successes and failures", () => {
  deepEqual([wilson(0, 7)!.low, wilson(7, 7)!.high], [0, 1]);
  const few = wilson(2, 9)!, many = wilson(7, 9)!;
  assertClose([few.low, few.high], [1 - many.high, 1 - many.low], { absolute: 1e-15 }, "mirrored");
  equal(wilson(0, 0), undefined);
});

Deno.test("studentQuantile gives the values of the printed tables", () => {
  const table = [[1, 12.706], [2, 4.303], [3, 3.182], [4, 2.776], [10, 2.228], [29, 2.045], [30, 2.042], [
    120,
    1.98,
  ]];
  for (const [v, t] of table) assertClose([studentQuantile(0.95, v)], [t], { absolute: 5.1e-4 }, `t of ${v}`);
  assertClose([studentQuantile(0.95, 99999)], [1.959988], { absolute: 1e-6 }, "nearly normal");
  assertClose(
    [studentWithin(1, 1), studentWithin(Math.SQRT2, 2)],
    [0.5, Math.SQRT1_2],
    { absolute: 1e-12 },
    "within",
  );
});

Deno.test("meanInterval is the mean and Student's interval, by hand", () => {
  // s = sqrt(10 / 4), t(4) = 2.77645.
  const { value, low, high } = meanInterval([1, 2, 3, 4, 5])!, half = 2.776445 * Math.sqrt(2.5 / 5);
  assertClose([value, low!, high!], [3, 3 - half, 3 + half], { absolute: 1e-5 }, "interval");
  deepEqual(meanInterval([7, 7, 7]), { value: 7, low: 7, high: 7 });
  deepEqual(meanInterval([7]), { value: 7 });
  equal(meanInterval([]), undefined);
});

Deno.test("meanInterval holds the true mean in about 95 % of 1,000 samples of five", () => {
  const numbers = normalNumbers(5000, 4);
  let held = 0;
  for (let at = 0; at < 5000; at += 5) {
    const { low, high } = meanInterval(numbers.subarray(at, at + 5))!;
    if (low! <= 0 && high! >= 0) held++;
  }
  // Four standard errors.
  ok(Math.abs(held - 950) < 28, `${held}`);
});

Deno.test("middleRanks count from 1 and share the middle of equal numbers", () => {
  deepEqual([...middleRanks([30, 10, 20, 10, 10])], [5, 2, 4, 2, 2]);
  deepEqual([...middleRanks([10, 5, 10, 1, 10])], [4, 2, 4, 1, 4]);
  deepEqual([...middleRanks([Infinity, 0, Infinity, -Infinity])], [3.5, 2, 3.5, 1]);
  deepEqual([...middleRanks([])], []);
});

Deno.test("spearman is 1 for any rising curve, -1 for any falling one, and averages ties", () => {
  deepEqual([spearman([1, 2, 3], [1, 10, 1000])!.value, spearman([1, 2, 3], [5, 4, 0])!.value], [1, -1]);
  // Ranks (1, 2.5, 2.5, 4) and (1, 3, 2, 4): 4.5 / sqrt(4.5 * 5).
  assertClose(
    [spearman([1, 2, 2, 3], [1, 3, 2, 4])!.value],
    [4.5 / Math.sqrt(4.5 * 5)],
    { absolute: 1e-12 },
    "ties",
  );
});

Deno.test("spearman gives the textbook's value, and an interval by Bonett and Wright", () => {
  // IQ and hours of television (Wikipedia's worked example): -29/165.
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110], hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  const { value, low, high } = spearman(iq, hours)!;
  assertClose([value], [-29 / 165], { absolute: 1e-12 }, "rho");
  const half = 1.959964 * Math.sqrt((1 + (29 / 165) ** 2 / 2) / 7), z = Math.atanh(-29 / 165);
  assertClose([low!, high!], [Math.tanh(z - half), Math.tanh(z + half)], { absolute: 1e-6 }, "interval");
});

Deno.test("spearman gives a perfect correlation of few pairs an interval that is not 1 to 1", () => {
  const rising = (n: number) => Array.from({ length: n }, (_, at) => at);
  const five = spearman(rising(5), rising(5))!, many = spearman(rising(500), rising(500))!;
  deepEqual([five.value, five.high], [1, 1]);
  ok(five.low! > 0 && five.low! < 0.9, `${five.low}`);
  ok(many.low! > 0.999);
  const falling = spearman(rising(5), rising(5).reverse())!;
  deepEqual([falling.low, falling.high], [-1, -five.low!]);
  const within = spearmanWithin([{ first: rising(5), second: rising(5) }])!;
  ok(within.low! < 1 && within.high === 1, `${within.low}`);
});

Deno.test("spearman has no interval below 4 pairs, and is undefined where one side is constant", () => {
  equal(spearman([1, 2, 3], [1, 3, 2])!.low, undefined);
  equal(spearman([1, 2, 3, 4], [5, 5, 5, 5]), undefined);
  equal(spearman([], []), undefined);
  equal(spearman([1], [2]), undefined);
});

Deno.test("spearmanWithin has no part of what differs between groups", () => {
  // Each group falls, the second lies above the first in both: together they rise.
  const groups = [
    { first: [1, 2, 3, 4, 5], second: [5, 4, 3, 2, 1] },
    { first: [11, 12, 13, 14, 15], second: [15, 14, 13, 12, 11] },
  ];
  ok(
    spearman([...groups[0].first, ...groups[1].first], [...groups[0].second, ...groups[1].second])!.value >
      0.4,
  );
  const { value, low, high } = spearmanWithin(groups)!;
  deepEqual([value, low], [-1, -1]);
  ok(high! > -1 && high! < -0.8, `${high}`);
});

Deno.test("spearmanWithin weighs groups by their pairs, and leaves out those that have no interval", () => {
  // rho = 0.8 of four pairs, 0.3 of five.
  const groups = [
    { first: [1, 2, 3, 4], second: [1, 2, 4, 3] },
    { first: [1, 2, 3, 4, 5], second: [3, 1, 4, 5, 2] },
    { first: [1, 2, 3], second: [3, 2, 1] },
    { first: [1, 2, 3, 4], second: [7, 7, 7, 7] },
  ];
  const other = spearman(groups[1].first, groups[1].second)!.value;
  const half = 1.959964 *
    Math.sqrt(16 * 0.36 ** 2 * 1.32 + 25 * (1 - other ** 2) ** 2 * (1 + other ** 2 / 2) / 2) / 9;
  const { value, low, high } = spearmanWithin(groups)!;
  assertClose([value], [(3.2 + 5 * other) / 9], { absolute: 1e-12 }, "value");
  assertClose(
    [low!, high!],
    [Math.max(-1, value - half), Math.min(1, value + half)],
    { absolute: 1e-6 },
    "interval",
  );
  equal(spearmanWithin(groups.slice(2)), undefined);
});

Deno.test("rankSumZ is z by its formula, and auroc the same count of pairs as an area", () => {
  const x = uniformNumbers(30, 1).map((value) => Math.round(8 * value)),
    y = uniformNumbers(20, 2).map((value) => Math.round(9 * value));
  let u = 0;
  for (const a of x) for (const b of y) u += a > b ? 1 : a === b ? 0.5 : 0;
  assertClose([auroc(y, x).value], [u / 600], { absolute: 1e-12 }, "area");
  // Without ties: ranks 1, 2, 4 of 5: U = 7 - 6 = 1, mean 3, variance 3 * 2 * 6 / 12 = 3.
  assertClose([rankSumZ([1, 2, 4], [3, 5])!], [(1 - 3) / Math.sqrt(3)], { absolute: 1e-12 }, "z");
  // With ties: 1, 1 | 1, 2: ranks 2, 2, 2, 4, U = 1, mean 2, variance 4 / 12 (5 - 24 / 12) = 1.
  assertClose([rankSumZ([1, 1], [1, 2])!], [-1], { absolute: 1e-12 }, "z with ties");
});

Deno.test("rankSumZ calls equal numbers even, and is undefined for an empty group", () => {
  equal(rankSumZ([3, 3], [3, 3, 3]), 0);
  equal(rankSumZ([], [1]), undefined);
  equal(rankSumZ([1], []), undefined);
});

Deno.test("quantile draws straight lines between sorted numbers", () => {
  deepEqual([0, 0.25, 0.5, 0.9, 1].map((share) => quantile([10, 20, 30, 40, 50], share)), [
    10,
    20,
    30,
    46,
    50,
  ]);
  equal(quantile([7], 0.99), 7);
});
