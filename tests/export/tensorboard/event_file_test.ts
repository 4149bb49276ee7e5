import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { SCHEMA } from "../../../src/core/schema_version.ts";
import { eventFileWriter } from "../../../src/export/tensorboard/event_file.ts";
import { flatParameters } from "../../../src/export/tensorboard/from_events.ts";
import { parseEvent, type RunEvent } from "../../../src/pipeline/events.ts";
import { fieldOf, fieldsOf, newestEventFile, readEventFile } from "../../support/event_file.ts";
import { hasPython, needsPython, python } from "../../support/python.ts";

const PARAMETERS = {
  seed: 7,
  engine: "wasm, 1 thread",
  ...flatParameters({
    train: { epochs: 3, patience: null, model: { encoder: [4, "relu"], beta: 0.5 }, previews: true },
  }),
};

const base64 = (...bytes: number[]) => Uint8Array.from(bytes).toBase64();
const PIXELS = {
  label: "a",
  target: base64(255, 0, 0, 255),
  input: base64(255, 9, 0, 255),
  output: base64(200, 1, 2, 250),
};

/** The events of a run of three epochs, the second of which diverged. */
function eventsOf(folder: string): RunEvent[] {
  const at = (event: object, t: number) => ({ t: 1_700_000_000_000 + t, ...event }) as RunEvent;
  const epoch = (epoch: number, loss: number | null) =>
    at({
      ...{ type: "epoch", stage: "train", epoch, loss, validation: loss === null ? null : loss + 0.25 },
      ...{
        parts: { reconstruction: (loss ?? 0) * 0.9, kl: 0.1 },
        best: 1.5,
        bestEpoch: 1,
        epochsWithoutImprovement: 0,
      },
      ...{ learningRate: 0.001 / epoch, klWeight: epoch / 4, seconds: 0.5 },
    }, 1000 * epoch);
  return [
    at({
      ...{
        type: "run",
        schema: SCHEMA.events,
        run: "20231114-221320-abcd",
        pipeline: "p",
        seed: 7,
        engine: "wasm",
        folder,
      },
      stages: [{ name: "train", kind: "train" }, { name: "evaluate", kind: "evaluate" }],
    }, 0),
    at({ type: "stage", stage: "train", state: "started" }, 1),
    at({
      ...{
        type: "training",
        stage: "train",
        model: "vae 4-2-4",
        parameters: 9,
        epochs: 3,
        batchSize: 2,
        samples: 4,
      },
      ...{ validationSamples: 2, patience: null, minDelta: 0, monitor: "validation", unit: "nats/sample" },
    }, 2),
    epoch(1, 1.5),
    at({ type: "preview", stage: "train", epoch: 1, height: 2, width: 2, items: [PIXELS] }, 1001),
    epoch(2, null),
    at({
      ...{
        type: "health",
        stage: "train",
        epoch: 2,
        images: 2,
        split: "validation",
        mean: [0, 1],
        std: [1, 1],
      },
      activeUnits: 1,
    }, 2001),
    epoch(3, 1 / 3),
    at({
      type: "stage",
      stage: "train",
      state: "finished",
      seconds: 3,
      metrics: { epochs: { value: 3, unit: "epochs", direction: "none" } },
    }, 3001),
    at({
      type: "stage",
      stage: "evaluate",
      state: "finished",
      seconds: 1,
      metrics: { mse: { value: 0.0101, unit: "squared error/pixel", direction: "lower" } },
    }, 4000),
    at({ type: "end", status: "completed", exitCode: 0, reason: "all stages done", seconds: 4 }, 4001),
  ];
}

/** What {@link eventsOf} has in a file: tag, step, value. */
const SCALARS: [string, number, number][] = [
  ["train/loss", 1, 1.5],
  ["train/validation", 1, 1.75],
  ["train/reconstruction", 1, Math.fround(1.5 * 0.9)],
  ["train/kl", 1, Math.fround(0.1)],
  ["train/learningRate", 1, Math.fround(0.001)],
  ["train/klWeight", 1, 0.25],
  ["train/secondsPerEpoch", 1, 0.5],
  ["train/loss", 2, NaN],
  ["train/validation", 2, NaN],
  ["train/reconstruction", 2, 0],
  ["train/kl", 2, Math.fround(0.1)],
  ["train/learningRate", 2, Math.fround(0.0005)],
  ["train/klWeight", 2, 0.5],
  ["train/secondsPerEpoch", 2, 0.5],
  ["train/activeUnits", 2, 1],
  ["train/loss", 3, Math.fround(1 / 3)],
  ["train/validation", 3, Math.fround(1 / 3 + 0.25)],
  ["train/reconstruction", 3, Math.fround(0.9 / 3)],
  ["train/kl", 3, Math.fround(0.1)],
  ["train/learningRate", 3, Math.fround(0.001 / 3)],
  ["train/klWeight", 3, 0.75],
  ["train/secondsPerEpoch", 3, 0.5],
  ["train/epochs", 3, 3],
  ["evaluate/mse", 3, Math.fround(0.0101)],
];

