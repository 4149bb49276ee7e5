import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { CONDITIONS, numbersOf, writeMetrics } from "../../src/run/metrics_file.ts";

Deno.test("writeMetrics() writes conditions beside the metrics, and numbersOf() returns the metrics alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/artifacts`);
    const read = async () => JSON.parse(await Deno.readTextFile(`${folder}/artifacts/metrics.json`));
    const metrics = { evaluate: { elbo: -95.3 }, train: { epochs: 3 } };
    await writeMetrics(folder, metrics, {});
    deepEqual(await read(), metrics);
    const conditions = { evaluate: { elbo: "one latent sample" } };
    await writeMetrics(folder, metrics, conditions);
    deepEqual(await read(), { ...metrics, [CONDITIONS]: conditions });
    deepEqual(numbersOf(await read()), metrics);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
