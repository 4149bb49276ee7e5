import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import type { Dataset } from "../../src/data/dataset.ts";
import { sliceSplit } from "../../src/data/parts.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { sharpness, type SharpnessOptions } from "../../mod.ts";
import { datasetOf, imagesOf } from "../analysis/hand_models.ts";
import { GLYPHS, modelOf, mustRun, pngSize, runStage } from "./fake_run.ts";

/** The glyphs in two classes, by turns. */
const TURNS: Dataset = (() => {
  const split = { ...GLYPHS.train, labels: GLYPHS.train.labels!.map((glyph) => glyph % 2) };
  return { ...GLYPHS, labelNames: ["even", "odd"], train: split, test: split };
})();
const both = (name: string) => [name, `${name}Low`, `${name}High`];

async function measure(
  options: SharpnessOptions = {},
  { dataset = TURNS, model = modelOf({ kind: "vae" }) }: { dataset?: Dataset; model?: TrainedModel } = {},
) {
  const { result, files } = await mustRun(sharpness(options), { inputs: { dataset, model } });
  const metrics = result.metrics as Record<string, number>;
  for (const [name, value] of Object.entries(metrics)) ok(Number.isFinite(value), name);
  return { metrics, note: result.note!, files };
}

Deno.test("sharpness gives the rank correlation with its interval, within classes too", async () => {
  const { metrics, note, files } = await measure();
  deepEqual(Object.keys(metrics), ["samples", ...["sharpness", "spearman", "spearmanWithin"].flatMap(both)]);
  ok(metrics.spearmanLow < metrics.spearman && metrics.spearman < metrics.spearmanHigh);
  match(
    note,
    /^reconstructed images have [\d.]+ % of the originals' sharpness; rank correlation with the distance from the class centre -?[\d.]+ \(-?[\d.]+ to -?[\d.]+\), within classes -?[\d.]+; 1 left out that have no edge$/,
  );
  deepEqual([...files.keys()], ["sharpness.json", "sharpness.png"]);
  deepEqual(pngSize(files.get("sharpness.png")), [716, 640]);
});

Deno.test("sharpness writes all pairs for a later report", async () => {
  const { files, metrics } = await measure({ name: "detail", measure: "laplacian", count: 20 });
  const { columns, units, labelNames, pairs } = JSON.parse(
    new TextDecoder().decode(files.get("detail.json")),
  );
  deepEqual([columns, labelNames], [["distance", "sharpness", "label"], ["even", "odd"]]);
  match(units[1], /^laplacian/);
  equal(pairs.length, metrics.samples);
  ok(pairs.every((pair: number[]) => pair.length === 3 && pair[0] > 0 && (pair[2] === 0 || pair[2] === 1)));
});

Deno.test("sharpness without labels says that all images are one class", async () => {
  const plain = { count: 32, values: GLYPHS.train.values };
  const { metrics, note } = await measure({}, {
    dataset: datasetOf(plain, 7, 5),
    model: modelOf({ latent: 1 }),
  });
  deepEqual(Object.keys(metrics), ["samples", ...["sharpness", "spearman"].flatMap(both)]);
  match(note, /; no labels: all images are one class/);
});

Deno.test("sharpness leaves out a class that no training image has, and says so", async () => {
  const dataset = {
    ...GLYPHS,
    train: sliceSplit(GLYPHS.train, 35, 0, 20),
    test: sliceSplit(GLYPHS.train, 35, 16, 24),
  };
  const { metrics, note } = await measure({}, { dataset });
  equal(metrics.samples, 4);
  match(note, /; 4 left out whose class no training image has/);
});

Deno.test("sharpness of three images has no interval of the rank correlation", async () => {
  const { metrics, note } = await measure({ count: 3 }, {
    dataset: { ...GLYPHS, test: sliceSplit(GLYPHS.train, 35, 1, 4) },
  });
  ok(!("spearmanLow" in metrics));
  // Each glyph is the centre of its own class, so that no distance is larger than another.
  match(note, /no rank correlation: one side does not vary/);
});

Deno.test("sharpness of constant images has nothing to measure, and says so", async () => {
  const { metrics, note, files } = await measure({}, {
    dataset: datasetOf(imagesOf(new Array(35).fill(0.5), new Array(35).fill(1)), 7, 5),
  });
  deepEqual([metrics, [...files.keys()]], [{ samples: 0 }, ["sharpness.json"]]);
  match(
    note,
    /^no image to measure; no rank correlation: one side does not vary; no labels: .*; 2 left out that have no edge$/,
  );
});

Deno.test("sharpness fails with a clear word for a model that has diverged", async () => {
  const model = modelOf(), parameters = model.parameters.map(() => NaN);
  const { error } = await runStage(sharpness(), {
    inputs: { dataset: GLYPHS, model: { ...model, parameters } },
  });
  equal(error!.name, "RunError");
  match(error!.message, /must be finite numbers, got NaN and NaN; the training has diverged/);
});

Deno.test("sharpness plans what it measures", () => {
  const { schema, plan } = definitionOf(sharpness());
  deepEqual(plan!(schema.parse({}), {}).lines, [
    "by the gradient of at most 10000 test images and what is reconstructed of them",
  ]);
});
