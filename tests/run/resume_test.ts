import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { stageKeys } from "../../src/pipeline/keys.ts";
import { type ResolvedPipeline, specOf } from "../../src/pipeline/resolve.ts";
import { checkpointFiles, writeCheckpoint } from "../../src/run/checkpoint_file.ts";
import { takeLock } from "../../src/run/lock.ts";
import { findResumption, type ResumeQuery, type Resumption, resumptionText } from "../../src/run/resume.ts";
import { checkpointOf, type FakeRun, fakeRun, resolved, withFolder } from "./temporary.ts";

const WASM = { name: "wasm", threads: null, cores: 2 };
const EVENTS = { before: "a line\n", after: "what came after\n" };
const HOLDER = { pid: 7, host: "wolf", since: "noon", run: "A" };

function find(root: string, pipeline: ResolvedPipeline, query: Partial<ResumeQuery> = {}) {
  return findResumption({
    root,
    wanted: "auto",
    spec: specOf(pipeline),
    engine: WASM,
    isEngineChosen: false,
    keysOf: ({ name }) => stageKeys(pipeline, name),
    ...query,
  });
}

/** Asserts that there is a resumption. */
function found(result: Resumption | { readonly startOver: string }): Resumption {
  ok("entry" in result, JSON.stringify(result));
  return result;
}

async function damage(file: string): Promise<void> {
  const bytes = await Deno.readFile(file);
  bytes[bytes.length - 1] ^= 1;
  await Deno.writeFile(file, bytes);
}

Deno.test("findResumption() resumes the same run in its folder, from the stage that has a checkpoint", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "A", status: "running", events: EVENTS });
    const { isSame, stage, checkpoint, entry, problems } = found(await find(root, resolved()));
    deepEqual([isSame, stage, checkpoint?.eventBytes, problems], [true, "train", 7, []]);
    deepEqual([entry.folder, entry.status], [folder, "crashed"]);
  });
});

Deno.test("findResumption() starts the same run over in its folder when it has no checkpoint", async () => {
  await withFolder(async (root) => {
    await fakeRun(root, { id: "A" });
    const resumption = found(await find(root, resolved()));
    deepEqual([resumption.isSame, resumption.stage], [true, undefined]);
    equal(resumptionText(resumption), "A starts over: no checkpoint had been written");
  });
});

const EARLIER = { patience: 10, epochs: 20 };
const extensions: { name: string; set: string[]; before?: object; refused?: string }[] = [
  { name: "more epochs", set: ["train.epochs=40"] },
  { name: "more patience", set: ["train.patience=20"] },
  { name: "unlimited patience", set: ["train.patience=null"] },
  { name: "more time", set: ["train.maxSeconds=90"], before: { maxSeconds: 60 } },
  {
    name: "less time than there was",
    set: ["train.maxSeconds=60"],
    refused: "train.maxSeconds nothing -> 60",
  },
  { name: "another policy of checkpoints", set: ["train.checkpoint.everyEpochs=2"] },
  { name: "another evaluation", set: ["evaluate.draws=2"] },
  { name: "fewer epochs", set: ["train.epochs=10"], refused: "train.epochs 20 -> 10" },
  { name: "less patience", set: ["train.patience=5"], refused: "train.patience 10 -> 5" },
  {
    name: "patience where there was none",
    set: ["train.patience=5"],
    before: { patience: null },
    refused: "train.patience null -> 5",
  },
  {
    name: "another batch size under more epochs",
    set: ["train.batchSize=7", "train.epochs=40"],
    refused: "train.batchSize 128 -> 7",
  },
  { name: "other noise", set: ["noise.std=0.5"], refused: "noise.std 0.1 -> 0.5" },
  { name: "another model", set: ["train.model.latent=3"], refused: "train.model.latent 2 -> 3" },
  {
    name: "more epochs of a schedule that ends with them",
    set: ["train.epochs=40"],
    before: { schedule: { kind: "cosine" } },
    refused: "train.epochs 20 -> 40",
  },
];
for (const { name, set, before = {}, refused } of extensions) {
  const does = refused === undefined ? "resumes in a new folder" : `starts over, and reports ${refused},`;
  Deno.test(`findResumption() ${does} under ${name}`, async () => {
    await withFolder(async (root) => {
      const options = { ...EARLIER, ...before };
      await fakeRun(root, { id: "A", status: "completed", pipeline: resolved(options), events: EVENTS });
      const result = await find(root, resolved(options, set));
      if (refused !== undefined) {
        return deepEqual(result, { startOver: `${refused} changes what A has computed` });
      }
      const { isSame, stage, entry } = found(result);
      deepEqual([isSame, stage, entry.id], [false, "train", "A"]);
      equal(resumptionText(found(result)), "resumes from A, train, epoch 3");
    });
  });
}

