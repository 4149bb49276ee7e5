import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { type Better, type ComparedRun, compareRuns } from "../../../src/analysis/statistics/comparison.ts";
import { assertClose } from "../../support/close.ts";

/** Runs of one setting, seeds from 1 on; `undefined` is a failed one. */
const runsOf = (label: string, ...errors: (number | undefined)[]): ComparedRun[] =>
  errors.map((mse, at) => ({
    label,
    seed: at + 1,
    metrics: mse === undefined ? undefined : { evaluate: { mse } },
  }));

const against = (base: ComparedRun[], other: ComparedRun[], better: Better = "lower") =>
  compareRuns([...base, ...other], ["evaluate.mse"], { baseline: "base", better: () => better })[1]
    .differences!["evaluate.mse"];

Deno.test("compareRuns() takes differences seed by seed, so that what a seed does to both has no part in them", () => {
  const difference = against(runsOf("base", 1, 5, 9), runsOf("other", 0.9, 4.8, 8.7));
  // The differences are -0.1, -0.2 and -0.3: a mean of -0.2, a standard deviation of 0.1, t = 4.303 of 2 degrees of freedom.
  const half = 4.302653 * 0.1 / Math.sqrt(3);
  assertClose(
    [difference.value, difference.low!, difference.high!],
    [-0.2, -0.2 - half, -0.2 + half],
    { relative: 1e-4 },
    "difference",
  );
  equal(difference.verdict, "tie");
});

Deno.test("compareRuns() pairs the first settings of a label and seed, the second, and so on, around one that failed", () => {
  // Two settings of each label, as of two digits, with three seeds: 1, 2, 3 of the first, then of the second.
  const two = (label: string, first: (number | undefined)[], second: (number | undefined)[]) => [
    ...runsOf(label, ...first),
    ...runsOf(label, ...second),
  ];
  const whole = against(two("base", [1, 2, 3], [10, 20, 30]), two("other", [2, 3, 4], [11, 21, 31]));
  deepEqual([whole.value, whole.low, whole.high], [1, 1, 1]);
  const part = against(two("base", [1, 2, 3], [10, 20, 30]), two("other", [undefined, 3, 4], [11, 21, 31]));
  deepEqual([part.value, part.verdict], [1, "worse"]);
});

for (
  const { name, base, other, better, verdict } of [
    {
      name: "better where lower is",
      base: [1, 2, 3],
      other: [0.5, 1.51, 2.52],
      better: "lower",
      verdict: "better",
    },
    {
      name: "worse where higher is",
      base: [1, 2, 3],
      other: [0.5, 1.51, 2.52],
      better: "higher",
      verdict: "worse",
    },
    {
      name: "only lower where no way is better",
      base: [1, 2, 3],
      other: [0, 1.1, 2],
      better: "none",
      verdict: "lower",
    },
    {
      name: "a tie where the interval holds 0",
      base: [1, 2, 3],
      other: [2, 1, 3.1],
      better: "lower",
      verdict: "tie",
    },
    {
      name: "a tie where nothing differs",
      base: [1, 2, 3],
      other: [1, 2, 3],
      better: "lower",
      verdict: "tie",
    },
    { name: "unknown of two pairs", base: [1, 2], other: [0.5, 1.5], better: "lower", verdict: "unknown" },
    {
      name: "unknown where a run of a pair has failed",
      base: [1, undefined, 3],
      other: [0, 0, 0],
      better: "lower",
      verdict: "unknown",
    },
  ] as const
) {
  Deno.test(`compareRuns() calls a setting ${name}`, () => {
    equal(against(runsOf("base", ...base), runsOf("other", ...other), better).verdict, verdict);
  });
}

Deno.test("compareRuns() compares nothing without a baseline, and never a setting with itself", () => {
  const runs = [...runsOf("base", 1, 2, 3), ...runsOf("other", 1, 2, 3)];
  for (const { differences } of compareRuns(runs, ["evaluate.mse"])) equal(differences, undefined);
  const [base, other] = compareRuns(runs, ["evaluate.mse", "evaluate.kl"], { baseline: "base" });
  equal(base.differences, undefined);
  deepEqual(Object.keys(other.differences!), ["evaluate.mse"]);
  ok(other.means["evaluate.mse"].value === 2);
});
