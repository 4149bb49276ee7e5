import { SCHEMA } from "../../src/core/schema_version.ts";
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { type EventOf, parseEvent, RunEvent } from "../../src/pipeline/events.ts";
import { metricsOf } from "../support/metrics.ts";

/** One event of each type; a new type does not type-check until it stands here. */
const EVENTS: { [Type in RunEvent["type"]]: EventOf<Type> } = {
  run: {
    type: "run",
    t: 1,
    schema: SCHEMA.events,
    run: "20260101-0000-abcd",
    pipeline: "test",
    seed: 42,
    engine: "wasm, 1 thread",
    folder: "runs/test/20260101-0000-abcd",
    stages: [{ name: "load", kind: "load" }],
  },
  stage: {
    type: "stage",
    t: 2,
    stage: "load",
    state: "finished",
    seconds: 0.5,
    note: "done",
    metrics: metricsOf({ mse: 0.25 }),
  },
  training: {
    type: "training",
    t: 3,
    stage: "train",
    model: "ae 35-9-2-9-35",
    parameters: 700,
    epochs: 5,
    batchSize: 32,
    samples: 32,
    validationSamples: 0,
    patience: null,
    minDelta: 0,
    monitor: "loss",
    unit: "squared error/pixel",
  },
  epoch: {
    type: "epoch",
    t: 4,
    stage: "train",
    epoch: 1,
    loss: 0.5,
    validation: 0.6,
    parts: { reconstruction: 0.4, kl: 0.1 },
    best: 0.6,
    bestEpoch: 1,
    epochsWithoutImprovement: 0,
    learningRate: 0.001,
    seconds: 0.1,
  },
  learningRate: { type: "learningRate", t: 3, stage: "train", epoch: 4, from: 0.01, to: 0.001 },
  preview: {
    type: "preview",
    t: 5,
    stage: "train",
    epoch: 1,
    height: 1,
    width: 1,
    items: [{ label: "a", target: "/w==", input: "/w==", output: "/w==" }],
  },
  latent: {
    type: "latent",
    t: 6,
    stage: "train",
    epoch: 1,
    labelNames: ["a"],
    points: [[0.5, -1]],
    labels: [0],
  },
  health: {
    type: "health",
    t: 6,
    stage: "train",
    epoch: 1,
    images: 1000,
    split: "validation",
    mean: [0.5, null],
    std: [1, 0],
    variance: [0.25, 1],
    kl: [1.5, 0],
    activeUnits: 1,
    collapse: "most of it",
  },
  divergence: {
    type: "divergence",
    t: 6,
    stage: "train",
    epoch: 2,
    batch: 3,
    step: 471,
    tensor: "gradient",
    name: "latent.weight",
    message: "the first number that is not finite is in the gradient of latent.weight (NaN)",
  },
  checkpoint: { type: "checkpoint", t: 7, stage: "train", epoch: 1, file: "checkpoints/train.safetensors" },
  artifact: { type: "artifact", t: 8, stage: "walk", file: "artifacts/walk.gif", title: "from 3 to 8" },
  warning: { type: "warning", t: 9, message: "slow" },
  log: { type: "log", t: 10, stage: "load", message: "reading" },
  end: { type: "end", t: 11, status: "completed", exitCode: 0, reason: "all stages done", seconds: 3 },
};

Deno.test("parseEvent reads back a line of each type", () => {
  for (const event of Object.values(EVENTS)) deepEqual(parseEvent(JSON.stringify(event)), event);
});

Deno.test("parseEvent gives undefined for a line that was cut off, wherever", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(EVENTS)),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (event, share) => {
        const line = JSON.stringify(event);
        equal(parseEvent(line.slice(0, Math.floor(line.length * share))), undefined);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("parseEvent gives undefined for what is no event", () => {
  for (
    const line of [
      "",
      " ",
      "null",
      "3",
      "[]",
      "{}",
      '{"type":"party"}',
      '{"type":"log"}',
      '{"type":"log","t":"1","message":"a"}',
    ]
  ) {
    equal(parseEvent(line), undefined, line);
  }
  const { epoch } = EVENTS;
  for (
    const wrong of [{ epoch: 1.5 }, { epoch: -1 }, { best: "low" }, { epochsWithoutImprovement: undefined }]
  ) {
    equal(parseEvent(JSON.stringify({ ...epoch, ...wrong })), undefined, JSON.stringify(wrong));
  }
});

Deno.test("parseEvent takes a loss that is no finite number as null, as JSON has it", () => {
  const event = parseEvent(JSON.stringify({ ...EVENTS.epoch, loss: NaN, best: Infinity }));
  deepEqual(event, { ...EVENTS.epoch, loss: null, best: null });
});

Deno.test("parseEvent skips fields that a later version may add", () => {
  deepEqual(parseEvent(JSON.stringify({ ...EVENTS.log, colour: "red" })), EVENTS.log);
});

Deno.test("RunEvent accepts the types listed here, and no other", () => {
  deepEqual(RunEvent.options.map(({ shape }) => shape.type.value).toSorted(), Object.keys(EVENTS).toSorted());
});

Deno.test("parseEvent takes an epoch without the schema as the schema would, and leaves to it what is not plainly one", () => {
  const plain = {
    type: "epoch",
    t: 1,
    stage: "train",
    epoch: 3,
    loss: 0.5,
    validation: 0.6,
    parts: { kl: 1 },
    best: null,
    bestEpoch: 0,
    epochsWithoutImprovement: 3,
    learningRate: 0.001,
    seconds: 0.1,
  };
  const bySchema = (value: unknown) => {
    const { success, data } = RunEvent.safeParse(value);
    return success ? data : undefined;
  };
  const changes: Record<string, unknown>[] = [
    {},
    { loss: null },
    { validation: undefined },
    { validation: null },
    { parts: { kl: null } },
    { parts: [1] },
    { parts: null },
    { epoch: 1.5 },
    { epoch: -1 },
    { epochsWithoutImprovement: "3" },
    { best: undefined },
    { stage: 7 },
    { t: null },
    { seconds: undefined },
    { epochsOnPlateau: 2 },
    { epochsOnPlateau: -1 },
    { epochsOnPlateau: null },
  ];
  for (const change of changes) {
    const value = JSON.parse(JSON.stringify({ ...plain, ...change }));
    deepEqual(parseEvent(JSON.stringify(value)), bySchema(value), JSON.stringify(change));
  }
});
