import {
  deepStrictEqual as deepEqual,
  notStrictEqual as notEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { measureBound, measureReconstruction } from "../../../src/analysis/reconstruction/measure.ts";
import { fillNormal } from "../../../src/core/random.ts";
import { glyphDataset } from "../../../src/data/glyphs.ts";
import { gaussianLimits } from "../../support/limits.ts";
import { assertClose } from "../../support/close.ts";
import { identityModel, imagesOf, modelOf, randomImages, untrained, wasm as engine } from "../hand_models.ts";

const GLYPHS = glyphDataset().train;
const KEY = { seed: 3, stream: "evaluation", epoch: 1 } as const;
const noiseOf = (std: number) => ({
  corruption: { kind: "gaussian", std, maximumStd: std } as const,
  key: KEY,
});

Deno.test("measureReconstruction finds nothing wrong with a model that gives back its input", () => {
  deepEqual(measureReconstruction({ engine, model: identityModel(35), split: GLYPHS }), {
    mse: 0,
    pixelAccuracy: 1,
    worstWrongPixels: 0,
    withinOnePixel: 1,
  });
});

Deno.test("measureReconstruction counts squares a pixel, and wrong pixels after cutting at 0.5", () => {
  // The second image comes out as [0.25, 0, 0.75, 0.625]: two pixels wrong; the first as [1.25, 0, 0.75, 1.625]: one.
  const model = identityModel(4, [0.25, 0, 0.75, 0.625]);
  const measured = measureReconstruction({ engine, model, split: imagesOf([1, 0, 0, 1], [0, 0, 0, 0]) });
  assertClose([measured.mse], [2 * (0.0625 + 0.5625 + 0.390625) / 8], { relative: 1e-6 }, "mse");
  deepEqual([measured.pixelAccuracy, measured.worstWrongPixels, measured.bce], [1 - 3 / 8, 2, undefined]);
});

Deno.test("measureReconstruction takes the mean square over values of colour, and a pixel for wrong by any channel", () => {
  // Two pixels in colour; in the second image red and blue of the first pixel are wrong, in the first image no value is.
  const model = { ...identityModel(6, [0.75, 0, 0.75, 0, 0, 0]), shape: [1, 2, 3] };
  const split = imagesOf([1, 0, 1, 0, 1, 0], [0, 0, 0, 0, 1, 0]);
  const measured = measureReconstruction({ engine, model, split });
  assertClose([measured.mse], [4 * 0.5625 / 12], { relative: 1e-6 }, "mse");
  deepEqual([measured.pixelAccuracy, measured.worstWrongPixels, measured.withinOnePixel], [1 - 1 / 4, 1, 1]);
});

Deno.test("measureReconstruction gives cross-entropy in nats, summed over pixels, where outputs are probabilities", () => {
  // All weights 0 and logits of log 3: every pixel comes out as 0.75.
  const model = modelOf({ kind: "ae", encoder: [3], latent: 1 }, [
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    ...Array(3).fill(Math.log(3)),
  ]);
  const split = imagesOf([1, 1, 0], [0, 0, 0]);
  const { bce, mse, pixelAccuracy, worstWrongPixels } = measureReconstruction({ engine, model, split });
  const on = -Math.log(0.75), off = -Math.log(0.25);
  assertClose(
    [bce!, mse],
    [(2 * on + 4 * off) / 2, (2 * 0.0625 + 4 * 0.5625) / 6],
    { relative: 1e-6 },
    "bce, mse",
  );
  deepEqual([pixelAccuracy, worstWrongPixels], [1 - 4 / 6, 3]);
});

Deno.test("measureReconstruction holds noisy inputs against clean targets, each copy under its own noise", () => {
  const copies = 9, std = 0.3, model = identityModel(35);
  const { mse, pixelAccuracy } = measureReconstruction({
    engine,
    model,
    split: GLYPHS,
    noise: noiseOf(std),
    copies,
  });
  // The model gives back its input, so its error is the noise: that of samples 0 to 287, over more rows than one batch.
  const noise = new Float32Array(32 * copies * 35), samples = [...Array(32 * copies).keys()];
  fillNormal(noise, samples.length, 35, samples, KEY, std);
  const squares = noise.reduce((sum, value) => sum + value * value, 0);
  assertClose([mse], [squares / noise.length], { relative: 1e-5 }, "mse");
  // And its accuracy is that of cutting the noisy pixel.
  const { threshold } = gaussianLimits(GLYPHS, 35, std, copies, KEY);
  assertClose([pixelAccuracy!], [threshold], { absolute: 1e-12 }, "pixel accuracy");
});

Deno.test("measureReconstruction reconstructs through a VAE's mean, whatever its variance", () => {
  // Mean = the pixel, log-variance near its bound of 10; the decoder gives back the latent.
  const split = imagesOf([1], [0]);
  const vae = (raw: number) =>
    modelOf(
      { kind: "vae", encoder: [1], latent: 1, loss: "mse", outputActivation: "linear" },
      [1, 0, 0, raw, 1, 0],
    );
  for (const raw of [-30, 30]) equal(measureReconstruction({ engine, model: vae(raw), split }).mse, 0);
  ok(measureBound({ engine, model: vae(30), split, seed: 1 }).reconstruction > 1);
});

/** A VAE of two pixels and two latents with constant mean and log-variance, whose logits are `c` everywhere. */
function constantVae(means: [number, number], logVariances: [number, number], c: number) {
  const raw = logVariances.map((value) => 10 * Math.atanh(value / 10));
  return modelOf(
    { kind: "vae", encoder: [2], latent: 2 },
    [0, 0, 0, 0, 0, 0, 0, 0, ...means, ...raw, 0, 0, 0, 0, c, c],
  );
}

Deno.test("measureBound is minus reconstruction minus KL, each by its closed form", () => {
  const model = constantVae([0.5, -2], [-1, 0.75], Math.log(3));
  const { elbo, reconstruction, kl } = measureBound({
    engine,
    model,
    split: imagesOf([1, 0], [1, 1]),
    seed: 1,
  });
  const term = (mean: number, logVariance: number) =>
    0.5 * (mean ** 2 + Math.exp(logVariance) - 1 - logVariance);
  assertClose([kl], [term(0.5, -1) + term(-2, 0.75)], { relative: 1e-5 }, "KL");
  assertClose(
    [reconstruction],
    [-(3 * Math.log(0.75) + Math.log(0.25)) / 2],
    { relative: 1e-6 },
    "reconstruction",
  );
  equal(elbo, -(reconstruction + kl));
});

Deno.test("measureBound has no KL where the posterior is the prior", () => {
  const { kl, activeUnits } = measureBound({
    engine,
    model: constantVae([0, 0], [0, 0], 0),
    split: imagesOf([1, 0], [0, 1]),
    seed: 1,
  });
  deepEqual([kl, activeUnits], [0, 0]);
});

Deno.test("measureBound takes half the squared error where the loss is a Gaussian's", () => {
  const model = modelOf(
    { kind: "vae", encoder: [2], latent: 1, loss: "mse", outputActivation: "linear" },
    [0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.25],
  );
  const { reconstruction } = measureBound({ engine, model, split: imagesOf([0, 0], [1, 0]), seed: 1 });
  assertClose(
    [reconstruction],
    [0.5 * (0.25 + 0.0625 + 0.25 + 0.0625) / 2],
    { relative: 1e-6 },
    "reconstruction",
  );
});

Deno.test("measureBound calls a latent active when its mean varies by more than 0.01", () => {
  // The mean of latent k is `slope_k` times the first pixel, which is 0 or 1: its variance is slope^2 / 4.
  const model = modelOf(
    { kind: "vae", encoder: [3], latent: 3 },
    [
      ...[1, 0.19, 0.21, 0, 0, 0],
      ...Array(12 + 6).fill(0),
      ...Array(9 + 3).fill(0),
    ],
  );
  const split = imagesOf([1, 0, 0], [0, 0, 1], [1, 1, 0], [0, 0, 0]);
  equal(measureBound({ engine, model, split, seed: 1 }).activeUnits, 2);
});

Deno.test("measureBound draws the latent from the seed, and the same twice", () => {
  const model = untrained({
    kind: "vae",
    encoder: [35, 9],
    latent: 2,
    activation: "tanh",
    initialiser: "he",
  });
  const measure = (seed: number) => measureBound({ engine, model, split: GLYPHS, seed });
  deepEqual(measure(1), measure(1));
  notEqual(measure(1).reconstruction, measure(2).reconstruction);
  equal(measure(1).kl, measure(2).kl);
});

Deno.test("measureBound means over more samples than one batch has", () => {
  const model = untrained({ kind: "vae", encoder: [35, 9], latent: 2, initialiser: "he" });
  const all = randomImages(300, 35);
  const part = (from: number, to: number) => ({
    count: to - from,
    values: all.values.subarray(from * 35, to * 35),
  });
  const kl = (split: typeof all) => measureBound({ engine, model, split, seed: 1 }).kl;
  const expected = (kl(part(0, 100)) + kl(part(100, 200)) + kl(part(200, 300))) / 3;
  assertClose([kl(all)], [expected], { relative: 1e-6 }, "KL of 300 images");
});