async function withFolder(use: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "hourglass-tensorboard-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function writer(problems: string[] = []) {
  return eventFileWriter({ parameters: PARAMETERS, onProblem: (message) => void problems.push(message) });
}

function contentOf(folder: string) {
  return readEventFile(Deno.readFileSync(newestEventFile(`${folder}/tensorboard`)));
}

const scalarsOf = ({ values }: ReturnType<typeof readEventFile>) =>
  values.filter(({ scalar }) => scalar !== undefined).map(({ tag, step, scalar }) => [tag, step, scalar]);

Deno.test("the events of this test are valid", () => {
  for (const event of eventsOf("x")) ok(parseEvent(JSON.stringify(event)), event.type);
});

Deno.test("eventFileWriter() writes every curve, metric, picture and hyper-parameter once", () =>
  withFolder((folder) => {
    const { listen } = writer();
    eventsOf(folder).forEach(listen);
    const content = contentOf(folder);
    equal(content.version, "brain.Event:2");
    equal(content.starts, 1);
    deepEqual(scalarsOf(content), SCALARS);
    const first = content.values.find(({ tag }) => tag === "train/loss")!;
    equal(first.description, "nats/sample");
    equal(first.time, 1_700_000_001);
    const [height, width, , png] = content.values.find(({ tag }) => tag === "train/preview")!.image!;
    // Three rows of a tile of 2x2, enlarged 42 times: target, input, reconstruction.
    deepEqual([height, width, (png as Uint8Array).subarray(1, 4)], [
      420,
      168,
      new TextEncoder().encode("PNG"),
    ]);
    const [start, end] = content.values.filter(({ plugin }) => plugin?.length).map(({ plugin }) => plugin!);
    const entries = fieldsOf(fieldOf(start, 3) as Uint8Array).filter(({ field }) => field === 1);
    const named = entries.map(({ value: entry }) => {
      const [{ value: name }, { value }] = fieldsOf(entry as Uint8Array);
      const [{ field, value: content }] = fieldsOf(value as Uint8Array), decoder = new TextDecoder();
      const plain = field === 3
        ? decoder.decode(content as Uint8Array)
        : field === 4
        ? content === 1
        : content;
      return [decoder.decode(name as Uint8Array), plain];
    });
    deepEqual(Object.fromEntries(named), PARAMETERS);
    deepEqual(fieldOf(fieldOf(end, 4) as Uint8Array, 1), 1);
  }));

Deno.test("eventFileWriter() leaves a file of whole records after every event", () =>
  withFolder((folder) => {
    const { listen } = writer();
    let before = 0;
    for (const event of eventsOf(folder)) {
      listen(event);
      const { values } = contentOf(folder);
      ok(values.length >= before);
      before = values.length;
    }
    equal(before, SCALARS.length + 3);
  }));

Deno.test("eventFileWriter() of a resumed run writes the file of a run that was never interrupted", () =>
  withFolder((folder) => {
    const events = eventsOf(folder), first = writer();
    // A run that was killed in its third epoch, and resumes from the first.
    events.slice(0, 6).forEach(first.listen);
    Deno.writeTextFileSync(`${folder}/tensorboard/notes.txt`, "mine");
    for (const cut of [4, 7, 4]) {
      const next = writer();
      events.slice(0, cut).forEach(next.past);
      events.slice(cut).forEach(next.listen);
      const content = contentOf(folder);
      deepEqual(scalarsOf(content), SCALARS);
      equal(content.starts, 1);
    }
    // The newest, the one before, and what is not ours.
    equal([...Deno.readDirSync(`${folder}/tensorboard`)].length, 3);
  }));

