import { SCHEMA } from "../../../src/core/schema_version.ts";
import {
  deepStrictEqual as deepEqual,
  notStrictEqual as notEqual,
  strictEqual as equal,
} from "node:assert/strict";
import type { RunEvent } from "../../../src/pipeline/events.ts";
import { CAPACITY, pointsOf } from "../../../src/run/fold/history.ts";
import { initialView } from "../../../src/run/fold/fold.ts";
import { reduce } from "../../../src/ui/view/reduce.ts";
import {
  currentTraining,
  elapsedSeconds,
  runningStage,
  samplesPerSecond,
  secondsLeft,
  secondsPerEpoch,
  trainedShare,
  type View,
} from "../../../src/run/fold/view.ts";
import { digitRun, START, untilEpoch } from "../fake_run.ts";

const run: RunEvent = {
  type: "run",
  t: 1000,
  schema: SCHEMA.events,
  run: "r1",
  pipeline: "p",
  seed: 7,
  engine: "wasm, 1 thread",
  folder: "runs/p/r1",
  stages: [{ name: "load", kind: "load" }, { name: "train", kind: "train" }],
};
const training = (stage: string): RunEvent => ({
  type: "training",
  t: 2000,
  stage,
  model: "ae 4-2-4",
  parameters: 22,
  epochs: 10,
  batchSize: 8,
  samples: 100,
  validationSamples: 0,
  patience: 3,
  minDelta: 0,
  monitor: "loss",
  unit: "squared error",
});
const epoch = (number: number, loss: number | null, rest: Partial<RunEvent> = {}): RunEvent => ({
  type: "epoch",
  t: 2000 + 500 * number,
  stage: "train",
  epoch: number,
  loss,
  best: loss,
  bestEpoch: number,
  epochsWithoutImprovement: 0,
  learningRate: 0.1,
  seconds: 0.5,
  ...rest as object,
});
const fold = (events: RunEvent[]) => events.reduce(reduce, initialView());

const TABLE: { name: string; events: RunEvent[]; of(view: View): unknown; is: unknown }[] = [
  {
    name: "begins with all stages waiting",
    events: [run],
    of: (view) => view.stages.map(({ name, state }) => [name, state]),
    is: [["load", "waiting"], ["train", "waiting"]],
  },
  {
    name: "runs a stage that has started",
    events: [run, { type: "stage", t: 1500, stage: "load", state: "started" }],
    of: (view) => [runningStage(view)?.name, runningStage(view)?.startedAt],
    is: ["load", 1500],
  },
  {
    name: "keeps time, note and metrics of a stage that has ended",
    events: [run, {
      type: "stage",
      t: 1600,
      stage: "load",
      state: "finished",
      seconds: 0.1,
      note: "32 images",
      metrics: { mse: { value: null, unit: "squared error/pixel", direction: "lower" } },
    }],
    of: (view) => view.stages[0],
    is: {
      name: "load",
      kind: "load",
      state: "finished",
      startedAt: null,
      seconds: 0.1,
      note: "32 images",
      metrics: { mse: { value: null, unit: "squared error/pixel", direction: "lower" } },
    },
  },
  {
    name: "adds a stage that was not announced",
    events: [run, { type: "stage", t: 1600, stage: "extra", state: "failed" }],
    of: (view) => view.stages.map(({ name, state }) => `${name} ${state}`),
    is: ["load waiting", "train waiting", "extra failed"],
  },
  {
    name: "keeps a loss that was not finite as null, out of the curve",
    events: [run, training("train"), epoch(1, 5), epoch(2, null)],
    of: (view) => [
      currentTraining(view)?.last?.loss,
      pointsOf(currentTraining(view)!.history).map(({ loss }) => loss),
    ],
    is: [null, [{ low: 5, high: 5, last: 5 }, null]],
  },
  {
    name: "shows the latest of several trainings, and keeps the others",
    events: [run, training("train"), epoch(1, 5), training("train2")],
    of: (view) => [currentTraining(view)?.stage, view.trainings.map(({ last }) => last?.epoch)],
    is: ["train2", [1, undefined]],
  },
  {
    name: "works without a training event, as the start of a file may be lost",
    events: [epoch(4, 2)],
    of: (view) => [currentTraining(view)?.last?.epoch, secondsLeft(currentTraining(view)!, 0)],
    is: [4, undefined],
  },
  {
    name: "counts all warnings and keeps the newest 50",
    events: Array.from(
      { length: 60 },
      (_, index): RunEvent => ({ type: "warning", t: index, message: `${index}` }),
    ),
    of: ({ warnings: { total, newest } }) => [total, newest.length, newest.at(-1)],
    is: [60, 50, { at: 59, stage: null, message: "59" }],
  },
  {
    name: "keeps artifacts, and messages of the log",
    events: [
      { type: "artifact", t: 1, stage: "export", file: "artifacts/a.png", title: "a" },
      { type: "log", t: 2, message: "hello" },
    ],
    of: ({ artifacts, logs, at }) => [artifacts.newest, logs.newest[0].message, at],
    is: [[{ stage: "export", file: "artifacts/a.png", title: "a" }], "hello", 2],
  },
  {
    name: "takes the run's time from its end",
    events: [run, {
      type: "end",
      t: 9000,
      status: "completed",
      exitCode: 0,
      reason: "all stages done",
      seconds: 7.5,
    }],
    of: (view) => [elapsedSeconds(view, 99_000), view.end?.status],
    is: [7.5, "completed"],
  },
  {
    name: "strips control sequences from every text",
    events: [
      {
        ...run,
        pipeline: "a\u001b[2Jb\u0007",
        stages: [{ name: "x\r\ny", kind: "\u009b31mload" }],
      } as RunEvent,
      { type: "warning", t: 1, message: "\u001b]0;title\u0007hi\u202e" },
    ],
    of: (
      { run, stages, warnings },
    ) => [run?.pipeline, stages[0].name, stages[0].kind, warnings.newest[0].message],
    is: ["ab", "x y", "load", "hi"],
  },
];
for (const { name, events, of, is } of TABLE) {
  Deno.test(`reduce ${name}`, () => deepEqual(of(fold(events)), is));
}

