import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { importanceBounds } from "../../src/analysis/reconstruction/importance_bound.ts";
import { measureReconstruction } from "../../src/analysis/reconstruction/measure.ts";
import type { Dataset, Split } from "../../src/data/dataset.ts";
import { sliceSplit } from "../../src/data/parts.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { evaluate, type EvaluateOptions } from "../../mod.ts";
import { assertClose } from "../support/close.ts";
import { eventsOf, GLYPHS, modelOf, mustRun } from "./fake_run.ts";

const MODEL = modelOf(), VAE = modelOf({ kind: "vae" });
/** The glyphs in two splits that share no image. */
const PARTED: Dataset = {
  ...GLYPHS,
  train: sliceSplit(GLYPHS.train, 35, 0, 20),
  test: sliceSplit(GLYPHS.train, 35, 20, 32),
};
const PLAIN = ["mse", "bce", "pixelAccuracy", "worstWrongPixels", "withinOnePixel"];
const BOUND = [
  "elbo",
  "elboLow",
  "elboHigh",
  "reconstruction",
  "kl",
  "activeUnits",
  "elboAtMean",
  "bitsPerDimension",
  "bitsPerDimensionHigh",
  "bitsPerDimensionLow",
];
const trained = (names: string[]) => names.map((name) => `train.${name}`);

async function measure(options: EvaluateOptions, made: object = { dataset: GLYPHS, model: MODEL }, seed = 1) {
  const { result } = await mustRun(evaluate(options), { inputs: { ...made }, seed });
  deepEqual(result.outputs.measured, result.metrics);
  const { metrics, note, conditions } = result;
  return { metrics: metrics as Record<string, number>, note: note!, conditions };
}
const sorted = (names: Iterable<string>) => [...names].toSorted();

Deno.test("evaluate names its numbers by metric, with train. before those of the train split", async () => {
  const { metrics, note } = await measure({}, { dataset: PARTED, model: MODEL });
  deepEqual(sorted(Object.keys(metrics)), sorted([...PLAIN, ...trained(PLAIN)]));
  match(note, /^pixel accuracy [\d.]+ %, at most \d+ wrong in a sample, MSE 0\.\d+ a pixel$/);
});

Deno.test("evaluate measures each split on its own images", async () => {
  const { metrics } = await measure({}, { dataset: PARTED, model: MODEL });
  const engine = await loadEngine("wasm");
  const { mse } = measureReconstruction({ engine, model: MODEL, split: PARTED.test });
  const onTrain = measureReconstruction({ engine, model: MODEL, split: PARTED.train });
  deepEqual([metrics.mse, metrics["train.mse"]], [mse, onTrain.mse]);
  ok(mse !== onTrain.mse);
});

Deno.test("evaluate measures only the splits that the options name", async () => {
  const both = { dataset: PARTED, model: MODEL };
  deepEqual(sorted(Object.keys((await measure({ splits: ["test"] }, both)).metrics)), sorted(PLAIN));
  const { metrics, note } = await measure({ splits: ["train"] }, both);
  deepEqual(sorted(Object.keys(metrics)), sorted(trained(PLAIN)));
  equal(note, "5 numbers");
});

Deno.test("evaluate measures a split that is both train and test once", async () => {
  const { metrics } = await measure({});
  for (const name of PLAIN) equal(metrics[`train.${name}`], metrics[name], name);
  const same = counting(GLYPHS.train), train = counting(GLYPHS.train), test = counting(GLYPHS.train);
  await measure({}, { dataset: { ...GLYPHS, train: same.split, test: same.split }, model: MODEL });
  await measure({}, { dataset: { ...GLYPHS, train: train.split, test: test.split }, model: MODEL });
  equal(same.reads(), train.reads());
  ok(test.reads() > 0);
});

/** A split that counts how often its images are read. */
function counting(split: Split): { split: Split; reads(): number } {
  let reads = 0;
  const images = { get: () => (reads++, split.values), enumerable: true };
  return { split: Object.defineProperty({ ...split }, "images", images), reads: () => reads };
}

