import { BYTES_SCALE } from "../../../src/core/scale.ts";
import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  strictEqual as equal,
} from "node:assert/strict";
import { encodeImages } from "../../../src/analysis/reconstruction/inference.ts";
import {
  captionOf,
  exampleRows,
  isPreviewed,
  lastPreviewed,
  latentScatter,
  previewer,
  toBytes,
} from "../../../src/analysis/reconstruction/preview.ts";
import type { Split } from "../../../src/data/dataset.ts";
import { glyphDataset } from "../../../src/data/glyphs.ts";
import { datasetOf, identityModel, imagesOf, untrained, wasm as engine } from "../hand_models.ts";

const GLYPHS = glyphDataset();
/** Black images of one pixel with these labels. */
const labelled = (...labels: number[]): Split => ({
  count: labels.length,
  values: new Uint8Array(labels.length),
  labels: Uint16Array.from(labels),
});

Deno.test("isPreviewed shows each of the first ten epochs, then ten of each power of ten", () => {
  const shown = Array.from({ length: 3000 }, (_, at) => at + 1).filter(isPreviewed);
  deepEqual(shown, [
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9],
    ...[10, 20, 30, 40, 50, 60, 70, 80, 90],
    ...[100, 200, 300, 400, 500, 600, 700, 800, 900],
    ...[1000, 2000, 3000],
  ]);
  deepEqual([10000, 10001, 1000000].map(isPreviewed), [true, false, true]);
});

Deno.test("lastPreviewed is the previewed epoch at or before an epoch", () => {
  deepEqual([1, 9, 10, 11, 29, 99, 100, 310, 1000, 1999].map(lastPreviewed), [
    1,
    9,
    10,
    10,
    20,
    90,
    100,
    300,
    1000,
    1000,
  ]);
});

Deno.test("exampleRows picks one of each class, in the order of the classes, then others", () => {
  const split = labelled(2, 2, 0, 2, 1, 0);
  deepEqual(exampleRows(split, 3), [2, 4, 0]);
  deepEqual(exampleRows(split, 5), [2, 4, 0, 1, 3]);
  deepEqual(exampleRows(split, 50), [2, 4, 0, 1, 3, 5]);
});

Deno.test("exampleRows takes the first images where there are no labels", () => {
  deepEqual(exampleRows({ count: 4, values: new Uint8Array(4) }, 3), [0, 1, 2]);
  equal(exampleRows(GLYPHS.train).length, 10);
});

Deno.test("captionOf is the name, else the class, else the number", () => {
  const split = labelled(1, 0), dataset = datasetOf(split, 1, 1, ["zero", "one"]);
  equal(captionOf(dataset, { ...split, names: ["first", "second"] }, 1), "second");
  equal(captionOf(dataset, split, 0), "one");
  equal(captionOf(datasetOf(split, 1, 1), split, 1), "#1");
  equal(captionOf(dataset, { count: 9, values: split.values }, 7), "#7");
});

Deno.test("toBytes rounds, and cuts off what is below 0 or above 1", () => {
  deepEqual([...toBytes(Float32Array.from([0, 0.5, 1, -3, 7, 0.999, 1 / 255]))], [
    0,
    128,
    255,
    0,
    255,
    255,
    1,
  ]);
});

Deno.test("previewer shows target, noisy input and what the present parameters make of it", () => {
  const { spec, parameters } = identityModel(4), split = imagesOf([1, 0, 0, 1], [0, 1, 0, 0]);
  const { render: preview, close } = previewer({
    engine,
    model: { spec, shape: [2, 2, 1], scale: BYTES_SCALE },
    dataset: datasetOf(split, 2, 2),
    split,
    corruption: { kind: "gaussian", std: 0.5, maximumStd: 0.5 },
    seed: 1,
  });
  const items = preview(parameters);
  deepEqual(items.map(({ label }) => label), ["#0", "#1"]);
  deepEqual(items.map(({ target }) => [...target]), [[255, 0, 0, 255], [0, 255, 0, 0]]);
  notDeepEqual(items[0].input, items[0].target);
  deepEqual(items.map(({ output }) => output), items.map(({ input }) => input));
  // Later epochs see the same noise, so that only the model changes.
  const later = preview(new Float32Array(parameters.length));
  deepEqual(later.map(({ input }) => input), items.map(({ input }) => input));
  deepEqual([...later[0].output], [0, 0, 0, 0]);
  close();
});

Deno.test("latentScatter gives the positions of the first images, with their labels", () => {
  const model = untrained({ kind: "ae", encoder: [35, 9], latent: 2, activation: "tanh", initialiser: "he" });
  const { points, labels, labelNames } = latentScatter(engine, model, GLYPHS, GLYPHS.train, 5);
  deepEqual(points.flat(), [...encodeImages(engine, model, GLYPHS.train).subarray(0, 10)]);
  deepEqual(labels, [0, 1, 2, 3, 4]);
  deepEqual(labelNames, GLYPHS.labelNames);
  equal(latentScatter(engine, model, GLYPHS, GLYPHS.train).points.length, 32);
  deepEqual(
    latentScatter(engine, model, GLYPHS, { count: 1, values: GLYPHS.train.values.subarray(0, 35) }).labels,
    [],
  );
});
