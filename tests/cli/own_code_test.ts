/** Pipelines with stages and sources of their own, run as a user does. */
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

const STAGE = `
  import { factor } from "./factor.ts";
  import { metric, type Dataset, stage, unit } from "../../mod.ts";
  export const bright = stage({
    name: "bright", version: 1, inputs: ["dataset"], outputs: ["bright"], options: { limit: 50 },
    async run({ dataset }: { dataset: Dataset }, { limit }, context) {
      let sum = 0;
      for (const value of dataset.train.values.subarray(0, limit)) sum += value;
      context.log("adding up");
      context.warn("a word of warning");
      await context.writeArtifact("bright.json", "the sum", JSON.stringify({ sum }));
      return {
        outputs: { bright: Float32Array.of(sum) },
        note: "the sum is " + sum,
        metrics: { mean: metric(factor * sum / limit, { unit: unit("lux"), direction: "higher" }) },
      };
    },
  });`;
const PIPELINE = `
  import { ae, glyphs, load, pipeline, train } from "../../mod.ts";
  import { bright } from "./stage.ts";
  export default pipeline("own").pipe(load(glyphs()))
    .pipe(train(ae({ encoder: [35, 4], latent: 2 }), { epochs: 2, previews: false })).pipe(bright());`;

type Files = Record<string, string>;

