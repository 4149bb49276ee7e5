import { BYTES_SCALE } from "../../src/core/scale.ts";
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import type { Dataset } from "../../src/data/dataset.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { sheet, tilesOfBytes } from "../../src/export/sheet.ts";
import { arithmetic, type ArithmeticOptions } from "../../mod.ts";
import { eventsOf, mustRun, pngSize, runStage } from "./fake_run.ts";

/** Images of two pixels, the first bright for "left", the second for "right", both dark for "none". */
const split = (rows: readonly (readonly [number, number, number])[]) => ({
  count: rows.length,
  values: Uint8Array.from(rows.flatMap(([a, b]) => [a, b])),
  labels: Uint16Array.from(rows, ([, , label]) => label),
});
const SIDES: Dataset = {
  name: "sides",
  shape: [1, 2, 1],
  labelNames: ["left", "right", "none"],
  train: split([[250, 0, 0], [230, 0, 0], [0, 250, 1], [0, 230, 1], [0, 0, 2], [0, 10, 2]]),
  test: split([[240, 0, 0], [220, 5, 0], [0, 240, 1], [5, 5, 2]]),
};

/** An autoencoder that gives back its input: the latents are the pixels, so arithmetic is that of images. */
const IDENTITY: TrainedModel = {
  spec: ModelSpec.parse({ kind: "ae", encoder: [2], latent: 2, outputActivation: "linear" }),
  parameters: Float32Array.of(1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0),
  shape: [1, 2, 1],
  scale: BYTES_SCALE,
};

async function add(options: ArithmeticOptions, dataset = SIDES, model = IDENTITY) {
  const ran = await mustRun(arithmetic({ k: 1, ...options }), { inputs: { dataset, model } });
  return { ...ran, metrics: ran.result.metrics as Record<string, number> };
}

Deno.test("arithmetic moves images from one class to another and scores them by a classifier of pixels", async () => {
  const { metrics, result } = await add({ attributes: [{ from: "left", to: "right" }] });
  const vector = (result.outputs.attributeVectors as Record<string, number[]>)["left to right"];
  // Means (0, 240) and (240, 0) of 255.
  ok(Math.abs(vector[0] + 240 / 255) < 1e-6 && Math.abs(vector[1] - 240 / 255) < 1e-6);
  deepEqual([metrics.share, metrics["share.left to right"], metrics.shareBefore], [1, 1, 0]);
  deepEqual([metrics.changedImages, metrics.classifierAccuracy], [2, 1]);
  ok(metrics.shareLow > 0.3 && metrics.shareHigh === 1);
  match(
    result.note!,
    /^100\.0 % of changed images get the wanted class \(95 % interval 34\.2 to 100\.0; 0\.0 % before; the classifier is right on 100\.0 %/,
  );
});

Deno.test("arithmetic adds a label to the images of all others, and does too little at a small strength", async () => {
  const { metrics } = await add({ attributes: ["right"] });
  equal(metrics.changedImages, 3);
  const weak = await add({ attributes: ["right"], strength: 0.1 });
  ok(weak.metrics.share < metrics.share);
  equal(weak.metrics.shareBefore, 0);
});

Deno.test("arithmetic takes every label when none is named, and shows originals above what they became", async () => {
  const { metrics, files } = await add({ shown: 3 });
  deepEqual(Object.keys(metrics).filter((name) => /^share\./.test(name)), [
    "share.left",
    "share.right",
    "share.none",
  ]);
  const drawn = sheet(tilesOfBytes(new Uint8Array(18 * 2), { height: 1, width: 2 }), { columns: 3 });
  deepEqual(pngSize(files.get("arithmetic.png")), [drawn.width, drawn.height]);
});

Deno.test("arithmetic leaves out a class that has no images, with a warning, and fails when none is left", async () => {
  const without: Dataset = { ...SIDES, train: split([[250, 0, 0], [0, 250, 1]]) };
  const { metrics, events } = await add({}, without);
  equal(metrics["share.none"], undefined);
  ok(Object.values(metrics).every(Number.isFinite));
  match(eventsOf(events, "warning")[0].message, /^"none" is left out: a class has no images in the split$/);
  const { error } = await runStage(arithmetic({ attributes: ["none"] }), {
    inputs: { dataset: without, model: IDENTITY },
  });
  equal(
    error!.message,
    "attributes must include one that has images with and without it, got none",
  );
});

Deno.test("arithmetic refuses an unknown label, and images without labels", async () => {
  const errorOf = async (options: ArithmeticOptions, dataset: Dataset) =>
    (await runStage(arithmetic(options), { inputs: { dataset, model: IDENTITY } })).error!.message;
  equal(
    await errorOf({ attributes: ["lefd"] }, SIDES),
    'attribute must be one of left, right, none, got "lefd" (did you mean "left"?)',
  );
  match(await errorOf({}, { ...SIDES, labelNames: undefined }), /must have labels, got sides without any/);
});
