import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { parseMetric } from "../../src/report/metric_names.ts";
import { readMetrics } from "../../src/run/metrics_file.ts";
import { RunRecord } from "../../src/run/record.ts";
import { onlyRun, readJson, runProgram, withRunsFolder } from "../support/program.ts";
import { SHORT } from "../support/short_pipelines.ts";

for (const { name, settings, stage = "evaluate", metrics, files, models } of SHORT) {
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
      const read = await readMetrics(run);
      ok(typeof read === "object", String(read));
      const named = Object.values(read.metrics).flatMap(Object.entries);
      const unknown = named.filter(([name, { unit, direction }]) =>
        parseMetric(name).meaning === undefined || unit === undefined || direction === undefined
      );
      deepEqual(unknown, [], "every metric has a meaning, a unit and a direction");
      if ("evaluate" in measured) {
        const { split, images, features, reduction } = read.conditions.evaluate;
        ok(split && (images ?? features) && reduction, "the numbers say what they are measured on, and how");
      }
      for (const file of files) ok(Deno.statSync(`${run}/artifacts/${file}`).size > 100, file);
      for (const file of models ?? ["model.safetensors", "tfjs/autoencoder/model.json"]) {
        ok(Deno.statSync(`${run}/artifacts/model/${file}`).isFile, file);
      }
      equal([...Deno.readDirSync(`${run}/artifacts`)].some(({ name }) => name.endsWith(".tmp")), false);
    });
  });
}

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
        "train.repeats=16",
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
