import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { LatentSample } from "../../src/export/latent_sample.ts";
import { latentArtifact } from "../../src/stages/export_run/latent_artifact.ts";
import { exportRun } from "../../src/stages/export_run/export_run.ts";
import { GLYPHS, modelOf, mustRun } from "./fake_run.ts";

const wasm = await loadEngine("wasm");

Deno.test("exportRun writes latent.json: every glyph with its latent, its pixels and its name", async () => {
  const model = modelOf({ kind: "vae", latent: 3 });
  const { files } = await mustRun(exportRun({ formats: [] }), { inputs: { dataset: GLYPHS, model } });
  const sample = LatentSample.parse(JSON.parse(new TextDecoder().decode(files.get("latent.json"))));
  equal(sample.measured, 32);
  deepEqual(sample.names.slice(1, 3), ["a", "b"]);
  deepEqual(Uint8Array.fromBase64(sample.images), GLYPHS.test.values);
  const points = new Float32Array(Uint8Array.fromBase64(sample.points).buffer);
  deepEqual(points, encodeImages(wasm, model, GLYPHS.test));
  equal(sample.kl?.length, 3);
  equal(sample.split, "train", "where the task is to store the images, they are what was trained on");
  equal(sample.nearest, null, "and the nearest of each is itself");
});

Deno.test("latentArtifact finds the nearest training image of each test image where the splits differ", () => {
  const { train } = GLYPHS, first = { count: 2, values: train.values.slice(0, 70) };
  first.values[0] = 255 - first.values[0];
  const sample = latentArtifact(wasm, modelOf(), { ...GLYPHS, test: first });
  deepEqual(Uint8Array.fromBase64(sample.nearest!.images), train.values.slice(0, 70));
  deepEqual(sample.nearest!.distances, [1, 0]);
  equal(sample.kl, null);
  ok(sample.names.length === 0 && sample.labels.length === 0);
});
