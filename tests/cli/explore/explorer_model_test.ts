import { Buffer } from "node:buffer";
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import pngjs from "pngjs";
import { decodePoints, encodeImages } from "../../../src/analysis/reconstruction/inference.ts";
import { moments } from "../../../src/analysis/latent/latent_space.ts";
import { healthMeter } from "../../../src/analysis/latent/health.ts";
import { toBytes } from "../../../src/analysis/reconstruction/preview.ts";
import { explorerModel, type ExplorerParts } from "../../../src/cli/explore/explorer_model.ts";
import { BYTES_SCALE } from "../../../src/core/scale.ts";
import { fillNormal } from "../../../src/core/random.ts";
import { glyphDataset } from "../../../src/data/glyphs.ts";
import { referenceEngine } from "../../../src/engine/reference.ts";
import { wasmEngine } from "../../../src/engine/wasm.ts";
import { initialParameters } from "../../../src/models/initial.ts";
import { ModelSpec } from "../../../src/models/spec.ts";

const dataset = glyphDataset();
const folder = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const wasm = await wasmEngine(), reference = referenceEngine("f32");

/** An explorer of an untrained model of the glyphs. */
function explorerOf(kind: "ae" | "vae", parts: Partial<ExplorerParts> = {}) {
  const spec = ModelSpec.parse({ kind, encoder: [35, 12], latent: 3, loss: "bce" });
  const model = { spec, parameters: initialParameters(spec, 7), shape: [7, 5, 1], scale: BYTES_SCALE };
  const run = { folder, file: "", record: { pipeline: "p", id: "i", seed: 42 } } as ExplorerParts["run"];
  return { model, explorer: explorerModel({ run, model, dataset, engine: wasm, notice: null, ...parts }) };
}

Deno.test("explorerModel decodes as the reference engine does, point after point", () => {
  const { model, explorer } = explorerOf("vae");
  for (const point of [[0, 0, 0], [1, -2, 0.5], [40, 0, 0]]) {
    const expected = toBytes(decodePoints(reference, model, point)), found = explorer.decode(point);
    // A value that lies between two bytes may be rounded either way.
    deepEqual(found.filter((byte, pixel) => Math.abs(byte - expected[pixel]) > 1), new Uint8Array());
    equal(found.length, 35);
  }
});

Deno.test("explorerModel finds the latents of all images, of those beyond the known ones on request", () => {
  const { model, explorer } = explorerOf("ae", { most: 10 });
  const latents = encodeImages(wasm, model, dataset.test), samples = explorer.samples!;
  equal(samples.latents.length, 30);
  for (const index of [0, 9, 10, 31]) {
    deepEqual(samples.point(index), Array.from(latents.subarray(3 * index, 3 * index + 3)));
    deepEqual(samples.image(index), dataset.test.values.subarray(35 * index, 35 * index + 35));
  }
  equal(samples.caption(1), "a");
  // Each glyph is a class of its own: the mean of a class that is known is its image, the others have none.
  deepEqual(samples.means[9]!.map(Math.fround), samples.point(9));
  equal(samples.means[10], null);
});

Deno.test("explorerModel draws from the prior, or from a Gaussian fitted to an autoencoder's latents", () => {
  const normal = new Float32Array(3);
  fillNormal(normal, 1, 3, [5], { seed: 42, stream: "generation", epoch: 1 });
  const variational = explorerOf("vae").explorer;
  deepEqual([variational.draw(5), variational.source], [Array.from(normal), "the prior"]);
  const { model, explorer } = explorerOf("ae");
  const { mean, std } = moments(encodeImages(wasm, model, dataset.test), 3);
  deepEqual(explorer.draw(5), Array.from(normal, (value, k) => mean[k] + std[k] * value));
  equal(explorer.unit, (std[0] + std[1] + std[2]) / 3);
  const blind = explorerOf("ae", { dataset: null }).explorer;
  deepEqual([blind.draw(5), blind.unit, blind.samples], [Array.from(normal), 1, null]);
});

Deno.test("explorerModel writes under the next free number and over no file", async () => {
  const { explorer } = explorerOf("vae"), artifacts = `${folder}/artifacts`;
  await Deno.mkdir(artifacts);
  await Deno.writeTextFile(`${artifacts}/explore-007.gif`, "somebody's");
  equal(await explorer.writePicture([0, 0, 0]), `${artifacts}/explore-008.png`);
  equal(await explorer.writeAnimation([[0, 0, 0], [1, 1, 1], [2, 2, 2]]), `${artifacts}/explore-009.gif`);
  const { width, height, data } = pngjs.PNG.sync.read(
    Buffer.from(await Deno.readFile(`${artifacts}/explore-008.png`)),
  );
  // 5x7 pixels, each 24x24, with 24 around them.
  deepEqual([width, height], [24 * 7, 24 * 9]);
  const pixels = Array.from({ length: 35 }, (_, at) => {
    const x = 24 * (1 + at % 5) + 12, y = 24 * (1 + Math.floor(at / 5)) + 12;
    return data[4 * (y * width + x)];
  });
  deepEqual(pixels, Array.from(explorer.decode([0, 0, 0])));
  deepEqual([...Deno.readDirSync(artifacts)].length, 3, "no temporary file is left");
});

Deno.test("explorerModel orders latent dimensions by what they carry: by their KL, or by their spread", () => {
  for (const kind of ["vae", "ae"] as const) {
    const { model } = explorerOf(kind), { parameters, spec } = model;
    const split = { ...dataset.test }, meter = healthMeter({ engine: wasm, spec, split });
    const { kl, std } = meter.measure(parameters), weights = kl ?? std;
    meter.close();
    equal(kl !== undefined, kind === "vae");
    const { order } = explorerOf(kind).explorer;
    deepEqual([...order].sort(), [0, 1, 2]);
    deepEqual(order.map((k) => weights[k]), [...weights].sort((a, b) => b - a));
  }
  deepEqual(explorerOf("vae", { dataset: null }).explorer.order, [0, 1, 2]);
});
