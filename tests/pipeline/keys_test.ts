import {
  deepStrictEqual as deepEqual,
  notStrictEqual as notEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { differences, hashOf, inputsOf, runKey, stageKeys } from "../../src/pipeline/keys.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import { ae, evaluate, glyphs, load, pipeline, train } from "../../mod.ts";
import { plain } from "./chains.ts";

const keysOf = (overrides: string[] = [], { seed = 42, engine = "wasm", options = {} } = {}) =>
  stageKeys(resolvePipeline(plain(options), { overrides, seed }), engine);

/** The stages whose keys differ. */
async function changedBy(overrides: string[], settings = {}, before: string[] = []): Promise<string[]> {
  const one = await keysOf(before), other = await keysOf(overrides, settings);
  return [...one].filter(([name, { key }]) => other.get(name)!.key !== key).map(([name]) => name);
}

const ALL = ["load", "noise", "train", "evaluate"];
const changes: { set: string; stages: string[] }[] = [
  { set: "noise.std=0.2", stages: ["noise", "train"] },
  { set: "noise.everyEpoch=false", stages: ["noise", "train"] },
  { set: "evaluate.draws=2", stages: ["evaluate"] },
  ...[
    "epochs=21",
    "batchSize=64",
    "repeats=2",
    "shuffleBlock=8",
    "validationShare=0.2",
    "patience=3",
    "minDelta=0.1",
    "clipNorm=1",
    "optimizer.learningRate=0.01",
    "schedule.kind=cosine",
    "model.latent=3",
    "model.activation=tanh",
    "monitor=loss",
    "previews=false",
  ].map((option) => ({ set: `train.${option}`, stages: ["train", "evaluate"] })),
  { set: "load.memory=1MB", stages: ALL },
];
for (const { set, stages } of changes) {
  // Only stages with `noise` in `optionalInputs` see it: evaluate's key changes through the model alone.
  const expected = set.startsWith("noise") ? [...stages, "evaluate"] : stages;
  Deno.test(`stageKeys() gives ${expected.join(", ")} another key under ${set}`, async () => {
    deepEqual(await changedBy([set]), expected);
  });
}

Deno.test("stageKeys() gives all stages another key under another seed or engine, and the same when computed again", async () => {
  deepEqual(await changedBy([], { seed: 43 }), ALL);
  deepEqual(await changedBy([], { engine: "native, 2 threads" }), ALL);
  deepEqual(await changedBy([]), []);
});

Deno.test("stageKeys() does not depend on whether an option was written or is the default", async () => {
  deepEqual(await changedBy(["train.epochs=20", "noise.std=0.1"]), []);
});

Deno.test("stageKeys() gives two stages of the same options different keys, as their files have other names", async () => {
  const model = ae({ encoder: [35, 9], latent: 2 });
  const keys = await stageKeys(
    resolvePipeline(pipeline("twice").pipe(load(glyphs())).pipe(train(model)).pipe(train(model))),
    "wasm",
  );
  notEqual(keys.get("train")!.key, keys.get("train2")!.key);
});

Deno.test("stageKeys() names a stage's inputs by the stages that made them, and only those that it reads", async () => {
  const keys = await keysOf();
  deepEqual(keys.get("load")!.identity.inputs, {});
  deepEqual(keys.get("train")!.identity.inputs, {
    dataset: `${keys.get("load")!.key}/dataset`,
    noise: `${keys.get("noise")!.key}/noise`,
  });
  deepEqual(Object.keys(keys.get("evaluate")!.identity.inputs), ["dataset", "model"]);
});

Deno.test("stageKeys() depends on no later stage", async () => {
  const short = await stageKeys(
    resolvePipeline(pipeline("test").pipe(load(glyphs()))),
    "wasm",
  );
  const longer = await stageKeys(
    resolvePipeline(
      pipeline("test").pipe(load(glyphs())).pipe(train(ae({ encoder: [35, 9], latent: 2 }))).pipe(evaluate()),
    ),
    "wasm",
  );
  equal(short.get("load")!.key, longer.get("load")!.key);
});

const COSINE = { schedule: { kind: "cosine" } };
const resumeCases: { name: string; options?: object; set: string; resumes: boolean }[] = [
  { name: "resumes under more epochs", set: "train.epochs=40", resumes: true },
  {
    name: "ends under more epochs of a schedule that ends with them",
    options: COSINE,
    set: "train.epochs=40",
    resumes: false,
  },
  { name: "resumes under more patience", set: "train.patience=5", resumes: true },
  { name: "resumes under more seconds", set: "train.maxSeconds=60", resumes: true },
  {
    name: "resumes under another policy of checkpoints",
    set: "train.checkpoint.everyEpochs=5",
    resumes: true,
  },
  { name: "ends under another minDelta", set: "train.minDelta=5", resumes: false },
  { name: "ends under another batch size", set: "train.batchSize=5", resumes: false },
  { name: "ends under other noise", set: "noise.std=0.5", resumes: false },
];
for (const { name, options = {}, set, resumes } of resumeCases) {
  Deno.test(`stageKeys() of a training ${name}`, async () => {
    const before = (await keysOf([], { options })).get("train")!,
      now = (await keysOf([set], { options })).get("train")!;
    equal(before.resumeKey === now.resumeKey, resumes);
    notEqual(before.key, now.key);
    deepEqual(now.extendable, ["epochs", "patience", "maxSeconds"]);
  });
}

Deno.test("stageKeys() takes all options where a stage has no resumeIdentity", async () => {
  const before = (await keysOf()).get("evaluate")!,
    now = (await keysOf(["evaluate.draws=2"])).get("evaluate")!;
  notEqual(before.resumeKey, now.resumeKey);
  deepEqual(now.extendable, []);
});

Deno.test("inputsOf() gives what is needed or used and was made", () => {
  const definition = { inputs: ["a"], optionalInputs: ["b", "toString"] } as unknown as Parameters<
    typeof inputsOf
  >[0];
  deepEqual(inputsOf(definition, { a: 1, c: 2 }), ["a"]);
  deepEqual(inputsOf(definition, { b: 1, a: 1 }), ["a", "b"]);
});

Deno.test("runKey() depends on each stage, its name and its place", async () => {
  const keys = await keysOf(), entries = [...keys];
  equal(runKey(keys), runKey(await keysOf()));
  notEqual(runKey(keys), runKey(new Map(entries.slice(1))));
  notEqual(runKey(keys), runKey(new Map(entries.toReversed())));
  notEqual(runKey(keys), runKey(new Map(entries.map(([name, value]) => [`${name}x`, value]))));
});

Deno.test("hashOf() does not depend on the order of fields, but on all else", () => {
  equal(hashOf({ a: 1, b: { c: [1, 2], d: null } }), hashOf({ b: { d: null, c: [1, 2] }, a: 1 }));
  equal(hashOf({ a: 1, b: undefined }), hashOf({ a: 1 }));
  const others = [{}, [], null, "", 0, "0", { a: 1 }, { a: "1" }, { a: [1] }, { b: 1 }, [1, 2], [2, 1], {
    a: null,
  }, "null"];
  equal(new Set(others.map(hashOf)).size, others.length);
  // printf '{"a":1}' | sha256sum
  ok(hashOf({ a: 1 }).startsWith("015abd7f5cc57a2dd94b7590f04ad808"));
});

const pairs: [before: unknown, now: unknown, texts: string[]][] = [
  [{ a: 1 }, { a: 1 }, []],
  [{ a: { b: 1, c: 2 } }, { a: { b: 3, c: 2 } }, ["s.a.b 1 -> 3"]],
  [{ a: [1, 2] }, { a: [1, 3] }, ["s.a [1,2] -> [1,3]"]],
  [{ a: null }, { a: "x" }, ['s.a null -> "x"']],
  [{ a: 1 }, { b: 2 }, ["s.a 1 -> nothing", "s.b nothing -> 2"]],
  [{ a: { kind: "x" } }, { a: 1 }, ['s.a {"kind":"x"} -> 1']],
  [undefined, { a: 1 }, ['s nothing -> {"a":1}']],
];
for (const [before, now, texts] of pairs) {
  Deno.test(`differences() of ${JSON.stringify(before)} and ${JSON.stringify(now)} are ${JSON.stringify(texts)}`, () => {
    deepEqual(differences(before, now, "s"), texts);
  });
}
