import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { principalComponents, project } from "../../../src/analysis/points/pca.ts";
import { imagePoints, type Points, valuePoints } from "../../../src/analysis/points/points.ts";
import { symmetricEigen } from "../../../src/analysis/points/symmetric_eigen.ts";
import { glyphDataset } from "../../../src/data/glyphs.ts";
import { assertClose } from "../../support/close.ts";
import { normalNumbers } from "../../support/numbers.ts";
import { imagesOf, wasm } from "../hand_models.ts";

const find = (points: Points, components: number, seed = 1) =>
  principalComponents({ engine: wasm, points, components, seed });
const GLYPHS = glyphDataset().train;

Deno.test("principalComponents of points on an ellipse are its axes, by hand", () => {
  // About (1, 2): -+ 3 along (0.6, 0.8), -+ 1 along (-0.8, 0.6). Variances 18 / 4 and 2 / 4.
  const values = [[3, 0], [-3, 0], [0, 1], [0, -1]].flatMap((
    [a, b],
  ) => [1 + 0.6 * a - 0.8 * b, 2 + 0.8 * a + 0.6 * b]);
  const points = valuePoints(Float32Array.from(values), 2);
  const { count, mean, components, variances, totalVariance } = find(points, 2);
  equal(count, 2);
  assertClose(mean, [1, 2], { absolute: 1e-7 }, "mean");
  assertClose(variances, [4.5, 0.5], { relative: 1e-6 }, "variances");
  assertClose([totalVariance], [5], { relative: 1e-6 }, "total");
  assertClose(
    [components[0] * 0.6 + components[1] * 0.8],
    [Math.sign(components[0])],
    { absolute: 1e-6 },
    "first",
  );
  const projected = project(wasm, points, { count, mean, components, variances, totalVariance });
  assertClose(
    [0, 2, 4, 6].map((at) => Math.abs(projected[at])),
    [3, 3, 0, 0],
    { absolute: 1e-5 },
    "coordinates",
  );
});

/** The covariance [D, D] of images, in double precision. */
function covariance(images: ArrayLike<number>, D: number): Float64Array {
  const n = images.length / D, mean = new Float64Array(D), out = new Float64Array(D * D);
  Array.from(images).forEach((byte, at) => mean[at % D] += byte / 255 / n);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < D; j++) {
        out[i * D + j] += (images[row * D + i] / 255 - mean[i]) * (images[row * D + j] / 255 - mean[j]) / n;
      }
    }
  }
  return out;
}

Deno.test("principalComponents of the glyphs are the eigenvectors of their covariance", () => {
  const { components, variances, totalVariance } = find(imagePoints(GLYPHS, 35), 6);
  const exact = symmetricEigen(covariance(GLYPHS.values, 35), 35);
  assertClose(variances, exact.values.subarray(0, 6), { relative: 1e-5 }, "variances");
  assertClose(
    [totalVariance],
    [exact.values.reduce((sum, value) => sum + value)],
    { relative: 1e-6 },
    "total",
  );
  for (let i = 0; i < 6; i++) {
    let cosine = 0;
    for (let d = 0; d < 35; d++) cosine += components[i * 35 + d] * exact.vectors[i * 35 + d];
    assertClose([Math.abs(cosine)], [1], { absolute: 1e-5 }, `component ${i}`);
  }
});

Deno.test("principalComponents reconstruct points with the least error there can be", () => {
  // 700 points of 40 numbers whose spread falls slowly: no gap helps. The best error is what the other eigenvalues hold (Eckart and
  // Young 1936).
  const values = normalNumbers(700 * 40, 3).map((value, at) => value * Math.exp(-(at % 40) / 15));
  const points = valuePoints(values, 40), pca = find(points, 8);
  const projected = project(wasm, points, pca);
  let error = 0;
  for (let row = 0; row < 700; row++) {
    for (let d = 0; d < 40; d++) {
      let reconstructed = pca.mean[d];
      for (let k = 0; k < 8; k++) reconstructed += projected[row * 8 + k] * pca.components[k * 40 + d];
      error += (values[row * 40 + d] - reconstructed) ** 2 / 700;
    }
  }
  const C = new Float64Array(1600);
  for (let row = 0; row < 700; row++) {
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 40; j++) {
        C[i * 40 + j] += (values[row * 40 + i] - pca.mean[i]) * (values[row * 40 + j] - pca.mean[j]) / 700;
      }
    }
  }
  const best = symmetricEigen(C, 40).values.subarray(8).reduce((sum, value) => sum + value);
  assertClose([error], [best], { relative: 1e-5 }, "error");
});

Deno.test("principalComponents are at right angles and of length 1, and do not depend on the seed", () => {
  const first = find(imagePoints(GLYPHS, 35), 10), second = find(imagePoints(GLYPHS, 35), 10, 99);
  assertClose(second.variances, first.variances, { relative: 1e-5 }, "variances");
  for (let i = 0; i < 10; i++) {
    for (let j = 0; j < 10; j++) {
      let product = 0;
      for (let d = 0; d < 35; d++) product += first.components[i * 35 + d] * first.components[j * 35 + d];
      assertClose([product], [i === j ? 1 : 0], { absolute: 1e-9 }, `${i}, ${j}`);
    }
  }
});

Deno.test("principalComponents are no more than the points vary in", () => {
  equal(find(imagePoints(imagesOf([0, 0, 1], [1, 0, 0], [0.2, 0, 0.8]), 3), 3).count, 1);
  equal(find(imagePoints(imagesOf([0, 0, 1], [1, 0, 0], [1, 1, 0]), 3), 3).count, 2);
  for (const constant of [[0.4, 0.4, 0.4], [0, 0, 0], [1, 1, 1]]) {
    const split = imagesOf(constant, constant, constant);
    const pca = find(imagePoints(split, 3), 2);
    deepEqual([pca.count, pca.components.length, pca.variances.length], [0, 0, 0]);
    equal(project(wasm, imagePoints(split, 3), pca).length, 0);
  }
  equal(find(imagePoints(imagesOf([0.1, 0.9]), 2), 2).count, 0);
  equal(find(valuePoints(new Float32Array(), 2), 2).count, 0);
});

Deno.test("symmetricEigen gives the known values of a small matrix, the largest first", () => {
  const { values, vectors } = symmetricEigen([2, 1, 0, 1, 2, 0, 0, 0, 5], 3);
  assertClose(values, [5, 3, 1], { absolute: 1e-12 }, "values");
  assertClose(vectors.subarray(3).map(Math.abs), [1, 1, 0, 1, 1, 0].map((v) => v * Math.SQRT1_2), {
    absolute: 1e-12,
  }, "vectors");
  ok(Math.abs(Math.abs(vectors[2]) - 1) < 1e-12);
});