async function write(folder: string, files: Files): Promise<void> {
  await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${ROOT}${folder}/${name}`, text);
  }
}

const run = (folder: string, ...more: string[]) =>
  runProgram("run", [
    `${folder}/own.ts`,
    "--runs",
    `${folder}/made`,
    "--ui",
    "plain",
    "--engine",
    "wasm",
    ...more,
  ]);

/** Why each stage would run, or that it is cached. */
async function planned(folder: string): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await runProgram("plan", [
    ...[`${folder}/own.ts`, "--runs", `${folder}/made`, "--engine", "wasm", "--json"],
  ]);
  equal(code, 0, stderr);
  const { stages } = JSON.parse(stdout) as { stages: { name: string; cached: boolean; why: string }[] };
  return Object.fromEntries(stages.map(({ name, cached, why }) => [name, cached ? "cached" : why]));
}

Deno.test("run caches an own stage by its code: an edit of a file it imports runs it again, and no built-in stage", () =>
  withRunsFolder(async (folder) => {
    await write(folder, { "own.ts": PIPELINE, "stage.ts": STAGE, "factor.ts": "export const factor = 2;" });
    const first = await run(folder);
    equal(first.code, 0, first.stderr);
    const made = onlyRun(`${folder}/made`, "own"), { bright } = readJson(`${made}/artifacts/metrics.json`);
    deepEqual(await planned(folder), { load: "each time", train: "cached", bright: "cached" });

    await write(folder, { "factor.ts": "export const factor = 3;" });
    deepEqual(await planned(folder), {
      load: "each time",
      train: "cached",
      bright: "code changed: factor.ts",
    });
    const second = await run(folder);
    match(second.stdout, /train +finished .*cached from/);
    match(second.stdout, /bright +finished in .*: the sum is/);
    const [, other] = [...Deno.readDirSync(`${ROOT}${folder}/made/own`)].map(({ name }) => name).sort();
    const again = readJson(`${ROOT}${folder}/made/own/${other}/artifacts/metrics.json`).bright;
    ok(Math.abs(again.mean / bright.mean - 1.5) < 1e-12, `${again.mean} after ${bright.mean}`);
    match((await run(folder, "--needed")).stdout, /nothing to do: identical run/);
  }));

Deno.test("run shows what an own stage emits, writes and measures: log, record, metrics, gate, report, tables", () =>
  withRunsFolder(async (folder) => {
    await write(folder, { "own.ts": PIPELINE, "stage.ts": STAGE, "factor.ts": "export const factor = 2;" });
    const { code, stdout, stderr } = await run(folder, "--fail-if", "bright.mean<1e6", "--tensorboard");
    equal(code, 3, stderr);
    for (
      const text of [
        /bright +adding up/,
        /a word of warning/,
        /made artifacts\/bright\.json \(the sum\)/,
        /mean +[\d.]+ lux ↑/,
      ]
    ) {
      match(stdout, text);
    }
    const made = onlyRun(`${folder}/made`, "own");
    deepEqual(readJson(`${made}/artifacts/metrics.json`).$info.bright.mean, {
      unit: "lux",
      direction: "higher",
    });
    match(Deno.readTextFileSync(`${made}/artifacts/metrics.csv`), /bright,mean,[\d.]+,lux,higher/);
    const report = Deno.readTextFileSync(`${made}/report.html`);
    for (const text of [/lux/, /a word of warning/, /the sum</, /the sum is/]) match(report, text);
    const [events] = [...Deno.readDirSync(`${made}/tensorboard`)].map(({ name }) =>
      `${made}/tensorboard/${name}`
    );
    match(new TextDecoder("latin1").decode(Deno.readFileSync(events)), /bright\/mean/);
  }));

Deno.test("run ends with 1 and the place of an error in an own stage, and with 2 where the file does not load; no stack trace", () =>
  withRunsFolder(async (folder) => {
    const broken = STAGE.replace("let sum = 0;", "let sum = (undefined as never as number[])[0];");
    await write(folder, { "own.ts": PIPELINE, "stage.ts": broken, "factor.ts": "export const factor = 2;" });
    const { code, stdout, stderr } = await run(folder);
    equal(code, 1, stderr);
    match(
      stdout,
      new RegExp(`bright +failed .*Cannot read.* \\(${folder}/stage\\.ts, line 7, column \\d+\\)`),
    );
    ok(!/^ +at .*(file:|ext:)/m.test(stdout + stderr), stdout + stderr);
    const debug = await run(folder, "--debug", "--no-cache");
    match(debug.stdout, /at .*stage\.ts:7:/);
    ok(!/\/src\//.test(debug.stdout.replaceAll(/error: .*/g, "")), debug.stdout);

    await write(folder, { "factor.ts": 'export const factor = 2;\nthrow new Error("no factor");' });
    const unloaded = await run(folder);
    equal(unloaded.code, 2, unloaded.stderr);
    match(unloaded.stderr, new RegExp(`no factor \\(${folder}/factor\\.ts, line 2, column 7\\)`));
    await write(folder, {
      "factor.ts": "export const factor = 2;",
      "stage.ts": STAGE.replace('name: "bright"', 'name: "train"'),
    });
    const clash = await run(folder);
    equal(clash.code, 2);
    match(clash.stderr, /stage "train": name must not be that of a built-in stage/);
  }));

Deno.test("run refuses to start while the files of own code change, so that no result is stored under other code", () =>
  withRunsFolder(async (folder) => {
    const edits =
      'Deno.writeTextFileSync(new URL("./factor.ts", import.meta.url), "export const factor = " + Date.now());\n';
    await write(folder, {
      "own.ts": edits + PIPELINE,
      "stage.ts": STAGE,
      "factor.ts": "export const factor = 2;",
    });
    const { code, stdout } = await run(folder);
    equal(code, 1);
    match(
      stdout,
      /own\.ts must not be edited while a run starts, got a change in it or in a file that it imports \(start it again\)/,
    );
  }));

Deno.test("run sweeps the options of own stages and sources, and compares their metrics", () =>
  withRunsFolder(async (folder) => {
    const sweep = `
      import { load, pipeline, source, sweep } from "../../mod.ts";
      import { bright } from "./stage.ts";
      const line = source({ name: "line", version: 1, options: { rise: 1 }, shape: [2], module: import.meta.url,
        open: ({ rise }) => ({ train: { values: Float32Array.from({ length: 200 }, (_, at) => rise * at) } }) });
      export default sweep(pipeline("own").pipe(load(line())).pipe(bright()), { "bright.limit": [10, 20], "load.source.rise": [1, 3] });`;
    await write(folder, { "own.ts": sweep, "stage.ts": STAGE, "factor.ts": "export const factor = 2;" });
    const { code, stdout, stderr } = await run(folder);
    equal(code, 0, stderr);
    match(stdout, /lux/);
    const compared = [...Deno.readDirSync(`${ROOT}${folder}/made`)].map(({ name }) => name);
    ok(compared.length > 0, stdout);
  }));

Deno.test("plan lists the files of own code, and plan and run say which imports they cannot follow", () =>
  withRunsFolder(async (folder) => {
    const computed = STAGE.replace(
      "let sum = 0;",
      'const name = "./factor.ts"; let sum = (await import(name)).factor;',
    );
    await write(folder, {
      "own.ts": PIPELINE,
      "stage.ts": computed,
      "factor.ts": "export const factor = 2;",
    });
    const { stdout } = await runProgram("plan", [`${folder}/own.ts`, "--engine", "wasm"]);
    match(stdout, /code: +own\.ts +stage\.ts +factor\.ts\n/);
    match(stdout, /edits of modules that are imported by a computed name are not noticed \(stage\.ts:7\)/);
    match((await run(folder)).stdout, /bright: edits of modules that are imported by a computed name/);
  }));

Deno.test("run stores what it can: a function among outputs is a warning, and a stage with cache: false runs each time", () =>
  withRunsFolder(async (folder) => {
    const stage = (more: string) =>
      `import { glyphs, load, pipeline, stage } from "../../mod.ts";
       const kernel = stage({ name: "kernel", version: 1, outputs: ["kernel"], ${more} run: () => ({ outputs: { kernel: { size: 3, apply: () => 1 } } }) });
       const used = stage({ name: "used", version: 1, inputs: ["kernel"], run: ({ kernel }: { kernel: { apply(): number } }) => ({ note: "got " + kernel.apply() }) });
       export default pipeline("own").pipe(load(glyphs())).pipe(kernel()).pipe(used());`;
    await write(folder, { "own.ts": stage("") });
    const { code, stdout } = await run(folder);
    equal(code, 0);
    match(
      stdout,
      /The result could not be cached: outputs\.kernel\.apply must be plain data or typed arrays, got a function/,
    );
    await write(folder, { "own.ts": stage("cache: false,") });
    const quiet = await run(folder);
    ok(!quiet.stdout.includes("could not be cached"), quiet.stdout);
    match(quiet.stdout, /used +finished .*got 1/);
    deepEqual(await planned(folder), { load: "each time", kernel: "each time", used: "cached" });
  }));
