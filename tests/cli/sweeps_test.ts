import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import type { Sweep } from "../../src/pipeline/sweep/sweep.ts";
import { sweepMembers } from "../../src/sweep/settings.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";
import { SHORT } from "../support/short_pipelines.ts";

/** The shipped sweeps in a short form, and what is compared. */
const SHORT_SWEEPS: { name: string; settings: string[]; members: number; metrics: string[] }[] = [
  {
    name: "mnist-latent",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=1",
      "latentSpace.paths=5",
    ],
    members: 6,
    metrics: ["evaluate.elbo", "latentSpace.neighbourAccuracy", "latentSpace.baselineMse"],
  },
];

for (const { name, settings, members, metrics } of SHORT_SWEEPS) {
  Deno.test(`pipelines/${name}.ts runs in a short form and compares all its runs`, async () => {
    await withRunsFolder(async (folder) => {
      const args = [
        `pipelines/${name}.ts`,
        "--runs",
        folder,
        ...settings.flatMap((text) => ["--set", text]),
      ];
      const { code, stdout, stderr } = await runProgram("run", args);
      equal(code, 0, stdout + stderr);
      const { groups, outcomes } = readJson(`${onlyRun(folder, `${name}.sweep`)}/comparison.json`);
      deepEqual([groups.length, outcomes.length], [members, members]);
      for (const outcome of outcomes) {
        for (const metric of metrics) {
          const [stage, own] = metric.split(".");
          ok(Number.isFinite(outcome.metrics[stage][own]), `${outcome.label}: ${metric}`);
        }
      }
    });
  });
}

/** The shipped sweeps: how many runs each has, and what shortens them. */
const SWEPT: { name: string; runs: number; settings: string[] }[] = [
  {
    name: "anomaly-conv",
    runs: 10,
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=1",
      "anomaly.baselineImages=20",
    ],
  },
  {
    name: "anomaly-conv-selection",
    runs: 90,
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=1"],
  },
  {
    name: "anomaly-conv-vs-dense",
    runs: 90,
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=1"],
  },
  {
    name: "digits-conditional-vs-dense",
    runs: 9,
    settings: ["load.source.limit=300", "load.source.testLimit=100", "train.epochs=1", "generate.count=20"],
  },
  {
    name: "mnist-conv-iwae-vs-dense",
    runs: 9,
    settings: [
      "load.source.limit=300",
      "load.source.testLimit=20",
      "train.epochs=1",
      "evaluate.importanceSamples=3",
    ],
  },
  {
    name: "emoji-colour-vs-dense",
    runs: 9,
    settings: ["load.source.limit=100", "train.epochs=1", "novelty.count=20"],
  },
  {
    name: "emoji-conv-vs-dense",
    runs: 9,
    settings: ["load.source.limit=100", "train.epochs=1", "novelty.count=20"],
  },
  {
    name: "faces-conv-vs-dense",
    runs: 9,
    settings: ["load.source.limit=80", "train.epochs=1", "novelty.count=10"],
  },
  {
    name: "mnist-conv-selection",
    runs: 14,
    settings: ["load.source.limit=300", "load.source.testLimit=100", "train.epochs=1"],
  },
  {
    name: "mnist-conv-vs-dense",
    runs: 9,
    settings: ["load.source.limit=300", "load.source.testLimit=100", "train.epochs=1"],
  },
  {
    name: "emoji-cures",
    runs: 30,
    settings: ["load.source.limit=300", "train.epochs=1", "novelty.count=20"],
  },
  { name: "glyphs-architectures", runs: 60, settings: ["train.epochs=3"] },
  { name: "glyphs-initialisers", runs: 60, settings: ["train.epochs=3"] },
  { name: "glyphs-losses", runs: 15, settings: ["train.epochs=3"] },
  {
    name: "glyphs-noise-matrix",
    runs: 15,
    settings: ["train.epochs=1", "train.repeats=16", "evaluate.draws=2"],
  },
  { name: "glyphs-optimizers", runs: 15, settings: ["train.epochs=3"] },
  {
    name: "mnist-anomaly-digits",
    runs: 10,
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=1",
      "anomaly.baselineImages=20",
    ],
  },
  {
    name: "mnist-anomaly-unseen",
    runs: 20,
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=1"],
  },
  { name: "mnist-vae-initialisers", runs: 10, settings: ["load.source.limit=600", "train.epochs=1"] },
  {
    name: "mnist-vae-plain-seeds",
    runs: 15,
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=1"],
  },
  { name: "glyphs-seeds", runs: 40, settings: ["train.epochs=3"] },
];

