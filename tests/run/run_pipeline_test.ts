import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import {
  ae,
  arrays,
  evaluate,
  exportRun,
  glyphs,
  load,
  pipeline,
  type PipelineEvent,
  runPipeline,
  train,
} from "../../mod.ts";
import { ROOT } from "../support/program.ts";
import { filesIn, typed, withEmptyFolder } from "../support/project.ts";

const letters = (epochs = 3) =>
  pipeline("letters", { seed: 7 })
    .pipe(load(glyphs()))
    .pipe(train(ae({ encoder: [35, 12], latent: 2 }), { epochs }))
    .pipe(evaluate());

Deno.test("runPipeline() returns the outputs and metrics of all stages, and reports stages and epochs", async () => {
  const events: PipelineEvent[] = [];
  const { outputs, metrics } = await runPipeline(letters(), {
    engine: "wasm",
    onEvent: (event) => events.push(event),
  });
  equal(outputs.dataset.train.count, 32);
  // 35-12-2-12-35 with biases.
  equal(outputs.model.parameters.length, 35 * 12 + 12 + 12 * 2 + 2 + 2 * 12 + 12 + 12 * 35 + 35);
  equal(metrics.evaluate.mse.direction, "lower");
  ok(metrics.evaluate.mse.value > 0 && metrics.evaluate.mse.value < 0.5);
  deepEqual(
    events.filter(({ type }) => type === "stage" || type === "epoch").map((event) =>
      event.type === "stage" ? `${event.stage} ${event.state}` : event.type === "epoch" ? event.epoch : ""
    ),
    [
      ...["load started", "load finished", "train started", 1, 2, 3],
      ...["train finished", "evaluate started", "evaluate finished"],
    ],
  );
});

Deno.test("runPipeline() gives the numbers of a run with the same seed, and takes settings as the command line does", async () => {
  const run = async (seed: number, set: string[] = []) =>
    (await runPipeline(letters(), { engine: "wasm", seed, set })).outputs.model.parameters;
  const first = await run(1);
  deepEqual(await run(1), first);
  ok((await run(2)).some((value, at) => value !== first[at]));
  equal((await run(1, ["train.model.latent=3"])).length > first.length, true);
  await rejects(run(1, ["train.epochs=0", "train.pateince=3"]), {
    name: "UsageError",
    message: /2 settings are wrong[\s\S]*train\.epochs[\s\S]*did you mean "patience"/,
  });
});

Deno.test("runPipeline() equals `deno task run`, bit for bit", async () => {
  await withEmptyFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/letters.ts`,
      `import { ae, evaluate, glyphs, load, pipeline, train } from ${
        JSON.stringify(`file://${ROOT}mod.ts`)
      };\n` +
        'export default pipeline("letters", { seed: 7 }).pipe(load(glyphs()))\n' +
        "  .pipe(train(ae({ encoder: [35, 12], latent: 2 }), { epochs: 3 })).pipe(evaluate());\n",
    );
    const words = ["-A", `--config=${ROOT}deno.json`, "--no-lock", `${ROOT}src/cli/start.ts`];
    const { code, stdout, stderr } = await typed(folder, [
      ...[Deno.execPath(), "run", ...words, "run", "letters.ts", "--engine", "wasm", "--ui", "plain"],
    ]);
    equal(code, 0, stdout + stderr);
    const file = filesIn(folder).find((name) => name.endsWith("artifacts/metrics.json"))!;
    const { evaluate: recorded } = JSON.parse(await Deno.readTextFile(`${folder}/${file}`));
    const { metrics } = await runPipeline(letters(), { engine: "wasm" });
    ok(Object.keys(metrics.evaluate).length > 3);
    for (const [name, { value }] of Object.entries(metrics.evaluate)) equal(value, recorded[name], name);
  });
});

Deno.test("runPipeline() hands artifacts to a callback and writes nothing itself", async () => {
  const files: Record<string, number> = {};
  await withEmptyFolder(async (folder) => {
    const before = Deno.cwd();
    Deno.chdir(folder);
    try {
      await runPipeline(letters().pipe(exportRun()), {
        engine: "wasm",
        onArtifact: (name, content) => void (files[name] = content.length),
      });
    } finally {
      Deno.chdir(before);
    }
    deepEqual(filesIn(folder), []);
  });
  ok(files["model/model.safetensors"] > 100, JSON.stringify(files));
  ok(files["reconstructions.png"] > 100);
});

Deno.test("runPipeline() stops after the batch when its signal is aborted, with the signal's reason", async () => {
  const abort = new AbortController(), reason = new Error("enough");
  let last = 0;
  await rejects(
    runPipeline(letters(1000), {
      engine: "wasm",
      signal: abort.signal,
      onEvent(event) {
        if (event.type !== "epoch") return;
        last = event.epoch;
        if (last === 2) abort.abort(reason);
      },
    }),
    (thrown) => thrown === reason,
  );
  equal(last, 2);
  await rejects(runPipeline(letters(), { signal: AbortSignal.abort(reason) }), (thrown) => thrown === reason);
});

Deno.test("runPipeline() names the stage that fails", async () => {
  const broken = pipeline("broken").pipe(load(glyphs()));
  const stage = {
    ...broken.stages[0],
    definition: { ...broken.stages[0].definition, run: () => Promise.reject(new Error("no data")) },
  };
  await rejects(runPipeline(broken.pipe(stage as never), { engine: "wasm" }), {
    name: "RunError",
    message: "load2: no data",
  });
});

Deno.test("the script of docs/how-to.md trains in a project, with the permissions it names, and prints what it says", async () => {
  const page = await Deno.readTextFile(`${ROOT}docs/how-to.md`);
  const [, script] = /```ts ignore\n(\/\/ train\.ts\n[\s\S]*?)```/.exec(page)!;
  const [, command] = /^ {4}(deno run .*train\.ts)$/m.exec(page)!;
  ok(script.trim().split("\n").length <= 20);
  await withEmptyFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/train.ts`, script);
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      JSON.stringify({
        imports: { hourglass: "jsr:@hourglass/hourglass" },
        links: [ROOT],
        lock: false,
        unstable: ["npm-lazy-caching"],
      }),
    );
    const [, ...words] = command.split(" ");
    const { code, stdout, stderr } = await typed(folder, [Deno.execPath(), ...words]);
    equal(code, 0, stderr);
    match(stdout, /^epoch 1: \d/);
    match(stdout, /\d+ parameters, mse 0\.\d+\n$/);
    deepEqual(filesIn(folder), ["deno.json", "train.ts"]);
  });
});

Deno.test("runPipeline() records with a model what its source did to the samples", async () => {
  const gaps = pipeline("gaps")
    .pipe(load(arrays({ train: [[1, 2], [NaN, 4], [3, 5], [5, 6]], testShare: 0, missing: "mean" })))
    .pipe(train(ae({ encoder: [2], latent: 1, outputActivation: "linear", loss: "mse" }), { epochs: 1 }));
  const { outputs: { model } } = await runPipeline(gaps, { engine: "wasm" });
  deepEqual(model.use?.preparation, { fills: [3, 4.25] });
});
