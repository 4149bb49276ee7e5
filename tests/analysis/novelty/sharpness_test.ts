import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { SHARPNESS, sharpnessOf, sharpnessPairs } from "../../../src/analysis/novelty/sharpness.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { assertClose } from "../../support/close.ts";
import { identityModel, imagesOf, wasm } from "../hand_models.ts";

Deno.test("SHARPNESS.gradient is the mean length of the gradient, by hand", () => {
  // dx, dy of the four pixels: (1, 0), (0, -1), (-1, 0), (0, 0).
  assertClose([SHARPNESS.gradient([0, 1, 0, 0], 0, { height: 2, width: 2 })], [(1 + 1) / 4], {
    absolute: 1e-12,
  }, "corner");
  assertClose([SHARPNESS.gradient([9, 0, 3, 4, 0], 1, { height: 2, width: 2 })], [(5 + 3 + 4) / 4], {
    absolute: 1e-12,
  }, "offset");
  equal(SHARPNESS.gradient([3, 3, 3], 0, { height: 1, width: 3 }), 0);
  equal(SHARPNESS.gradient([0, 6], 0, { height: 2, width: 1 }), 3);
});

Deno.test("SHARPNESS.laplacian is the mean square of the Laplacian, its rim repeated, by hand", () => {
  // A dot in the middle of 3x3: 4 there, -1 at its four neighbours.
  const dot = [0, 0, 0, 0, 1, 0, 0, 0, 0];
  assertClose(
    [SHARPNESS.laplacian(dot, 0, { height: 3, width: 3 })],
    [(16 + 4) / 9],
    { absolute: 1e-12 },
    "dot",
  );
  equal(SHARPNESS.laplacian([7, 7, 7, 7], 0, { height: 2, width: 2 }), 0);
});

Deno.test("SHARPNESS falls when an image is blurred", () => {
  const sharp = [0, 0, 1, 1, 0, 0],
    blurred = [0, 1 / 3, 2 / 3, 2 / 3, 1 / 3, 0],
    size = { height: 1, width: 6 };
  ok(SHARPNESS.gradient(blurred, 0, size) <= SHARPNESS.gradient(sharp, 0, size));
  ok(SHARPNESS.laplacian(blurred, 0, size) < SHARPNESS.laplacian(sharp, 0, size) / 4);
});

const labelled = (rows: number[][], labels: number[]) => ({
  ...imagesOf(...rows),
  labels: Uint16Array.from(labels),
});
const dataset: Dataset = {
  name: "hand",
  shape: [1, 2, 1],

  train: labelled([[0, 0], [0, 1], [1, 1]], [0, 0, 1]),
  test: labelled([[0, 1], [1, 0], [0.2, 0.2], [1, 0.8]], [0, 1, 0, 2]),
};
/** Half of what it sees comes out; what it sees is its latent. */
const half = (() => {
  const model = identityModel(2), parameters = model.parameters.slice();
  parameters[6] = parameters[9] = 0.5;
  return { ...model, parameters };
})();

Deno.test("sharpnessPairs measures the distance from the centre of the class, and the share of the sharpness", () => {
  // Centres: (0, 0.5) and (1, 1). The third image has no edge, the fourth a class that was never trained.
  const { pairs, flat, unknown } = sharpnessPairs({
    engine: wasm,
    model: half,
    dataset,
    measure: "gradient",
  });
  deepEqual([pairs.length, flat, unknown, pairs[0].label, pairs[1].label], [2, 1, 1, 0, 1]);
  assertClose(pairs.flatMap(({ distance, sharpness }) => [distance, sharpness]), [0.5, 0.5, 1, 0.5], {
    absolute: 1e-6,
  }, "pairs");
});

Deno.test("sharpnessPairs without labels takes all images as one class", () => {
  const plain = {
    ...dataset,
    train: { ...dataset.train, labels: undefined },
    test: { ...dataset.test, labels: undefined },
  };
  const { pairs, unknown } = sharpnessPairs({
    engine: wasm,
    model: half,
    dataset: plain,
    measure: "laplacian",
  });
  equal(unknown, 0);
  // The centre of all is (1/3, 2/3).
  assertClose(
    [pairs[0].distance, pairs[0].sharpness],
    [Math.hypot(1 / 3, 1 / 3), 0.25],
    { absolute: 1e-6 },
    "first",
  );
});

Deno.test("sharpnessPairs leaves out test images without a label where training images have one", () => {
  const half2 = { ...dataset, test: { ...dataset.test, labels: undefined } };
  deepEqual(sharpnessPairs({ engine: wasm, model: half, dataset: half2, measure: "gradient" }), {
    pairs: [],
    flat: 0,
    unknown: 4,
  });
});

Deno.test("sharpnessOf() is that of the luminance of a colour image, and of a grey image as it is", () => {
  // An edge from red to green: 0.587 - 0.299 of luminance, at one of two pixels.
  const colours = Float32Array.of(9, 1, 0, 0, 0, 1, 0), size = { height: 1, width: 2 };
  assertClose([sharpnessOf("gradient", colours, 1, { ...size, channels: 3 })], [(0.587 - 0.299) / 2], {
    absolute: 1e-6,
  }, "colour");
  equal(sharpnessOf("gradient", Float32Array.of(9, 0, 1), 1, size), 0.5);
});
