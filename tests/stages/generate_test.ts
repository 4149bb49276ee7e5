import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { decodePoints, encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { drawPoints, moments } from "../../src/analysis/latent/latent_space.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { manifoldGrid, sheet, tilesOfBytes } from "../../src/export/sheet.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { generate, type GenerateOptions } from "../../mod.ts";
import { GLYPHS, modelOf, mustRun, pngSize } from "./fake_run.ts";

const engine = await loadEngine("wasm");
const KEY = { seed: 1, stream: "generation", epoch: 0 } as const;

async function made(model: TrainedModel, options: GenerateOptions = {}, seed = 1) {
  const ran = await mustRun(generate(options), { inputs: { dataset: GLYPHS, model }, seed });
  return { ...ran, images: ran.result.outputs.generated as Float32Array };
}

Deno.test("generate decodes points drawn from a VAE's prior", async () => {
  const model = modelOf({ kind: "vae" });
  const { images, result } = await made(model, { count: 300, manifold: null });
  const prior = { mean: [0, 0], std: [1, 1] };
  deepEqual(images, decodePoints(engine, model, drawPoints(300, prior, KEY)));
  ok(images.every((pixel) => pixel >= 0 && pixel <= 1));
  equal(result.note, "300 images from the prior");
});

Deno.test("generate fits a Gaussian to the latents of an autoencoder, which has no prior", async () => {
  const model = modelOf();
  const { images, result } = await made(model, { count: 4, manifold: null });
  const fitted = moments(encodeImages(engine, model, GLYPHS.train), 2);
  deepEqual(images, decodePoints(engine, model, drawPoints(4, fitted, KEY)));
  equal(result.note, "4 images from a Gaussian fitted to the training latents");
});

Deno.test("generate spreads its draws as requested", async () => {
  const model = modelOf({ kind: "vae" });
  const { images } = await made(model, { count: 4, spread: 2.5, manifold: null });
  deepEqual(images, decodePoints(engine, model, drawPoints(4, { mean: [0, 0], std: [2.5, 2.5] }, KEY)));
});

Deno.test("generate draws from the seed: the same bytes twice, others for another seed", async () => {
  const model = modelOf({ kind: "vae" }), small = { count: 8, manifold: 3 };
  const first = await made(model, small), again = await made(model, small);
  deepEqual(again.images, first.images);
  deepEqual(again.files, first.files);
  notDeepEqual((await made(model, small, 2)).images, first.images);
});

Deno.test("generate draws the manifold for two latent dimensions, and only there", async () => {
  const blank = (count: number) => tilesOfBytes(new Uint8Array(count * 35), { height: 7, width: 5 });
  const { files } = await made(modelOf(), { count: 9, manifold: 4, name: "new" });
  deepEqual([...files.keys()], ["new.png", "new-manifold.png"]);
  const drawn = sheet(blank(9)), grid = manifoldGrid(blank(16), { gap: 4 });
  deepEqual(pngSize(files.get("new.png")), [drawn.width, drawn.height]);
  deepEqual(pngSize(files.get("new-manifold.png")), [grid.width, grid.height]);
  deepEqual([...(await made(modelOf(), { count: 1, manifold: null })).files.keys()], ["generate.png"]);
  deepEqual([...(await made(modelOf({ latent: 3 }), { count: 1 })).files.keys()], ["generate.png"]);
});

Deno.test("generate plans a manifold where the latent has two numbers", () => {
  const stage = generate({ count: 9 }), { plan, schema } = definitionOf(stage);
  const lines = (latent: number) => plan!(schema.parse(stage.options), { latent }).lines;
  deepEqual(lines(2), ["9 images and a manifold of 20x20"]);
  deepEqual(lines(3), ["9 images"]);
});

Deno.test("generate shows the first of many images, and makes all of them", async () => {
  const made = { dataset: GLYPHS, model: modelOf({ kind: "vae", latent: 3 }) };
  const few = await mustRun(generate({ count: 6 }), { inputs: made });
  const { files, result } = await mustRun(generate({ count: 40, shown: 6 }), { inputs: made });
  deepEqual(files.get("generate.png"), few.files.get("generate.png"));
  equal((result.outputs.generated as Float32Array).length, 40 * 35);
});