for (const { name, runs, settings } of SWEPT) {
  Deno.test(`pipelines/${name}.ts is a sweep of ${runs} runs whose settings all resolve; one of them runs and gives the compared metrics`, async () => {
    const file = new URL(`../../pipelines/${name}.ts`, import.meta.url).href;
    const { default: sweep } = await import(file) as { default: Sweep };
    const members = sweepMembers(sweep, sweep.pipeline.seed);
    equal(members.length, runs);
    equal(sweep.pipeline.name, name);
    for (const { overrides, seed } of members) resolvePipeline(sweep.pipeline, { overrides, seed });
    await withRunsFolder(async (folder) => {
      // The last value of each axis, or the first of settings that are listed, one seed.
      Deno.mkdirSync(`${ROOT}${folder}`, { recursive: true });
      const short = `${folder}/${name}.ts`;
      Deno.writeTextFileSync(
        `${ROOT}${short}`,
        `import sweep from ${JSON.stringify(file)};
        const { axes } = sweep;
        const last = () => Object.fromEntries(Object.entries(axes).map(([path, values]) => [path, values.slice(-1)]));
        export default { ...sweep, axes: Array.isArray(axes) ? axes.slice(0, 1) : last(), options: { ...sweep.options, seeds: 1 } };`,
      );
      const args = [short, "--ui", "plain", "--runs", folder, ...settings.flatMap((text) => ["--set", text])];
      const { code, stdout, stderr } = await runProgram("run", args);
      equal(code, 0, stdout + stderr);
      for (const metric of sweep.options.metrics!) ok(stdout.includes(metric), `${metric} in ${stdout}`);
      match(stdout, /^1\/1 /m);
    });
  });
}

/** Those that need data of their own, which their tests make. */
const ELSEWHERE = [{ name: "photos" }, { name: "photos-conv" }, { name: "cifar-conv-vae" }, {
  name: "cifar-conv-vs-dense",
}];

Deno.test("a sweep that compares its settings with one of them says what is better, worse or a tie", async () => {
  await withRunsFolder(async (folder) => {
    Deno.mkdirSync(`${ROOT}${folder}`, { recursive: true });
    const file = `${folder}/short-or-long.ts`;
    const write = (baseline: string) =>
      Deno.writeTextFileSync(
        `${ROOT}${file}`,
        `import { adam, ae, evaluate, glyphs, load, pipeline, sweep, train } from "../../mod.ts";
        const letters = pipeline("short-or-long")
          .pipe(load(glyphs()))
          .pipe(train(ae({ encoder: [35, 20], latent: 2, activation: "tanh" }), { optimizer: adam(), epochs: 2 }))
          .pipe(evaluate());
        export default sweep(letters, [{ label: "short" }, { label: "long", set: { "train.epochs": 300 } }], {
          seeds: 3, baseline: ${JSON.stringify(baseline)}, metrics: ["evaluate.mse"],
        });`,
      );
    write("shrot");
    const refused = await runProgram("run", [file, "--runs", folder]);
    equal(refused.code, 2, refused.stderr);
    match(
      refused.stderr,
      /must be the label of one of its settings, got "shrot"; labels are short, long/,
    );
    write("short");
    const { code, stdout, stderr } = await runProgram("run", [file, "--runs", folder]);
    equal(code, 0, stdout + stderr);
    match(
      stdout,
      /^ {2}evaluate\.mse \(squared error\/pixel\) ↓ +[\d.]+ ± [\d.]+ {2}\(better: -[\d.]+ ± [\d.]+ against short\)$/m,
    );
    const swept = onlyRun(folder, "short-or-long.sweep");
    const page = Deno.readTextFileSync(`${swept}/comparison.html`);
    match(page, /6 runs in 2 groups/);
    match(page, /short \(n = 3\)[\s\S]*long \(n = 3\)/);
    const { groups, baseline } = readJson(`${swept}/comparison.json`);
    deepEqual([baseline, groups[0].differences, groups[1].differences["evaluate.mse"].verdict], [
      "short",
      undefined,
      "better",
    ]);
  });
});

Deno.test("every shipped pipeline has a short form that is tested", () => {
  const shipped = [...Deno.readDirSync(new URL("../../pipelines/", import.meta.url))].map(({ name }) =>
    name.replace(".ts", "")
  );
  deepEqual(
    shipped.sort(),
    [...SHORT, ...SHORT_SWEEPS, ...SWEPT, ...ELSEWHERE].map(({ name }) => name).sort(),
  );
});
