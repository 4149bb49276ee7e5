import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { importanceBounds, logMeanExp } from "../../../src/analysis/reconstruction/importance_bound.ts";
import { evaluator, reconstruct } from "../../../src/analysis/reconstruction/inference.ts";
import { measureBound } from "../../../src/analysis/reconstruction/measure.ts";
import type { Split } from "../../../src/data/dataset.ts";
import { glyphDataset } from "../../../src/data/glyphs.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { loadEngine } from "../../../src/engine/load.ts";
import { assertClose } from "../../support/close.ts";
import { imagesOf, modelOf, randomImages, untrained, wasm as engine } from "../hand_models.ts";

const GLYPHS = glyphDataset().train;
const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** x ~ N(a z + b, 1), z ~ N(0, 1), both of one number; the posterior is N(m x, exp(logVariance)). */
function linearGaussian({ a, b, m, logVariance }: { a: number; b: number; m: number; logVariance: number }) {
  const raw = 10 * Math.atanh(logVariance / 10);
  return modelOf(
    { kind: "vae", encoder: [1], latent: 1, loss: "mse", outputActivation: "linear" },
    [m, 0, 0, raw, a, b],
  );
}

/** `log p(x)` of that model without the constant `0.5 log(2 pi)`: x is N(b, a^2 + 1). */
const evidence = (x: number, a: number, b: number) =>
  -0.5 * (x - b) ** 2 / (a * a + 1) - 0.5 * Math.log(a * a + 1);

Deno.test("importanceBounds() are the evidence itself under the exact posterior, with any number of samples", () => {
  // The posterior of z given x is N(a (x - b) / (a^2 + 1), 1 / (a^2 + 1)); with b = 0 its mean is a multiple of x.
  const a = 1.5, model = linearGaussian({ a, b: 0, m: a / (a * a + 1), logVariance: -Math.log(a * a + 1) });
  const split = imagesOf([1], [0], [0.2]);
  for (const samples of [1, 7]) {
    const bounds = importanceBounds({ engine, model, split, samples, seed: 1 })!;
    assertClose(bounds, [1, 0, 0.2].map((x) => evidence(x, a, 0)), { absolute: 1e-5 }, `k = ${samples}`);
  }
});

Deno.test("importanceBounds() come to the evidence under a posterior that is wrong, as samples become many", () => {
  const a = 1.5, b = 0.3, model = linearGaussian({ a, b, m: 0.2, logVariance: -0.4 });
  const split = imagesOf([1], [0]), expected = [1, 0].map((x) => evidence(x, a, b));
  const at = (samples: number) => importanceBounds({ engine, model, split, samples, seed: 2 })!;
  assertClose(at(20_000), expected, { absolute: 0.01 }, "k = 20,000");
  // The ELBO of such a posterior is clearly below.
  const { elbo } = measureBound({ engine, model, split: imagesOf(...Array(500).fill([1])), seed: 1 });
  ok(elbo < expected[0] - 0.1);
});

Deno.test("importanceBounds() with one sample are an ELBO with a sampled KL term", () => {
  const model = linearGaussian({ a: 0.8, b: 0, m: 0.5, logVariance: -1 });
  const split = imagesOf(...Array(4000).fill([0.8]));
  const { elbo } = measureBound({ engine, model, split, seed: 1 });
  assertClose([mean(importanceBounds({ engine, model, split, samples: 1, seed: 1 })!)], [elbo], {
    absolute: 0.03,
  }, "k = 1");
});

Deno.test("importanceBounds() of images that are resampled use the same pixels that other evaluations draw", () => {
  const model = untrained({ kind: "vae", encoder: [35, 9], latent: 3 });
  // More than one batch, and a part of them.
  const split = { ...randomImages(300, 35), resampled: 5 };
  const { program, ...evaluation } = evaluator(engine, model, split);
  const { targets } = reconstruct({ program, ...evaluation }, split.count);
  program.dispose();
  const drawn = { count: split.count, values: Uint8Array.from(targets, (pixel) => 255 * pixel) };
  ok(drawn.values.every((byte) => byte === 0 || byte === 255));
  const bounds = (of: Split) =>
    importanceBounds({ engine, model, split: of, samples: 3, images: 290, seed: 1 });
  deepEqual(bounds(split), bounds(drawn));
});

