import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { RunEvent } from "../../../src/pipeline/events.ts";
import { chartScale, lossChart, pointsBehind } from "../../../src/ui/drawing/chart.ts";
import { otherRunLines } from "../../../src/ui/panels/compare.ts";
import { type Comparison, monitoredAt, otherTraining } from "../../../src/ui/view/comparison.ts";
import { initialView } from "../../../src/run/fold/fold.ts";
import { reduce } from "../../../src/ui/view/reduce.ts";
import { currentTraining, type TrainingView } from "../../../src/run/fold/view.ts";
import { digitRun } from "../fake_run.ts";

const [run, , , started, training, firstEpoch] = digitRun();

/** A run with these validation losses; its training losses are ten times as high. */
function runOf(values: number[], unit = "nats/sample"): Comparison {
  const events = values.map((validation, index) => ({
    ...firstEpoch,
    epoch: index + 1,
    loss: 10 * validation,
    validation,
    best: Math.min(...values.slice(0, index + 1)),
    bestEpoch: 1 + values.indexOf(Math.min(...values.slice(0, index + 1))),
  }));
  const all = [run, started, { ...training, unit }, ...events] as RunEvent[];
  return { name: "before", view: all.reduce(reduce, initialView()) };
}
const trainingOf = (values: number[]) => currentTraining(runOf(values).view)!;

const TABLE: { name: string; mine: number[]; other: Comparison; lines: string[] }[] = [
  {
    name: "shows by how much it is better at the same epoch",
    mine: [9, 7],
    other: runOf([9, 8, 6]),
    lines: ["┈ before     6 at epoch 3", "  better by 1 at epoch 2"],
  },
  {
    name: "shows by how much it is worse",
    mine: [9, 8.5],
    other: runOf([9, 8, 6]),
    lines: ["┈ before     6 at epoch 3", "  worse by 0.50000 at epoch 2"],
  },
  {
    name: "reports a tie",
    mine: [9, 8],
    other: runOf([9, 8]),
    lines: ["┈ before     8 at epoch 2", "  the same at epoch 2"],
  },
  {
    name: "stops where the other ended",
    mine: [9, 8, 7],
    other: runOf([9, 8]),
    lines: ["┈ before     8 at epoch 2", "  it ended at epoch 2"],
  },
  {
    name: "does not compare different units",
    mine: [9, 8],
    other: runOf([9, 8], "squared error"),
    lines: ["┈ before     8 at epoch 2", "  their losses have different units"],
  },
  {
    name: "reports that the other has no epoch",
    mine: [9],
    other: runOf([]),
    lines: ["┈ before     has no epoch"],
  },
];
for (const { name, mine, other, lines } of TABLE) {
  Deno.test(`comparisonLines ${name}`, () => {
    deepEqual(otherRunLines(trainingOf(mine), other, { width: 60, level: 0 }), lines);
  });
}

Deno.test("comparisonLines keeps the end of a long name, which distinguishes runs", () => {
  const other = { ...runOf([9]), name: "20261123-220700-77b1" };
  equal(otherRunLines(trainingOf([9]), other, { width: 30, level: 0 })[0], "┈ …0700-77b1 9 at 1");
});

Deno.test("monitoredAt finds the value of an epoch, and of merged epochs their last", () => {
  const { history } = trainingOf([9, 8, 7]);
  equal(monitoredAt(history, 2, "validation"), 8);
  equal(monitoredAt(history, 2, "loss"), 80);
  equal(monitoredAt(history, 4, "loss"), undefined);
  const long = trainingOf(Array.from({ length: 2100 }, (_, index) => index + 1)).history;
  deepEqual([long.stride, monitoredAt(long, 1, "validation"), monitoredAt(long, 2, "validation")], [2, 2, 2]);
});

Deno.test("otherTraining takes the training of the same stage, or else the last", () => {
  const other = runOf([9]);
  equal(otherTraining(other, trainingOf([1]))?.stage, "train");
  equal(otherTraining(other, { ...trainingOf([1]), stage: "finetune" })?.stage, "train");
  equal(otherTraining({ name: "", view: initialView() }, trainingOf([1])), undefined);
});

Deno.test("pointsBehind ends with the training in front", () => {
  const points = pointsBehind(trainingOf([9, 8]), trainingOf([5, 4, 3]));
  deepEqual(points.map(({ to, loss }) => [to, loss?.last]), [[1, 5], [2, 4]]);
});

Deno.test("chartScale holds both curves", () => {
  // Losses 90 and validation 9; behind it the validation of the other.
  deepEqual(chartScale(trainingOf([9, 9])), { low: 9, high: 90, logarithmic: true });
  deepEqual(chartScale(trainingOf([9, 9]), trainingOf([5, 200])), { low: 5, high: 200, logarithmic: true });
});

Deno.test("lossChart draws the other curve behind, in a colour of its own", () => {
  const mine = { ...trainingOf([1, 1]), monitor: "loss" } as TrainingView;
  const [line] = lossChart(mine, { width: 12, height: 5, level: 1, other: trainingOf([4, 4]) });
  equal(line.includes("\u001b[90m"), true);
  const alone = lossChart(mine, { width: 12, height: 5, level: 1 }).join("");
  equal(alone.includes("\u001b[90m"), false);
});
