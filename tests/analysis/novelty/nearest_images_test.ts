import type { Scale } from "../../../src/core/scale.ts";
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { latentMoments } from "../../../src/analysis/latent/latent_moments.ts";
import { encodeImages } from "../../../src/analysis/reconstruction/inference.ts";
import { nearestImages } from "../../../src/analysis/novelty/nearest_images.ts";
import { loadEngine } from "../../../src/engine/load.ts";
import { assertClose } from "../../support/close.ts";
import { identityModel, imagesOf, modelOf, randomImages, wasm } from "../hand_models.ts";

Deno.test("nearestImages finds what is nearest, and measures how far it is", () => {
  const images = imagesOf([0, 0], [1, 0], [1, 1], [0, 1]);
  const { images: found, distances } = nearestImages(wasm, imagesOf([0.8, 0.2], [0, 1]), images, 2);
  deepEqual([...found.values], [255, 0, 0, 255]);
  // sqrt(0.2^2 + 0.2^2), with 0.8 and 0.2 exact as 204 and 51 of 255.
  ok(Math.abs(distances[0] - 0.28284271) < 1e-8 && distances[1] === 0);
});

Deno.test("nearestImages agrees with looking at every pair, in every engine, for more images than a batch holds", async () => {
  const pixels = 35, queries = randomImages(7, pixels), images = randomImages(1300, pixels);
  images.values.reverse();
  const square = (q: number, x: number) => {
    let sum = 0;
    for (let at = 0; at < pixels; at++) {
      sum += (queries.values[q * pixels + at] - images.values[x * pixels + at]) ** 2;
    }
    return sum;
  };
  const expected = Array.from(
    { length: 7 },
    (_, q) => Math.min(...Array.from({ length: 1300 }, (_, x) => square(q, x))),
  );
  for (const name of ["wasm", "reference"] as const) {
    const { distances } = nearestImages(await loadEngine(name), queries, images, pixels);
    distances.forEach((distance, q) => ok(Math.abs(distance - Math.sqrt(expected[q]) / 255) < 1e-9, name));
  }
});

Deno.test("latentMoments gives points, their mean and variance, and no KL for an autoencoder", () => {
  const { points, mean, variance, kl } = latentMoments(
    wasm,
    identityModel(2),
    imagesOf([0, 1], [1, 1], [0.2, 1], [0.8, 1]),
  );
  deepEqual([...points].map((value) => Number(value.toFixed(6))), [0, 1, 1, 1, 0.2, 1, 0.8, 1]);
  ok(Math.abs(mean[0] - 0.5) < 1e-7 && Math.abs(mean[1] - 1) < 1e-7);
  // (0.25 + 0.25 + 0.09 + 0.09) / 4
  ok(Math.abs(variance[0] - 0.17) < 1e-7 && Math.abs(variance[1]) < 1e-12);
  equal(kl, undefined);
});

Deno.test("latentMoments gives the KL of each latent dimension of a vae, by the formula", () => {
  // The encoder is the latent layer alone: mean = x + 1, raw log-variance = 0; so KL = mean^2 / 2.
  const model = modelOf({ kind: "vae", encoder: [1], latent: 1 }, [1, 0, 1, 0, 1, 0]);
  const images = imagesOf([0], [1]);
  const { kl, points } = latentMoments(wasm, model, images);
  deepEqual([...points], [1, 2]);
  deepEqual([...points], [...encodeImages(wasm, model, images)]);
  ok(Math.abs(kl![0] - (0.5 + 2) / 2) < 1e-6, `${kl}`);
});

Deno.test("nearestImages measures floats as a model sees them, each value under a scale of its own", () => {
  const scale: Scale = {
    spec: { kind: "standardize", per: "feature" },
    shift: [1000, 0],
    divisor: [100, 0.5],
    drawn: [0, 1],
  };
  const split = { count: 3, values: Float32Array.of(1000, 0, 1100, 0, 1000, 2), scale };
  const queries = { count: 2, values: Float32Array.of(1080, 0.1, 1000, 1.5), scale };
  const { images: found, distances } = nearestImages(wasm, queries, split, 2);
  deepEqual([...found.values], [1100, 0, 1000, 2]);
  assertClose(distances, [Math.hypot(0.2, 0.2), 1], { absolute: 1e-6 }, "distances in scaled units");
});
