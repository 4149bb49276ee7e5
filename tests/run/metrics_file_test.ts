import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { SCHEMA } from "../../src/core/schema_version.ts";
import { metric } from "../../src/pipeline/metric.ts";
import { METRICS_FILE, readMetrics, writeMetrics } from "../../src/run/metrics_file.ts";
import { withFolder } from "./temporary.ts";

const interval = { low: -96, high: -94 };
const elbo = metric(-95.3, { unit: "nats/sample", direction: "higher", split: "test", interval });
const epochs = metric(3, { unit: "epochs", direction: "none" });
const METRICS = { evaluate: { elbo }, train: { epochs } };

async function withMetrics(test: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/artifacts`);
    await test(folder);
  });
}

const read = async (folder: string) => JSON.parse(await Deno.readTextFile(`${folder}/${METRICS_FILE}`));

Deno.test("writeMetrics() writes names with plain numbers, and all else under keys that are no stages", async () => {
  await withMetrics(async (folder) => {
    await writeMetrics(folder, METRICS, {});
    const { value: _, ...info } = elbo;
    deepEqual(await read(folder), {
      $version: SCHEMA.metrics,
      evaluate: { elbo: -95.3, elboLow: -96, elboHigh: -94 },
      train: { epochs: 3 },
      $info: { evaluate: { elbo: info }, train: { epochs: { unit: "epochs", direction: "none" } } },
    });
    const conditions = { evaluate: { elbo: "one latent sample" } };
    await writeMetrics(folder, METRICS, conditions);
    deepEqual((await read(folder)).$conditions, conditions);
  });
});

Deno.test("readMetrics() returns what was written, values and metrics alike", async () => {
  await withMetrics(async (folder) => {
    equal(await readMetrics(folder), undefined);
    const conditions = { evaluate: { elbo: "one latent sample" } };
    await writeMetrics(folder, METRICS, conditions);
    deepEqual(await readMetrics(folder), {
      values: { evaluate: { elbo: -95.3, elboLow: -96, elboHigh: -94 }, train: { epochs: 3 } },
      metrics: METRICS,
      conditions,
    });
  });
});

Deno.test("readMetrics() keeps the value of a metric whose unit or direction is damaged, and invents neither", async () => {
  await withMetrics(async (folder) => {
    const $version = SCHEMA.metrics;
    const content = {
      $version,
      evaluate: { mse: 1, bce: "x", elboLow: 2 },
      $info: { evaluate: { mse: { unit: 7 } } },
    };
    await Deno.writeTextFile(`${folder}/${METRICS_FILE}`, JSON.stringify(content));
    const found = await readMetrics(folder);
    ok(typeof found === "object");
    deepEqual(found.metrics, {
      evaluate: { mse: { value: 1 }, bce: { value: null }, elboLow: { value: 2 } },
    });
  });
});

Deno.test("readMetrics() is undefined without a file, and a message for what is no such file", async () => {
  await withFolder(async (folder) => {
    equal(await readMetrics(folder), undefined);
    await Deno.mkdir(`${folder}/artifacts`);
    for (
      const text of [
        "",
        "null",
        "[]",
        `{"$version":"x"}`,
        `{"$version":${SCHEMA.metrics},"train":3}`,
        `{"train":`,
      ]
    ) {
      await Deno.writeTextFile(`${folder}/artifacts/metrics.json`, text);
      match(String(await readMetrics(folder)), /artifacts\/metrics.json" must hold metrics, got: /);
    }
  });
});
