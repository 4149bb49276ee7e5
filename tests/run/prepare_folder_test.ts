import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { stageKeys } from "../../src/pipeline/keys.ts";
import { specOf } from "../../src/pipeline/resolve.ts";
import { checkpointFiles, findCheckpoint, writeCheckpoint } from "../../src/run/checkpoint_file.ts";
import { prepareFolder } from "../../src/run/prepare_folder.ts";
import { findResumption, type Resumption } from "../../src/run/resume.ts";
import { checkpointOf, fakeRun, resolved, withFolder } from "./temporary.ts";

const WASM = { name: "wasm", threads: null, cores: 2 };
const lines = (...events: object[]) => events.map((event) => JSON.stringify(event) + "\n").join("");
const RUN = { type: "run", t: 1, run: "A", folder: "f", stages: [{ name: "x", kind: "x" }] };
const TRAINING = { type: "training", t: 2, stage: "train", model: "ä", epochs: 20, patience: null };
const OTHER = { ...TRAINING, stage: "train2" };
const EPOCH = { type: "epoch", t: 3, stage: "train", epoch: 3 };
const EVENTS = { before: lines(RUN, TRAINING, OTHER, EPOCH), after: lines({ ...EPOCH, epoch: 4 }) + '{"cut' };

async function resume(
  root: string,
  set: string[] = [],
): Promise<{ resumption: Resumption; spec: ReturnType<typeof specOf> }> {
  const pipeline = resolved({}, set), spec = specOf(pipeline);
  const resumption = await findResumption({
    root,
    wanted: "auto",
    spec,
    engine: WASM,
    isEngineChosen: false,
    keysOf: ({ name }) => stageKeys(pipeline, name),
  });
  if ("startOver" in resumption) throw new Error(resumption.startOver);
  return { resumption, spec };
}

const eventsIn = (folder: string) => Deno.readTextFile(`${folder}/events.jsonl`);
const KEYS = await stageKeys(resolved(), "wasm");

Deno.test("prepareFolder() truncates the events of the same run to where the checkpoint was taken", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "A", events: EVENTS }),
      { resumption, spec } = await resume(root);
    for (const _again of [1, 2]) {
      await prepareFolder(resumption, folder, { id: "A", spec });
      equal(await eventsIn(folder), EVENTS.before);
    }
    deepEqual((await resume(root)).resumption.checkpoint, resumption.checkpoint);
  });
});

Deno.test("prepareFolder() replaces a damaged last checkpoint by the previous one, and keeps it there", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "A", events: EVENTS }), key = KEYS.get("train")!.resumeKey;
    const { last, previous } = checkpointFiles(folder, "train");
    for (
      const damage of [
        () => Deno.truncate(last, 50),
        () => writeCheckpoint(folder, checkpointOf({ key, eventBytes: 9999 })),
      ]
    ) {
      await writeCheckpoint(folder, { ...(await resume(root)).resumption.checkpoint! });
      await damage();
      const { resumption, spec } = await resume(root);
      equal(resumption.problems.length, 1);
      await prepareFolder(resumption, folder, { id: "A", spec });
      await prepareFolder(resumption, folder, { id: "A", spec });
      deepEqual((await resume(root)).resumption.problems, []);
      equal(await Deno.stat(previous).then(() => "there", () => "gone"), "gone");
      equal(await eventsIn(folder), EVENTS.before);
    }
  });
});

Deno.test("prepareFolder() removes checkpoints of later stages, as their events are emitted again", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "A", events: EVENTS });
    const later = checkpointOf({ stage: "evaluate", key: KEYS.get("evaluate")!.resumeKey, eventBytes: 9999 });
    await writeCheckpoint(folder, later);
    const { resumption, spec } = await resume(root);
    equal(resumption.stage, "train");
    await prepareFolder(resumption, folder, { id: "A", spec });
    deepEqual(await findCheckpoint(folder, "evaluate", { key: later.key }), { problems: [] });
  });
});

Deno.test("prepareFolder() removes events and checkpoints when the same run starts over", async () => {
  await withFolder(async (root) => {
    const folder = await fakeRun(root, { id: "A", events: EVENTS });
    // Its events were truncated: the checkpoint is ahead of them.
    await Deno.truncate(`${folder}/events.jsonl`, 10);
    const { resumption, spec } = await resume(root);
    deepEqual([resumption.isSame, resumption.stage, resumption.problems.length], [true, undefined, 1]);
    await prepareFolder(resumption, folder, { id: "A", spec });
    equal(await eventsIn(folder), "");
    deepEqual([...Deno.readDirSync(`${folder}/checkpoints`)], []);
  });
});

Deno.test("prepareFolder() rewrites the events of the earlier run in a new folder: its id, stages, epochs; and adjusts the byte positions", async () => {
  await withFolder(async (root) => {
    const pipeline = resolved({}, ["train.patience=3"]);
    const before = await fakeRun(root, { id: "A", status: "completed", pipeline, events: EVENTS });
    const { resumption, spec } = await resume(root, ["train.epochs=1000", "train.patience=7"]);
    const folder = `${root}/test/B`;
    await Deno.mkdir(`${folder}/checkpoints`, { recursive: true });
    await prepareFolder(resumption, folder, { id: "B", spec });
    const stages = ["load", "noise", "train", "evaluate"].map((name) => ({ name, kind: name }));
    const text = await eventsIn(folder);
    equal(
      text,
      lines({ ...RUN, run: "B", folder, stages }, { ...TRAINING, epochs: 1000, patience: 7 }, OTHER, EPOCH),
    );
    const { found } = await findCheckpoint(folder, "train", { key: KEYS.get("train")!.resumeKey });
    equal(found?.eventBytes, new TextEncoder().encode(text).length);
    deepEqual(found?.blocks, resumption.checkpoint?.blocks);
    equal([...Deno.readDirSync(`${folder}/checkpoints`)].length, 1);
    equal(await eventsIn(before), EVENTS.before + EVENTS.after, "the run before stays as it is");
  });
});
