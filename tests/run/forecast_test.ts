import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { stageKeys } from "../../src/pipeline/keys.ts";
import { forecast } from "../../src/run/forecast.ts";
import { storeCached } from "../../src/run/stage_cache.ts";
import { resolved, withFolder } from "./temporary.ts";

interface Asked {
  readonly set?: string[];
  readonly engine?: string;
  readonly forced?: string[];
  readonly pipeline?: string;
}

/** The forecasts of train and evaluate, after runs whose results were cached. */
async function said(
  root: string,
  runs: Asked[],
  { set, engine = "wasm", forced = [], pipeline = "test" }: Asked,
) {
  for (const [at, { set, engine = "wasm" }] of runs.entries()) {
    const before = resolved({}, set), keys = await stageKeys(before, engine);
    for (const stage of ["train", "evaluate"]) {
      await storeCached(root, {
        pipeline: "test",
        stage,
        run: `run-${at}`,
        keys: keys.get(stage)!,
        result: { outputs: {} },
        events: "",
        folder: root,
        files: [],
      });
    }
  }
  const now = { ...resolved({}, set), name: pipeline };
  const stages = await forecast(now, await stageKeys(now, engine), { root, forced });
  return ["train", "evaluate"].map((name) => stages.get(name)!).map(({ isCached, why }) =>
    isCached ? `cached ${why}` : why
  );
}

const cases: { name: string; runs?: Asked[]; asked: Asked; train: string; evaluate: string }[] = [
  { name: "a stage that was never run", runs: [], asked: {}, train: "never run", evaluate: "never run" },
  { name: "a cached result", asked: {}, train: "cached from run-0", evaluate: "cached from run-0" },
  { name: "a forced stage", asked: { forced: ["train"] }, train: "forced", evaluate: "cached from run-0" },
  {
    name: "another option and its consequences",
    asked: { set: ["train.epochs=100"] },
    train: "train.epochs 20 -> 100",
    evaluate: "input model changed",
  },
  {
    name: "options inside options",
    asked: { set: ["train.model.latent=3", "train.optimizer.learningRate=0.5"] },
    train: "train.model.latent 2 -> 3, train.optimizer.learningRate 0.001 -> 0.5",
    evaluate: "input model changed",
  },
  {
    name: "another input",
    asked: { set: ["noise.std=0.2"] },
    train: "input noise changed",
    evaluate: "input model changed",
  },
  {
    name: "another engine",
    asked: { engine: "native, 2 threads" },
    train: "engine wasm -> native, 2 threads, input dataset changed, input noise changed",
    evaluate: "engine wasm -> native, 2 threads, input dataset changed, input model changed",
  },
  {
    name: "what changed since the newest of several results",
    runs: [{}, { set: ["train.epochs=50"] }],
    asked: { set: ["train.epochs=100"] },
    train: "train.epochs 50 -> 100",
    evaluate: "input model changed",
  },
  {
    name: "an older result that matches again",
    runs: [{}, { set: ["train.epochs=50"] }],
    asked: {},
    train: "cached from run-0",
    evaluate: "cached from run-0",
  },
  {
    name: "another pipeline, whose results it may use but does not compare with",
    asked: { pipeline: "other", set: ["evaluate.draws=2"] },
    train: "cached from run-0",
    evaluate: "never run",
  },
];
for (const { name, runs = [{}], asked, train, evaluate } of cases) {
  Deno.test(`forecast() reports ${name}`, async () => {
    await withFolder(async (root) => deepEqual(await said(root, runs, asked), [train, evaluate]));
  });
}

Deno.test("forecast() reports that stages that read data run each time, and all others without a cache", async () => {
  await withFolder(async (root) => {
    const pipeline = resolved(), keys = await stageKeys(pipeline, "wasm");
    const whys = async (cache?: { root: string; forced: string[] }) =>
      [...await forecast(pipeline, keys, cache)].map(([name, { why }]) => `${name}: ${why}`);
    deepEqual(await whys({ root, forced: ["load"] }), [
      "load: each time",
      "noise: each time",
      "train: never run",
      "evaluate: never run",
    ]);
    deepEqual((await whys()).slice(2), ["train: no cache", "evaluate: no cache"]);
  });
});
