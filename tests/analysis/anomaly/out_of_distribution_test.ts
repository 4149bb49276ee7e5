import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import {
  constantImages,
  foreignImages,
  glyphImages,
  inUnitsOf,
  invertedImages,
  noiseImages,
} from "../../../src/analysis/anomaly/out_of_distribution.ts";
import { glyphDataset } from "../../../src/data/glyphs.ts";
import { fitScale, range } from "../../../src/data/scale.ts";
import { datasetOf, imagesOf } from "../hand_models.ts";

Deno.test("invertedImages exchange black and white and keep the labels", () => {
  const split = { ...imagesOf([0, 1], [0.2, 0.4]), labels: Uint16Array.of(3, 4) };
  deepEqual(invertedImages(split, 2, 5), {
    count: 2,
    values: Uint8Array.of(255, 0, 204, 153),
    labels: split.labels,
    names: undefined,
    targets: undefined,
    file: undefined,
  });
  equal(invertedImages(split, 2, 1).count, 1);
});

Deno.test("glyphImages keep their proportions, in the middle of a larger image", () => {
  const { train } = glyphDataset(), { count, values: images } = glyphImages({ height: 28, width: 28 });
  equal(count, 32);
  for (const [row, column] of [[0, 0], [3, 2], [6, 4], [2, 4]]) {
    // Each pixel is 4x4, and four columns are black on either side.
    const at = 784 * 7 + (4 * row + 1) * 28 + 4 + 4 * column + 2;
    equal(images[at], train.values[35 * 7 + 5 * row + column], `${row}, ${column}`);
  }
  ok(images.every((byte, at) => byte === 0 || (at % 28 >= 4 && at % 28 < 24)));
  deepEqual(glyphImages({ height: 7, width: 5 }).values, train.values);
  equal(glyphImages({ height: 1, width: 1 }).values.length, 32);
});

Deno.test("noiseImages are uniform over all greys and a function of the seed", () => {
  const images = Array.from(noiseImages(100, 200, 1).values);
  const mean = images.reduce((sum, byte) => sum + byte, 0) / images.length;
  // The standard error of 20,000 bytes is 0.52.
  ok(Math.abs(mean - 127.5) < 2.1, `${mean}`);
  equal(new Set(images).size, 256);
  deepEqual([...noiseImages(100, 200, 1).values], images);
  ok(noiseImages(100, 200, 2).values[0] !== images[0] || noiseImages(100, 200, 2).values[1] !== images[1]);
});

Deno.test("constantImages go from black to white in even steps", () => {
  deepEqual(constantImages(2, 3), { count: 3, values: Uint8Array.of(0, 0, 128, 128, 255, 255) });
  deepEqual(constantImages(1, 1).values, Uint8Array.of(128));
});

Deno.test("foreignImages are scaled to fit and put in the middle", () => {
  const dataset = datasetOf(imagesOf([1, 0.2], [0, 0]), 1, 2);
  deepEqual(
    foreignImages(dataset, 1, { height: 4, width: 4 }).values,
    Uint8Array.of(
      ...[0, 0, 0, 0],
      ...[255, 255, 51, 51],
      ...[255, 255, 51, 51],
      ...[0, 0, 0, 0],
    ),
  );
  equal(foreignImages(dataset, 9, { height: 4, width: 4 }).count, 2);
});

Deno.test("inUnitsOf puts pictures into the units of floats, from black to white, and leaves bytes alone", () => {
  const pictures = { count: 1, values: Uint8Array.of(0, 51, 255) };
  equal(inUnitsOf({ count: 1, values: Uint8Array.of(9) }, pictures), pictures);
  const floats = { count: 1, values: Float32Array.of(3) };
  deepEqual([...inUnitsOf(floats, pictures).values], [0, Math.fround(0.2), 1]);
  const scale = fitScale(range(-100, 100), floats, 1);
  deepEqual([...inUnitsOf({ ...floats, scale }, pictures).values], [-100, -60, 100]);
  deepEqual([...invertedImages({ count: 1, values: Float32Array.of(-100, 40), scale }, 2, 1).values], [
    100,
    -40,
  ]);
});

Deno.test("glyphImages and foreignImages have the channels of the model's images", () => {
  const glyphs = glyphImages({ height: 7, width: 5, channels: 3 }), { train } = glyphDataset();
  deepEqual([...glyphs.values], [...train.values].flatMap((value) => [value, value, value]));
  const values = Uint8Array.of(255, 0, 0, 0, 255, 0), split = { count: 1, values };
  const colours = { name: "", shape: [1, 2, 3], train: split, test: split };
  deepEqual(foreignImages(colours, 1, { height: 1, width: 2, channels: 3 }).values, values);
  // 255 times 0.299 and 0.587, over a row of black.
  deepEqual([...foreignImages(colours, 1, { height: 2, width: 2 }).values], [76, 150, 0, 0]);
});