Deno.test("findResumption() names another seed, and an engine or data that do not match", async () => {
  await withFolder(async (root) => {
    await fakeRun(root, { id: "A", events: EVENTS });
    deepEqual(await find(root, { ...resolved(), seed: 5 }), {
      startOver: "the seed 42 -> 5 changes what A has computed",
    });
    deepEqual(
      await find(root, resolved(), { engine: { ...WASM, name: "reference" }, isEngineChosen: true }),
      {
        startOver: "A has no matching checkpoint (another engine, other data or code, or none was written)",
      },
    );
  });
});

Deno.test("findResumption() keeps the engine of the earlier run unless another was set", async () => {
  await withFolder(async (root) => {
    await fakeRun(root, { id: "A", events: EVENTS });
    const reference = { ...WASM, name: "reference" };
    deepEqual(found(await find(root, resolved(), { engine: reference })).engine, WASM);
  });
});

Deno.test("findResumption() skips a running run, and one without a record", async () => {
  await withFolder(async (root) => {
    const older = await fakeRun(root, { id: "A", events: EVENTS });
    const damaged = await fakeRun(root, { id: "B", events: EVENTS });
    const running = await fakeRun(root, { id: "C", events: EVENTS, status: "running" });
    await Deno.writeTextFile(`${damaged}/run.json`, '{"schema":1,');
    const lock = await takeLock(`${running}/lock`, HOLDER);
    equal(found(await find(root, resolved())).entry.folder, older);
    await rejects(find(root, resolved(), { wanted: "C" }), {
      name: "LockedError",
      message: "Run C is already running: process 7 on wolf since noon (run A)",
    });
    await rejects(find(root, resolved(), { wanted: damaged }), {
      name: "UsageError",
      message: /^Run B cannot be resumed: ".*\/B\/run\.json" must be the record of a run, got: .*JSON/,
    });
    await rejects(find(root, resolved(), { wanted: "Z" }), { name: "UsageError" });
    ok("release" in lock);
    lock.release();
    equal(found(await find(root, resolved())).entry.folder, running);
  });
});

const nothing: { name: string; runs: FakeRun[]; startOver: string }[] = [
  { name: "there is no run", runs: [], startOver: "there is no earlier run to resume" },
  {
    name: "an identical run is complete",
    runs: [{ id: "A", events: EVENTS }, { id: "B", status: "completed" }],
    startOver: "identical run B is complete",
  },
];
for (const { name, runs, startOver } of nothing) {
  Deno.test(`findResumption() starts over when ${name}`, async () => {
    await withFolder(async (root) => {
      for (const run of runs) await fakeRun(root, run);
      deepEqual(await find(root, resolved()), { startOver });
    });
  });
}

Deno.test("findResumption() resumes from the previous checkpoint when the last is damaged or ahead of the events", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "A", events: EVENTS }),
      { last } = checkpointFiles(folder, "train");
    const { resumeKey: key } = (await stageKeys(resolved(), "wasm")).get("train")!;
    await writeCheckpoint(folder, checkpointOf({ key, eventBytes: 5000 }));
    const ahead = found(await find(root, resolved()));
    equal(ahead.checkpoint?.eventBytes, 7);
    match(ahead.problems[0], /it was taken at 5000 bytes/);
    await damage(last);
    const damaged = found(await find(root, resolved()));
    equal(damaged.checkpoint?.eventBytes, 7);
    match(damaged.problems[0], /it is damaged$/);
    await damage(checkpointFiles(folder, "train").previous);
    const none = found(await find(root, resolved()));
    deepEqual([none.isSame, none.stage, none.problems.length], [true, undefined, 2]);
  });
});

Deno.test("findResumption() reports why a record with an invalid pipeline cannot be compared, and continues the search", async () => {
  await withFolder(async (root) => {
    const older = await fakeRun(root, { id: "A", events: EVENTS });
    const specs = [null, 5, [], {}, { seed: 42, stages: null }, { seed: 42, stages: [null, { name: 1 }] }];
    for (const [place, spec] of specs.entries()) {
      const folder = await fakeRun(root, { id: `B${place}`, events: EVENTS });
      const path = `${folder}/run.json`, record = JSON.parse(await Deno.readTextFile(path));
      await Deno.writeTextFile(path, JSON.stringify({ ...record, spec, key: "another" }));
      await damage(checkpointFiles(folder, "train").last);
    }
    equal(found(await find(root, resolved())).entry.folder, older);
    await Deno.remove(older, { recursive: true });
    match(JSON.stringify(await find(root, resolved())), /B\d/);
  });
});
