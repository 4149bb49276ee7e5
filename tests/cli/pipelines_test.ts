import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { RunRecord } from "../../src/run/record.ts";
import { onlyRun, readJson, runProgram, withRunsFolder } from "../support/program.ts";

/** The shipped pipelines in a short form, and what must come of each. */
const SHORT: { name: string; settings: string[]; stage?: string; metrics: string[]; files: string[] }[] = [
  {
    name: "glyphs-ae",
    settings: ["train.epochs=60"],
    metrics: ["mse", "bce", "pixelAccuracy", "worstWrongPixels", "train.mse"],
    files: [
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
    metrics: ["mse", "worstWrongPixels"],
    files: ["latent.png", "reconstructions.png"],
  },
  {
    name: "glyphs-dae",
    settings: ["train.epochs=30", "evaluate.draws=5"],
    metrics: [
      "pixelAccuracy@0.2",
      "pixelAccuracy@0.5",
      "thresholdPixelAccuracy@0.3",
      "bestPixelAccuracy@0.5",
    ],
    files: ["reconstructions.png"],
  },
  {
    name: "mnist-vae",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=2",
      "generate.count=9",
    ],
    metrics: ["elbo", "reconstruction", "kl", "activeUnits", "mse", "bce", "pixelAccuracy", "train.elbo"],
    files: ["look.png", "interpolate.gif", "generate.png", "reconstructions.png"],
  },
  {
    name: "mnist-vae-plain",
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=2", "generate.count=9"],
    metrics: ["elbo", "kl", "train.elbo"],
    files: ["generate.png", "reconstructions.png"],
  },
  {
    name: "mnist-iwae",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=50",
      "train.epochs=2",
      "evaluate.importanceSamples=5",
      "generate.count=9",
    ],
    metrics: ["elbo", "importanceBound", "importanceSamples", "importanceImages"],
    files: ["generate.png", "reconstructions.png"],
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
];

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

Deno.test("every shipped pipeline has its short form above", () => {
  const shipped = [...Deno.readDirSync(new URL("../../pipelines/", import.meta.url))].map(({ name }) =>
    name.replace(".ts", "")
  );
  deepEqual(shipped.sort(), SHORT.map(({ name }) => name).sort());
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
        "train.epochs=40",
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
  const { code, stdout } = await runProgram("plan", [
    "pipelines/mnist-vae-plain.ts",
    "--set",
    "train.epochs=7",
  ]);
  equal(code, 0);
  match(stdout, /60,000 \+ 10,000 images of 28x28/);
  match(stdout, /652,824 parameters/);
  match(stdout, /epochs=7\b/);
  match(stdout, /a step: \d+ MFLOP, at most \d+ MB/);
});
