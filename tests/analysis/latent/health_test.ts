import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import { healthMeter, latentHealth } from "../../../src/analysis/latent/health.ts";
import { measureBound } from "../../../src/analysis/reconstruction/measure.ts";
import { sliceSplit } from "../../../src/data/parts.ts";
import { referenceEngine } from "../../../src/engine/reference.ts";
import { imagesOf, modelOf, randomImages, untrained, wasm } from "../hand_models.ts";

Deno.test("latentHealth sums up the posteriors of four images as by hand", () => {
  // z1: means 1, 1, -1, -1 with variance 1/4: KL = (1 + 1/4 - 1 + ln 4) / 2 = 0.818147. z2: N(0, 1) for each image: all 0.
  const means = [1, 0, 1, 0, -1, 0, -1, 0], quarter = -Math.log(4);
  const logVariances = [quarter, 0, quarter, 0, quarter, 0, quarter, 0];
  deepEqual(latentHealth(Float64Array.from(means), Float64Array.from(logVariances), 2), {
    images: 4,
    mean: [0, 0],
    std: [1, 0],
    variance: [0.25, 1],
    kl: [0.818147, 0],
    activeUnits: 1,
  });
});

Deno.test("latentHealth distinguishes a posterior that ignores its image, and the prior, from one that is used", () => {
  // Each image's posterior is N(3, 1): far from the prior (KL 4.5 nats), and it says nothing about the image.
  const away = latentHealth(Float64Array.of(3, 3, 3), Float64Array.of(0, 0, 0), 1);
  deepEqual([away.kl, away.mean, away.std, away.activeUnits], [[4.5], [3], [0], 0]);
  // A variance of just 0.01 is not above it.
  const means = (std: number) => Float64Array.of(std, -std);
  const active = (std: number) => latentHealth(means(std), Float64Array.of(0, 0), 1).activeUnits;
  deepEqual([active(0.0999), active(0.1001)], [0, 1]);
});

Deno.test("latentHealth has no posterior for an autoencoder", () => {
  deepEqual(latentHealth(Float64Array.of(1, 5, 3, 5), undefined, 2), {
    images: 2,
    mean: [2, 5],
    std: [1, 0],
  });
});

Deno.test("latentHealth of one image has no spread, and what is not finite stays so", () => {
  deepEqual(latentHealth(Float64Array.of(2), undefined, 1), { images: 1, mean: [2], std: [0] });
  deepEqual(latentHealth(Float64Array.of(NaN), undefined, 1), { images: 1, mean: [NaN], std: [NaN] });
});

Deno.test("healthMeter reads the latent of a model that is known number by number", () => {
  // Two pixels to one latent dimension: mean x1 - x2, log-variance 0.
  const model = modelOf({ kind: "vae", encoder: [2], latent: 1 }, [1, 0, -1, 0, 0, 0, 1, 1, 0, 0]);
  const split = imagesOf([1, 0], [0, 1], [1, 1], [0, 0]);
  const { measure, close } = healthMeter({ engine: wasm, spec: model.spec, split });
  // Means 1, -1, 0, 0: variance 1/2, KL (1/2 + 1/2) / 4.
  deepEqual(measure(model.parameters), {
    images: 4,
    mean: [0],
    std: [0.707107],
    variance: [1],
    kl: [0.25],
    activeUnits: 1,
  });
  // Other parameters, the same meter: the mean is twice as far.
  deepEqual(measure(model.parameters.map((one) => 2 * one)).std, [1.41421]);
  close();
});

Deno.test("healthMeter measures the first 1,000 images of a split, in batches, and gives the same bits each time", () => {
  const model = untrained({ kind: "vae", encoder: [35, 9], latent: 3, initialiser: "xavier" });
  const split = randomImages(1100, 35);
  const meter = healthMeter({ engine: wasm, spec: model.spec, split });
  const all = meter.measure(model.parameters), again = meter.measure(model.parameters);
  const first = healthMeter({ engine: wasm, spec: model.spec, split: sliceSplit(split, 35, 0, 1000) });
  deepEqual([all.images, again, first.measure(model.parameters)], [1000, all, all]);
  // The evaluation of the same images adds up to the same KL, by another graph.
  const { kl, activeUnits } = measureBound({
    engine: referenceEngine("f64"),
    model,
    split: sliceSplit(split, 35, 0, 1000),
    seed: 1,
  });
  const sum = all.kl!.reduce((total, one) => total + one, 0);
  ok(Math.abs(sum - kl) < 1e-5 * kl, `${sum} and ${kl}`);
  deepEqual(all.activeUnits, activeUnits);
});
