import { deepStrictEqual as deepEqual, match, strictEqual as equal } from "node:assert/strict";
import { SCHEMA } from "../../src/core/schema_version.ts";
import { readMetrics, writeMetrics } from "../../src/run/metrics_file.ts";
import { withFolder } from "./temporary.ts";

Deno.test("writeMetrics() writes its version and conditions beside the metrics, and readMetrics() separates them", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/artifacts`);
    const written = async () => JSON.parse(await Deno.readTextFile(`${folder}/artifacts/metrics.json`));
    const metrics = { evaluate: { elbo: -95.3 }, train: { epochs: 3 } }, $version = SCHEMA.metrics;
    await writeMetrics(folder, metrics, {});
    deepEqual(await written(), { $version, ...metrics });
    deepEqual(await readMetrics(folder), { metrics, conditions: {} });
    const conditions = { evaluate: { elbo: "one latent sample" } };
    await writeMetrics(folder, metrics, conditions);
    deepEqual(await written(), { $version, ...metrics, $conditions: conditions });
    deepEqual(await readMetrics(folder), { metrics, conditions });
  });
});

Deno.test("readMetrics() is undefined without a file, and a message for what is no such file", async () => {
  await withFolder(async (folder) => {
    equal(await readMetrics(folder), undefined);
    await Deno.mkdir(`${folder}/artifacts`);
    for (const text of ["", "null", "[]", `{"$version":"x"}`, `{"$version":${SCHEMA.metrics},"train":3}`]) {
      await Deno.writeTextFile(`${folder}/artifacts/metrics.json`, text);
      match(String(await readMetrics(folder)), /artifacts\/metrics.json" must hold metrics, got: /);
    }
  });
});
