import { ok, strictEqual as equal } from "node:assert/strict";
import { onlyRun, readJson, ROOT, runProgram, withRunsFolder } from "../support/program.ts";

/** A batch of CIFAR-10's binary version: a label and three planes of 32x32 bytes for each picture; here two shades, by the label. */
function batch(first: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count * 3073);
  for (let at = 0; at < count; at++) {
    const label = (first + at) % 10, start = at * 3073;
    bytes[start] = label;
    bytes.fill(25 * label, start + 1, start + 1 + 2048);
    bytes.fill(255 - (first + at) % 200, start + 1 + 2048, start + 3073);
  }
  return bytes;
}

Deno.test("pipelines/cifar-conv-vae.ts trains on the batches of a folder that the user names", async () => {
  await withRunsFolder(async (folder) => {
    const batches = `${folder}/made batches`;
    Deno.mkdirSync(`${ROOT}${batches}`, { recursive: true });
    for (let part = 1; part <= 5; part++) {
      Deno.writeFileSync(`${ROOT}${batches}/data_batch_${part}.bin`, batch(20 * part, 20));
    }
    Deno.writeFileSync(`${ROOT}${batches}/test_batch.bin`, batch(3, 20));
    const settings = [
      `load.source.folder=${batches}`,
      "train.epochs=1",
      "train.batchSize=32",
      "train.model.latent=8",
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
