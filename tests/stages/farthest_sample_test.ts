import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { decodePoints, encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { strip, tilesOfBytes } from "../../src/export/sheet.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { assertClose } from "../support/close.ts";
import { farthestSample, type FarthestSampleOutput } from "../../mod.ts";
import { GLYPHS, modelOf, mustRun, pngSize } from "./fake_run.ts";

const engine = await loadEngine("wasm");
const MODEL = modelOf();

async function made(options = {}, model = MODEL) {
  const { result, files } = await mustRun(farthestSample(options), { inputs: { dataset: GLYPHS, model } });
  const { farthest } = result.outputs as unknown as FarthestSampleOutput;
  return { farthest, files, metrics: result.metrics as Record<string, number>, note: result.note! };
}

Deno.test("farthestSample decodes a point whose nearest training latent is as far as its distance says", async () => {
  const { farthest: { image, point }, metrics } = await made();
  deepEqual(image, decodePoints(engine, MODEL, point));
  const latents = encodeImages(engine, MODEL, GLYPHS.train);
  const distances = Array.from(
    { length: 32 },
    (_, row) => Math.hypot(latents[2 * row] - point[0], latents[2 * row + 1] - point[1]),
  );
  assertClose([metrics.distance], [Math.min(...distances)], { absolute: 1e-6 }, "distance");
  const axis = (k: number) => [...latents].filter((_, at) => at % 2 === k);
  for (const k of [0, 1]) ok(point[k] >= Math.min(...axis(k)) && point[k] <= Math.max(...axis(k)));
});

Deno.test("farthestSample shows the new image next to its nearest training image", async () => {
  const { farthest: { image, nearest }, files, metrics, note } = await made({ name: "letter" });
  const square = (row: number) =>
    image.reduce((sum, value, d) => sum + (value - GLYPHS.train.values[row * 35 + d] / 255) ** 2, 0);
  const squares = Array.from({ length: 32 }, (_, row) => square(row));
  equal(nearest, squares.indexOf(Math.min(...squares)));
  assertClose([metrics.mseToNearest], [squares[nearest] / 35], { absolute: 1e-9 }, "mse");
  const differing =
    image.filter((value, d) => (value > 0.5) !== (GLYPHS.train.values[nearest * 35 + d] > 127)).length;
  equal(metrics.differingPixels, differing);
  const { width, height } = strip(tilesOfBytes(new Uint8Array(70), { height: 7, width: 5 }));
  deepEqual([[...files.keys()], pngSize(files.get("letter.png"))], [["letter.png"], [width, height]]);
  match(
    note,
    /^at \(-?[\d.]+, -?[\d.]+\), [\d.]+ from the nearest latent; \d+ of 35 pixels differ from .+, the nearest/,
  );
});

Deno.test("farthestSample keeps away only from as many images as requested, in any latent size", async () => {
  const model = modelOf({ latent: 5 });
  const { metrics } = await made({ images: 1 }, model);
  equal(metrics.distance, 0);
  ok((await made({}, model)).metrics.distance > 0);
});

Deno.test("farthestSample plans what it keeps away from", () => {
  const stage = farthestSample(), { plan, schema } = definitionOf(stage);
  deepEqual(plan!(schema.parse(stage.options), {}).lines, [
    "an image decoded far from the first 1,000 training images",
  ]);
});
