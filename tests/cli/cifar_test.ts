import { ok, strictEqual as equal } from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeCifar } from "../support/cifar.ts";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

Deno.test("pipelines/cifar-conv-vae.ts trains on the batches of a folder that the user names", async () => {
  await withRunsFolder(async (folder) => {
    const batches = `${folder}/made batches`;
    writeCifar(`${ROOT}${batches}`);
    const settings = [
      `load.source.folder=${batches}`,
      "train.epochs=1",
      "train.batchSize=32",
      "train.model.latentChannels=4",
      "generate.count=9",
    ];
    const { code, stdout, stderr } = await runProgram("run", [
      "pipelines/cifar-conv-vae.ts",
      ...["--ui", "plain", "--runs", folder],
      ...settings.flatMap((text) => ["--set", text]),
    ]);
    equal(code, 0, stdout + stderr);
    const artifacts = `${onlyRun(folder, "cifar-conv-vae")}/artifacts`;
    const { evaluate } = readJson(`${artifacts}/metrics.json`);
    for (const metric of ["elbo", "mse", "bitsPerDimension"]) ok(Number.isFinite(evaluate[metric]), metric);
    for (const file of ["generate.png", "reconstructions.png", "model/model.safetensors"]) {
      ok(Deno.statSync(`${artifacts}/${file}`).size > 100, file);
    }
  });
});

const FOLDER = "cifar-10-batches-bin";

Deno.test({
  name: "experiments skips those of CIFAR-10 without its folder, and says which it needs",
  // With it they would run for hours.
  ignore: existsSync(`${ROOT}${FOLDER}`),
  async fn() {
    await withRunsFolder(async (folder) => {
      Deno.mkdirSync(`${ROOT}${folder}`, { recursive: true });
      const out = `${folder}/results.md`;
      const args = ["--only", "cifar", "--runs", folder, "--out", out];
      const { code, stdout, stderr } = await runProgram("experiments", args);
      equal(code, 0, stdout + stderr);
      const needs = new RegExp(`it needs the folder "${FOLDER}", which does not exist`, "g");
      equal(stdout.match(needs)?.length, 2, stdout);
      equal(Deno.readTextFileSync(`${ROOT}${out}`).match(needs)?.length, 2);
    });
  },
});
