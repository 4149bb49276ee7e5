import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { parse as parseCsv } from "csv-parse/sync";
import { parse as parseYaml } from "yaml";
import { curvesCsv } from "../../../src/export/tables/curves.ts";
import { metricsCsv } from "../../../src/export/tables/metrics.ts";
import { paramsYaml } from "../../../src/export/tables/params.ts";
import type { RunEvent } from "../../../src/pipeline/events.ts";

const rowsOf = (text: string) => parseCsv(text, { columns: true }) as Record<string, string>[];

const epoch = (stage: string, epoch: number, measured: object) =>
  ({
    ...{
      type: "epoch",
      t: 1,
      stage,
      epoch,
      best: 1,
      bestEpoch: 1,
      epochsWithoutImprovement: 0,
      learningRate: 0.01,
      seconds: 2,
    },
    ...measured,
  }) as RunEvent;

Deno.test("curvesCsv() has a row per epoch of each training, and a column for each part of a loss", () => {
  const events = [
    epoch("train", 1, { loss: 3 }),
    epoch("train", 2, { loss: 2 }),
    epoch("train2", 1, { loss: null, validation: 4, parts: { reconstruction: 0.1, kl: 1e-7 } }),
    // It started over from the first epoch.
    epoch("train", 2, { loss: 1.5 }),
  ];
  const text = curvesCsv(events);
  equal(
    text.split("\n")[0],
    "stage,epoch,loss,validation,reconstruction,kl,best,bestEpoch,learningRate,seconds",
  );
  deepEqual(
    rowsOf(text).map(({ stage, epoch, loss, validation, kl }) => [stage, epoch, loss, validation, kl]),
    [
      ["train", "1", "3", "", ""],
      ["train", "2", "1.5", "", ""],
      ["train2", "1", "", "4", "1e-7"],
    ],
  );
});

Deno.test("metricsCsv() has a row per metric with what its event states of it", () => {
  const stage = (stage: string, metrics: object) =>
    ({ type: "stage", t: 1, stage, state: "finished", metrics }) as RunEvent;
  const elbo = { value: -98.5, unit: "nats/sample", direction: "higher", split: "test" };
  const events = [
    stage("evaluate", { elbo: { ...elbo, value: -120 } }),
    stage("evaluate", {
      elbo: { ...elbo, interval: { low: -99, high: -98 } },
      "mse@0.3": { value: 0.25, unit: "squared error/pixel", direction: "lower" },
    }),
  ];
  deepEqual(rowsOf(metricsCsv(events)), [
    {
      ...{ stage: "evaluate", metric: "elbo", value: "-98.5", unit: "nats/sample", direction: "higher" },
      ...{ split: "test", low: "-99", high: "-98", estimator: "" },
    },
    {
      ...{ stage: "evaluate", metric: "mse@0.3", value: "0.25", unit: "squared error/pixel" },
      ...{ direction: "lower", split: "", low: "", high: "", estimator: "" },
    },
  ]);
});

Deno.test("paramsYaml() holds the pipeline, the seed, the engine and the options of every stage", () => {
  const stages = [
    { name: "load", options: { source: { source: "glyphs" } } },
    { name: "my train", options: { epochs: 5, patience: null, optimizer: { learningRate: 1e-7 } } },
  ];
  const engine = { name: "native", threads: 2, cores: 64 };
  deepEqual(parseYaml(paramsYaml({ pipeline: "no", seed: 7, engine, stages })), {
    pipeline: "no",
    seed: 7,
    // The cores of a machine are no option of a run.
    engine: { name: "native", threads: 2 },
    stages: { load: stages[0].options, "my train": stages[1].options },
  });
});