Deno.test("eventFileWriter() reports once that its files cannot be written, and then does nothing", () =>
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/tensorboard`, "a file");
    const problems: string[] = [], { listen } = writer(problems);
    eventsOf(folder).forEach(listen);
    equal(problems.length, 1);
    match(
      problems[0],
      /tensorboard" cannot be written, and the run continues without them: .*must be a folder/,
    );
    equal(Deno.readTextFileSync(`${folder}/tensorboard`), "a file");
  }));

Deno.test("eventFileWriter() writes through no link", () =>
  withFolder((folder) => {
    Deno.mkdirSync(`${folder}/elsewhere`);
    Deno.symlinkSync(`${folder}/elsewhere`, `${folder}/tensorboard`);
    const problems: string[] = [];
    eventsOf(folder).forEach(writer(problems).listen);
    equal(problems.length, 1);
    deepEqual([...Deno.readDirSync(`${folder}/elsewhere`)], []);
  }));

Deno.test("eventFileWriter() on a full disk leaves whole records and reports it once", () =>
  withFolder((folder) => {
    const problems: string[] = [], { listen } = writer(problems), events = eventsOf(folder);
    events.slice(0, 4).forEach(listen);
    const { writeSync } = Deno.FsFile.prototype;
    try {
      // Half of a record is written before the disk is full.
      let isFull = false;
      Deno.FsFile.prototype.writeSync = function (bytes) {
        if (isFull) throw new Error("No space left on device (os error 28)");
        isFull = true;
        return writeSync.call(this, bytes.subarray(0, bytes.length / 2));
      };
      events.slice(4, 9).forEach(listen);
    } finally {
      Deno.FsFile.prototype.writeSync = writeSync;
    }
    events.slice(9).forEach(listen);
    equal(problems.length, 1);
    match(problems[0], /No space left on device/);
    deepEqual(scalarsOf(contentOf(folder)), SCALARS.slice(0, 7));
  }));

const ACCUMULATOR = "tensorboard.backend.event_processing.event_accumulator";

/** Reads a folder as TensorBoard does, and again after each line of standard input. */
const READER = `
import base64, json, sys
from ${ACCUMULATOR} import EventAccumulator
from tensorboard.plugins.hparams import metadata
everything = {"scalars": 0, "images": 0, "tensors": 0}
files = EventAccumulator(sys.argv[1], size_guidance=everything).Reload()
tags = files.Tags()
start = metadata.parse_session_start_info_plugin_data(
    files.PluginTagToContent("hparams")[metadata.SESSION_START_INFO_TAG])
def plain(value):
    return getattr(value, value.WhichOneof("kind"))
print(json.dumps({
    "scalars": {tag: [[e.step, e.value if e.value == e.value else None, e.wall_time] for e in files.Scalars(tag)]
                for tag in tags["scalars"]},
    "images": {tag: [[e.step, e.height, e.width, base64.b64encode(e.encoded_image_string).decode()]
                     for e in files.Images(tag)] for tag in tags["images"]},
    "descriptions": {tag: files.SummaryMetadata(tag).summary_description for tag in ["train/loss"]},
    "hparams": {name: plain(value) for name, value in start.hparams.items()},
}))
`;

Deno.test({
  name: `eventFileWriter() writes what TensorBoard's own reader gives back, value for value ${
    needsPython("tensorboard")
  }`,
  ignore: !hasPython(ACCUMULATOR),
  fn: () =>
    withFolder((folder) => {
      const events = eventsOf(folder), { past, listen } = writer();
      // Of a run that was killed in its third epoch, and resumed from the first.
      events.slice(0, 7).forEach(writer().listen);
      events.slice(0, 4).forEach(past);
      events.slice(4).forEach(listen);
      const { scalars, images, descriptions, hparams } = python(READER, `${folder}/tensorboard`);
      const expected: Record<string, [number, number | null, number][]> = {};
      const times = new Map(
        readEventFile(Deno.readFileSync(newestEventFile(`${folder}/tensorboard`))).values
          .map(({ tag, step, time }) => [`${tag} ${step}`, time]),
      );
      for (const [tag, step, value] of SCALARS) {
        (expected[tag] ??= []).push([step, Number.isNaN(value) ? null : value, times.get(`${tag} ${step}`)!]);
      }
      deepEqual(scalars, expected);
      deepEqual(hparams, PARAMETERS);
      deepEqual(descriptions, { "train/loss": "nats/sample" });
      const [[step, height, width, png]] = images["train/preview"];
      deepEqual([step, height, width, images["train/preview"].length], [1, 420, 168, 1]);
      match(atob(png), /^\x89PNG/);
    }),
});

/** An EventAccumulator that is open while the files change: what it has of a tag after each change. */
const LIVE_READER = `
import json, subprocess, sys
from ${ACCUMULATOR} import EventAccumulator
files = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0}).Reload()
steps = lambda: [e.step for e in files.Scalars("train/loss")]
seen = [steps()]
import os, shutil
# The resumed run adds its file.
for name in os.listdir(sys.argv[2]): shutil.copy(os.path.join(sys.argv[2], name), sys.argv[1])
for _ in range(3): files.Reload()
seen.append(steps())
print(json.dumps(seen))
`;

Deno.test({
  name: `eventFileWriter() of a resumed run gives a reader that is open no step twice ${
    needsPython("tensorboard")
  }`,
  ignore: !hasPython(ACCUMULATOR),
  fn: () =>
    withFolder(async (folder) => {
      const before = `${folder}/before`, after = `${folder}/after`;
      [before, after].forEach((one) => Deno.mkdirSync(one));
      eventsOf(before).slice(0, 6).forEach(writer().listen);
      // The name of a file has the second in which it was created.
      await new Promise((resolve) => setTimeout(resolve, 5));
      const second = writer();
      eventsOf(after).slice(0, 4).forEach(second.past);
      eventsOf(after).slice(4).forEach(second.listen);
      const [first, last] = python(LIVE_READER, `${before}/tensorboard`, `${after}/tensorboard`);
      deepEqual([first, last], [[1, 2], [1, 2, 3]]);
    }),
});