Deno.test("evaluate gives a VAE's bound in nats/sample, with its terms", async () => {
  const { metrics, note } = await measure({}, { dataset: PARTED, model: VAE });
  deepEqual(sorted(Object.keys(metrics)), sorted([...PLAIN, ...BOUND, ...trained([...PLAIN, ...BOUND])]));
  equal(metrics.elbo, -(metrics.reconstruction + metrics.kl));
  ok(metrics.elbo < -10 && metrics.kl >= 0);
  ok(metrics.elboLow < metrics.elbo && metrics.elbo < metrics.elboHigh);
  assertClose([(metrics.elboLow + metrics.elboHigh) / 2], [metrics.elbo], { relative: 1e-6 }, "the middle");
  match(
    note,
    /^test -ELBO [\d.]+ nats\/sample \(reconstruction [\d.]+ \+ KL [\d.]+; sums over pixels, mean over samples, one latent sample\)$/,
  );
});

Deno.test("evaluate draws from the seed: the same numbers twice, others for another seed", async () => {
  const at = async (seed: number) => (await measure({ noise: [0.4] }, undefined, seed)).metrics;
  deepEqual(await at(1), await at(1));
  ok((await at(1))["mse@0.4"] !== (await at(2))["mse@0.4"]);
  equal((await at(1)).mse, (await at(2)).mse);
});

Deno.test("evaluate ends soon when it is stopped", async () => {
  const made = { dataset: PARTED, model: MODEL };
  const { result, events } = await mustRun(evaluate({ noise: [0.3, 0.4] }), {
    inputs: made,
    stop: () => true,
  });
  deepEqual(sorted(Object.keys(result.metrics!)), sorted(PLAIN));
  equal(eventsOf(events, "warning").length, 0);
});

Deno.test("evaluate labels the bound at the mean and gives bits per dimension", async () => {
  const { metrics, conditions } = await measure({ splits: ["test"] }, { dataset: PARTED, model: VAE });
  equal(metrics.elboAtMean, -metrics.bce - metrics.kl);
  ok(metrics.elboAtMean > metrics.elbo);
  const above = (metrics.elboAtMean - metrics.elbo).toFixed(2);
  match(
    conditions!.elboAtMean,
    new RegExp(`^at the posterior mean .* no bound; elboAtMean is ${above} nats above elbo$`),
  );
  equal(metrics.bitsPerDimension, -metrics.elbo / (35 * Math.LN2));
  const gaussian = modelOf({ kind: "vae", loss: "mse" });
  const { metrics: squared } = await measure({ splits: ["test"] }, { dataset: PARTED, model: gaussian });
  equal(squared.elboAtMean, -0.5 * squared.mse * 35 - squared.kl);
  equal(squared.bitsPerDimension, undefined);
});

Deno.test("evaluate adds the importance-weighted bound with importanceSamples, and says of how many samples", async () => {
  const made = { dataset: PARTED, model: VAE };
  const { metrics, note } = await measure(
    { importanceSamples: 50, importanceImages: 5, splits: ["test"] },
    made,
  );
  deepEqual([metrics.importanceSamples, metrics.importanceImages], [50, 5]);
  match(note, /; importance-weighted bound with 50 samples [\d.]+$/);
  const engine = await loadEngine("wasm");
  const bounds = importanceBounds({
    engine,
    model: VAE,
    split: PARTED.test,
    samples: 50,
    images: 5,
    seed: 1,
  })!;
  const mean = bounds.reduce((sum, bound) => sum + bound, 0) / 5;
  equal(metrics.importanceBound, mean);
  // 97.5 % of Student's t with 4 degrees of freedom, from a table.
  const half = 2.7764451 * Math.sqrt(bounds.reduce((sum, bound) => sum + (bound - mean) ** 2, 0) / 4 / 5);
  assertClose([metrics.importanceBoundLow, metrics.importanceBoundHigh], [mean - half, mean + half], {
    relative: 1e-6,
  }, "interval");
  const one = (await measure({ importanceSamples: 2, importanceImages: 1, splits: ["test"] }, made)).metrics;
  deepEqual([one.importanceImages, one.importanceBoundLow, one.importanceBoundHigh], [
    1,
    undefined,
    undefined,
  ]);
  const all = (await measure({ importanceSamples: 2, splits: ["test"] }, made)).metrics;
  equal(all.importanceImages, 12);
  ok(all.importanceBound > all.elbo - 5 && all.importanceBound < 0);
});

Deno.test("evaluate leaves the importance-weighted bound out for an autoencoder, and says so", async () => {
  const made = { dataset: PARTED, model: MODEL };
  const { result, events } = await mustRun(evaluate({ importanceSamples: 9, splits: ["test"] }), {
    inputs: made,
  });
  deepEqual(sorted(Object.keys(result.metrics!)), sorted(PLAIN));
  match(eventsOf(events, "log")[0].message, /left out: only a vae has one$/);
});
