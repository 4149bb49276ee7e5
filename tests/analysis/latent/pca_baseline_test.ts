import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { pcaBaseline } from "../../../src/analysis/latent/pca_baseline.ts";
import { principalComponents } from "../../../src/analysis/points/pca.ts";
import { imagePoints } from "../../../src/analysis/points/points.ts";
import { glyphDataset } from "../../../src/data/glyphs.ts";
import type { Split } from "../../../src/data/dataset.ts";
import { assertClose } from "../../support/close.ts";
import { imagesOf, wasm } from "../hand_models.ts";

const GLYPHS = glyphDataset().train;
const baselineOf = (train: Split, test: Split, pixels: number, components: number) =>
  pcaBaseline({ engine: wasm, train, test, pixels, components, seed: 1 });

Deno.test("pcaBaseline() gives coordinates along the train images' components, and what they leave out, by hand", () => {
  // The train images vary in the first pixel alone, about (0.5, 0.2); the test image is 0.1 before that and 0.4 off the line.
  const { points, mse, meanMse } = baselineOf(imagesOf([0, 0.2], [1, 0.2]), imagesOf([0.4, 0.6]), 2, 1)!;
  assertClose([mse], [0.4 ** 2 / 2], { relative: 1e-6 }, "mse");
  assertClose([meanMse], [(0.4 ** 2 + 0.1 ** 2) / 2], { relative: 1e-6 }, "of the mean picture");
  assertClose([Math.abs(points.test.points[0])], [0.1], { absolute: 1e-6 }, "coordinate");
  deepEqual([points.dimensions, points.train.points.length, points.train.labels], [1, 2, []]);
});

Deno.test("pcaBaseline() leaves out of the train images the variance of the components that it has not", () => {
  for (const K of [1, 2, 20]) {
    const { points, mse } = baselineOf(GLYPHS, GLYPHS, 35, K)!;
    const { variances, totalVariance } = principalComponents({
      engine: wasm,
      points: imagePoints(GLYPHS, 35),
      components: K,
      seed: 1,
    });
    const left = totalVariance - variances.reduce((sum, value) => sum + value, 0);
    assertClose([mse * 35], [left], { absolute: 1e-5 }, `${K} components`);
    deepEqual([points.dimensions, points.test.labels], [K, GLYPHS.labels!]);
  }
});

Deno.test("pcaBaseline() gives nothing for images that are all the same, and for no test image", () => {
  const same = imagesOf([0.3, 0.7], [0.3, 0.7]);
  equal(baselineOf(same, same, 2, 1), undefined);
  equal(baselineOf(GLYPHS, { count: 0, values: new Uint8Array() }, 35, 2), undefined);
});
