import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import { type Sweep, sweepMembers } from "../../src/pipeline/sweep.ts";
import { RunRecord } from "../../src/run/record.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

/** The shipped pipelines in a short form, and what must come of each. */
const SHORT: { name: string; settings: string[]; stage?: string; metrics: string[]; files: string[] }[] = [
  {
    name: "glyphs-ae",
    settings: ["train.epochs=60"],
    metrics: ["mse", "pixelAccuracy", "worstWrongPixels", "train.mse"],
    files: [
      "invent.png",
      "interpolate.png",
      "interpolate.gif",
      "generate.png",
      "generate-manifold.png",
      "latent.png",
      "reconstructions.png",
    ],
  },
  {
    name: "glyphs-ae-small",
    settings: ["train.epochs=60"],
    metrics: ["mse", "bce", "worstWrongPixels"],
    files: ["invent.png", "latent.png", "reconstructions.png"],
  },
  {
    name: "glyphs-dae",
    settings: ["train.epochs=1", "train.copies=16", "evaluate.draws=5"],
    metrics: [
      "pixelAccuracy@0.2",
      "pixelAccuracy@0.3Low",
      "pixelAccuracyBelowBest@0.5High",
      "pixelAccuracy@0.5",
      "thresholdPixelAccuracy@0.3",
      "bestPixelAccuracy@0.5",
    ],
    files: ["reconstructions.png"],
  },
  {
    name: "glyphs-dae-2d",
    settings: ["train.epochs=1", "train.copies=16", "evaluate.draws=5"],
    metrics: ["pixelAccuracy@1", "bestPixelAccuracy@0.8"],
    files: ["latent.png", "reconstructions.png"],
  },
  {
    name: "glyphs-flips",
    settings: ["train.epochs=1", "train.copies=16", "evaluate.draws=5"],
    metrics: [
      "withinOnePixel@flips0.1",
      "withinOnePixel@flips0.15High",
      "bestWithinOnePixel@flips0.2",
      "nearestGlyphExact@flips0.2",
      "repeated.withinOnePixelBelowBest@flips0.2",
    ],
    files: ["reconstructions.png"],
  },
  {
    name: "mnist-vae",
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=2", "generate.count=9"],
    metrics: ["elbo", "reconstruction", "kl", "activeUnits", "mse", "bce", "pixelAccuracy", "train.elbo"],
    files: ["interpolate.gif", "generate.png", "reconstructions.png"],
  },
  {
    name: "mnist-audit",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=2",
      "novelty.count=50",
      "hallucinate.count=50",
    ],
    metrics: ["elbo", "kl"],
    files: [
      "novelty.json",
      "novelty-new.png",
      "hallucinate-inverted.png",
      "hallucinate-constant.png",
      "sharpness.json",
      "sharpness.png",
      "reconstructions.png",
    ],
  },
  {
    name: "mnist-vae-2d",
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=2", "generate.manifold=5"],
    metrics: ["elbo", "kl"],
    files: ["latent.png", "generate-manifold.png"],
  },
  {
    name: "emoji-vae",
    settings: ["load.source.limit=200", "train.epochs=2", "interpolate.to.sample=9", "generate.count=9"],
    metrics: ["elbo", "kl"],
    files: ["interpolate.gif", "generate.png", "reconstructions.png"],
  },
  {
    name: "emoji-deep",
    settings: ["load.source.limit=100", "train.epochs=1", "interpolate.to.sample=9", "generate.count=9"],
    metrics: ["elbo", "kl"],
    files: ["interpolate.gif", "generate.png", "reconstructions.png"],
  },
  {
    name: "faces",
    settings: ["load.source.limit=100", "train.epochs=1", "generate.count=9"],
    metrics: ["elbo", "kl"],
    files: ["interpolate.gif", "generate.png", "reconstructions.png"],
  },
  {
    name: "mnist-anomaly",
    stage: "anomaly",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=2",
      "anomaly.baselineImages=20",
    ],
    metrics: ["auroc", "aurocLow", "aurocHigh", "auroc.elbo", "auroc.isolationForest", "auroc.neighbours"],
    files: ["anomaly.png", "anomaly.json", "reconstructions.png"],
  },
  {
    name: "mnist-arithmetic",
    stage: "latentSpace",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=2",
      "arithmetic.images=10",
      "exchange.images=10",
      "latentSpace.paths=5",
      "generate.count=40",
      "clusters.k=[2,3]",
    ],
    metrics: ["neighbourAccuracy", "baselineAccuracy", "baselineMse", "linearStretch", "sphericalWorstStep"],
    files: [
      "arithmetic.png",
      "exchange.png",
      "interpolate.gif",
      "latentSpace.json",
      "clusters.png",
      "clusters.json",
    ],
  },
];

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
      const { groups, outcomes } = readJson(`${onlyRun(folder, `${name}.sweep`)}/sweep.json`);
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

