import { deepStrictEqual as deepEqual, notDeepStrictEqual as notDeepEqual, ok } from "node:assert/strict";
import { measureDenoising } from "../../../src/analysis/reconstruction/denoising.ts";
import { threshold } from "../../../src/analysis/reconstruction/limits.ts";
import { measureReconstruction } from "../../../src/analysis/reconstruction/measure.ts";
import { identityModel, imagesOf, randomImages, untrained, wasm } from "../hand_models.ts";

const KEY = { seed: 4, stream: "evaluation", epoch: 1 } as const;
const noise = { corruption: { kind: "flips", share: 0.2 }, key: KEY } as const;

Deno.test("measureDenoising gives rules the inputs of the model: a rule that returns its input is the threshold", () => {
  const split = imagesOf([0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1]);
  const options = { engine: wasm, model: identityModel(4), split, noise, copies: 300 };
  const { model, repeated, rules } = measureDenoising({ ...options, rules: { threshold } });
  deepEqual(model, rules.threshold);
  deepEqual(repeated, model);
  deepEqual(measureDenoising({ ...options, rules: {}, passes: 3 }).repeated, model);
  // 3,600 pixels, of which a fifth is flipped; four standard errors are 0.027.
  ok(Math.abs(model.reduce((sum, count) => sum + count, 0) / 3600 - 0.2) < 0.027);
});

Deno.test("measureDenoising counts draw by draw what measureReconstruction counts together", () => {
  const split = randomImages(10, 35), model = untrained({ kind: "ae", encoder: [35, 9], latent: 2 });
  const options = { engine: wasm, model, split, noise, copies: 60 };
  const { model: wrong } = measureDenoising({ ...options, rules: {} });
  const { pixelAccuracy, worstWrongPixels, withinOnePixel } = measureReconstruction(options);
  const total = wrong.reduce((sum, count) => sum + count, 0);
  deepEqual(
    [1 - total / (600 * 35), Math.max(...wrong), wrong.filter((count) => count <= 1).length / 600],
    [pixelAccuracy, worstWrongPixels, withinOnePixel],
  );
});

Deno.test("measureDenoising keeps the first pass, and counts the last separately", () => {
  const split = randomImages(10, 35);
  const model = untrained({ kind: "ae", encoder: [35, 9], latent: 2, initialiser: "xavier" });
  const options = { engine: wasm, model, split, noise, copies: 60, rules: {} };
  const once = measureDenoising(options), thrice = measureDenoising({ ...options, passes: 3 });
  deepEqual(thrice.model, once.model);
  notDeepEqual(thrice.repeated, thrice.model);
});

Deno.test("measureDenoising feeds back as much of what was made as requested: nothing of it is the first pass again", () => {
  const split = randomImages(10, 35);
  const model = untrained({ kind: "ae", encoder: [35, 9], latent: 2, initialiser: "xavier" });
  const options = { engine: wasm, model, split, noise, copies: 60, rules: {}, passes: 3 };
  const nothing = measureDenoising({ ...options, blend: 0 });
  deepEqual(nothing.repeated, nothing.model);
  deepEqual(measureDenoising(options).repeated, measureDenoising({ ...options, blend: 0.5 }).repeated);
  notDeepEqual(measureDenoising({ ...options, blend: 0.9 }).repeated, measureDenoising(options).repeated);
});

Deno.test("measureDenoising equals the threshold where the output has no weight", () => {
  const split = randomImages(10, 35);
  const model = untrained({ kind: "ae", encoder: [35, 9], latent: 2, initialiser: "xavier" });
  const options = { engine: wasm, model, split, noise, copies: 60, rules: { threshold } };
  const seen = measureDenoising({ ...options, inputWeight: 1 });
  deepEqual(seen.repeated, seen.rules.threshold);
  notDeepEqual(seen.model, seen.repeated);
  const some = measureDenoising({ ...options, passes: 3, inputWeight: 0.2 });
  notDeepEqual(some.repeated, measureDenoising({ ...options, passes: 3 }).repeated);
});