Deno.test("reduce does not change the given view", () => {
  const before = fold([run, training("train"), epoch(1, 5)]);
  const copy = structuredClone(before);
  const after = reduce(before, epoch(2, 4));
  deepEqual(before, copy);
  notEqual(after.trainings[0], before.trainings[0]);
});

Deno.test("reduce keeps preview and latent, with safe labels", () => {
  const view = fold([
    {
      type: "preview",
      t: 1,
      stage: "s",
      epoch: 2,
      height: 1,
      width: 1,
      items: [{ label: "\u001b[1ma", target: "", input: "", output: "" }],
    },
    { type: "latent", t: 2, stage: "s", epoch: 2, labelNames: ["\u0000b"], points: [[0, 1]], labels: [0] },
  ]);
  equal(view.preview?.items[0].label, "a");
  deepEqual(view.latent, { stage: "s", epoch: 2, labelNames: ["b"], points: [[0, 1]], labels: [0] });
});

Deno.test("reduce keeps the newest health and divergence, with safe text", () => {
  const health = { images: 9, split: "train", mean: [0, null], std: [1, 0] } as const;
  const rest = { mean: [0, null], std: [1, 0], images: 9, split: "train" };
  const divergence = { stage: "s", epoch: 2, batch: 3, step: 7, tensor: "parameter" } as const;
  const view = fold([
    { type: "health", t: 1, stage: "s", epoch: 1, ...health, mean: [0, null], std: [1, 0] },
    {
      type: "health",
      t: 2,
      stage: "s",
      epoch: 2,
      ...health,
      mean: [0, null],
      std: [1, 0],
      collapse: "\u001b[1mall",
    },
    { type: "divergence", t: 3, ...divergence, name: "a\u0007b", message: "c\nd" },
  ]);
  deepEqual(view.health, { stage: "s", epoch: 2, ...rest, collapse: "all" });
  deepEqual([view.divergence, view.at], [{ ...divergence, name: "a b", message: "c d" }, 3]);
  const next = reduce(view, training("second"));
  deepEqual([next.health, next.divergence], [null, null], "another training is another model");
});

Deno.test("reduce takes the pace from the clock and the time left from the pace", () => {
  const train = currentTraining(fold([run, training("train"), epoch(1, 5), epoch(2, 4), epoch(3, 3)]))!;
  equal(secondsPerEpoch(train)!.toFixed(6), "0.500000");
  equal(samplesPerSecond(train)!.toFixed(3), "200.000");
  equal(secondsLeft(train, 3500)!.toFixed(3), "3.500");
  equal(secondsLeft(train, 3750)!.toFixed(3), "3.250", "counts down between epochs");
  const limited = { ...train, maxSeconds: train.seconds + 2 };
  equal(secondsLeft(limited, 3500)!.toFixed(3), "2.000", "the allowed time ends before the epochs");
  equal(trainedShare({ ...limited, epochs: 1000 }), train.seconds / (train.seconds + 2));
});

Deno.test("reduce lets a gap between two epochs count no more than three epochs and a second", () => {
  const slept = { ...epoch(2, 4), t: 10_000_000 } as RunEvent;
  const train = currentTraining(fold([run, training("train"), epoch(1, 5), slept]))!;
  equal(secondsPerEpoch(train)! < 2, true);
});

Deno.test("reduce folds a whole run to its end", () => {
  const view = fold(digitRun());
  equal(view.end?.status, "completed");
  equal(view.stages.every(({ state }) => state === "finished"), true);
  equal(currentTraining(view)?.last?.epoch, 30);
  equal(fold(untilEpoch(digitRun(), 3)).trainings[0].last?.epoch, 3);
  equal(view.run?.startedAt, START);
});

Deno.test("reduce holds 100,000 epochs in at most 2,000 points, without losing an extreme", () => {
  let view = fold([run, training("train")]);
  const bytes = () => JSON.stringify(view).length;
  let largest = 0;
  for (let number = 1; number <= 100_000; number++) {
    view = reduce(view, epoch(number, number === 31_416 ? 999 : number === 77_777 ? -999 : 1 / number));
    largest = Math.max(largest, view.trainings[0].history.length);
    if (number === 10_000) equal(bytes() < 400_000, true);
  }
  const points = pointsOf(view.trainings[0].history);
  equal(largest <= CAPACITY, true, `${largest} points`);
  equal(points.length > CAPACITY / 2, true);
  equal(bytes() < 400_000, true, "the view is as large as after a tenth of it");
  equal(Math.max(...points.map(({ loss }) => loss!.high)), 999);
  equal(Math.min(...points.map(({ loss }) => loss!.low)), -999);
  equal(points.at(-1)!.to, 100_000);
  equal(points.at(-1)!.loss!.last, 1 / 100_000);
  for (let index = 1; index < points.length; index++) equal(points[index].from, points[index - 1].to + 1);
});