Deno.test("importanceBounds() grow with the samples on average", () => {
  const model = untrained({ kind: "vae", encoder: [35, 9], latent: 3 });
  const [one, five, fifty] = [1, 5, 50].map((samples) =>
    mean(importanceBounds({ engine, model, split: GLYPHS, samples, seed: 1 })!)
  );
  ok(one < five && five < fifty, `${one}, ${five}, ${fifty}`);
});

Deno.test("importanceBounds() depend on neither batches nor the number of images, and on the seed", () => {
  const model = untrained({ kind: "vae", encoder: [35, 9], latent: 3 });
  const split = randomImages(300, 35);
  const at = (options: { images?: number; seed?: number }) =>
    importanceBounds({ engine, model, split, samples: 3, seed: 1, ...options })!;
  const all = at({});
  equal(all.length, 300);
  assertClose(at({ images: 9 }), all.subarray(0, 9), { absolute: 1e-5 }, "the first nine");
  deepEqual(at({}), all);
  ok(at({ seed: 2 })[0] !== all[0]);
});

Deno.test("importanceBounds() of Bernoulli pixels that do not depend on the latent are their likelihood under the prior", () => {
  // Mean and log-variance 0: the posterior is the prior. Logits log 3: each pixel is on with a chance of 3/4.
  const model = modelOf({ kind: "vae", encoder: [2], latent: 2 }, [
    ...Array(12).fill(0),
    0,
    0,
    0,
    0,
    Math.log(3),
    Math.log(3),
  ]);
  const bounds = importanceBounds({ engine, model, split: imagesOf([1, 1], [1, 0]), samples: 4, seed: 1 })!;
  assertClose(
    bounds,
    [2 * Math.log(0.75), Math.log(0.75) + Math.log(0.25)],
    { absolute: 1e-6 },
    "likelihood",
  );
});

Deno.test("importanceBounds() refuse an autoencoder, weights that are no numbers, and stop on request", () => {
  const ae = untrained({ kind: "ae", encoder: [35], latent: 2 });
  throws(() => importanceBounds({ engine, model: ae, split: GLYPHS, samples: 1, seed: 1 }), {
    message: "model must be a vae for importance samples, got ae",
  });
  const broken = untrained({ kind: "vae", encoder: [35], latent: 2 });
  broken.parameters.fill(NaN);
  throws(
    () => importanceBounds({ engine, model: broken, split: GLYPHS, samples: 1, seed: 1 }),
    /must be finite, got NaN at image 0/,
  );
  const model = untrained({ kind: "vae", encoder: [35], latent: 2 });
  equal(importanceBounds({ engine, model, split: GLYPHS, samples: 1, seed: 1, stop: () => true }), undefined);
});

Deno.test("importanceBounds() are the same on the reference engine", async () => {
  const reference = await loadEngine("reference");
  const model = untrained({ kind: "vae", encoder: [35, 9], latent: 3 });
  const at = (engine: Engine) => importanceBounds({ engine, model, split: GLYPHS, samples: 5, seed: 1 })!;
  assertClose(at(engine), at(reference), { relative: 1e-5 }, "bounds");
});

Deno.test("logMeanExp() neither overflows nor loses small numbers", () => {
  const sums = logMeanExp(2);
  for (const value of [1000, 1000 + Math.log(3)]) sums.add(0, value);
  for (const value of [-2000, -1000, -1000]) sums.add(1, value);
  assertClose(sums.result(), [1000 + Math.log(2), -1000 + Math.log(2 / 3)], { absolute: 1e-12 }, "means");
});