for (const { name, settings, stage = "evaluate", metrics, files } of SHORT) {
  Deno.test(`pipelines/${name}.ts runs in a short form and leaves what it promises`, async () => {
    await withRunsFolder(async (folder) => {
      const args = [
        `pipelines/${name}.ts`,
        "--ui",
        "plain",
        "--runs",
        folder,
        ...settings.flatMap((text) => ["--set", text]),
      ];
      const { code, stdout, stderr } = await runProgram("run", args);
      equal(code, 0, stdout + stderr);
      // deno-lint-ignore no-control-regex -- looks for what must not be there.
      ok(!/[\r\x1b]/.test(stdout), "no escape codes and no carriage returns");
      const run = onlyRun(folder, name);
      const record = RunRecord.parse(readJson(`${run}/run.json`));
      deepEqual([record.status, record.exitCode, record.pipeline], ["completed", 0, name]);
      const measured = readJson(`${run}/artifacts/metrics.json`);
      for (const metric of metrics) ok(Number.isFinite(measured[stage][metric]), metric);
      for (const metric of ["epochs", "bestEpoch", "bestLoss", "seconds"]) {
        ok(Number.isFinite(measured.train[metric]), metric);
      }
      for (const file of files) ok(Deno.statSync(`${run}/artifacts/${file}`).size > 100, file);
      for (const file of ["model.safetensors", "tfjs/autoencoder/model.json"]) {
        ok(Deno.statSync(`${run}/artifacts/model/${file}`).isFile, file);
      }
      equal([...Deno.readDirSync(`${run}/artifacts`)].some(({ name }) => name.endsWith(".tmp")), false);
    });
  });
}

/** The shipped sweeps: how many runs each has, and what shortens them. */
const SWEPT: { name: string; runs: number; settings: string[] }[] = [
  { name: "glyphs-architectures", runs: 60, settings: ["train.epochs=3"] },
  { name: "glyphs-initialisers", runs: 60, settings: ["train.epochs=3"] },
  { name: "glyphs-losses", runs: 15, settings: ["train.epochs=3"] },
  {
    name: "glyphs-noise-matrix",
    runs: 15,
    settings: ["train.epochs=1", "train.copies=16", "evaluate.draws=2"],
  },
  { name: "glyphs-optimizers", runs: 15, settings: ["train.epochs=3"] },
  { name: "glyphs-seeds", runs: 40, settings: ["train.epochs=3"] },
];

for (const { name, runs, settings } of SWEPT) {
  Deno.test(`pipelines/${name}.ts is a sweep of ${runs} runs whose settings all hold; one of them runs and gives what is compared`, async () => {
    const file = new URL(`../../pipelines/${name}.ts`, import.meta.url).href;
    const { default: sweep } = await import(file) as { default: Sweep };
    const members = sweepMembers(sweep, sweep.pipeline.seed);
    equal(members.length, runs);
    equal(sweep.pipeline.name, name);
    for (const { overrides, seed } of members) resolvePipeline(sweep.pipeline, { overrides, seed });
    await withRunsFolder(async (folder) => {
      // The last value of each axis, one seed.
      Deno.mkdirSync(`${ROOT}${folder}`, { recursive: true });
      const short = `${folder}/${name}.ts`;
      Deno.writeTextFileSync(
        `${ROOT}${short}`,
        `import sweep from ${JSON.stringify(file)};
        const axes = Object.entries(sweep.axes).map(([path, values]) => [path, values.slice(-1)]);
        export default { ...sweep, axes: Object.fromEntries(axes), options: { ...sweep.options, seeds: 1 } };`,
      );
      const args = [short, "--ui", "plain", "--runs", folder, ...settings.flatMap((text) => ["--set", text])];
      const { code, stdout, stderr } = await runProgram("run", args);
      equal(code, 0, stdout + stderr);
      for (const metric of sweep.options.metrics!) ok(stdout.includes(metric), `${metric} in ${stdout}`);
      match(stdout, /^1\/1 /m);
    });
  });
}

Deno.test("every shipped pipeline has its short form above", () => {
  const shipped = [...Deno.readDirSync(new URL("../../pipelines/", import.meta.url))].map(({ name }) =>
    name.replace(".ts", "")
  );
  deepEqual(shipped.sort(), [...SHORT, ...SHORT_SWEEPS, ...SWEPT].map(({ name }) => name).sort());
});

Deno.test("run gives the same metrics digit for digit for the same seed, and others for another", async () => {
  const measure = async (seed: string) => {
    let metrics = "";
    await withRunsFolder(async (folder) => {
      const args = [
        "pipelines/glyphs-dae.ts",
        "--ui",
        "off",
        "--runs",
        folder,
        "--seed",
        seed,
        "--set",
        "train.epochs=4",
        "--set",
        "train.copies=16",
        "--set",
        "evaluate.draws=3",
      ];
      equal((await runProgram("run", args)).code, 0);
      metrics = Deno.readTextFileSync(`${onlyRun(folder, "glyphs-dae")}/artifacts/metrics.json`).replace(
        /.*[sS]econd.*/g,
        "",
      );
    });
    return metrics;
  };
  const [first, again, other] = await Promise.all(["7", "7", "8"].map(measure));
  equal(first, again);
  ok(first !== other);
});

Deno.test("plan shows resolved options, parameters and costs of a step, and does no work", async () => {
  const { code, stdout } = await runProgram("plan", ["pipelines/mnist-vae.ts", "--set", "train.epochs=7"]);
  equal(code, 0);
  match(stdout, /60,000 \+ 10,000 images of 28x28/);
  match(stdout, /652,824 parameters/);
  match(stdout, /epochs=7\b/);
  match(stdout, /a step: \d+ MFLOP, at most \d+ MB/);
});
