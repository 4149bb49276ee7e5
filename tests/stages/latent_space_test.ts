import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { decodePoints, encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { linearPath } from "../../src/analysis/latent/latent_space.ts";
import { smoothnessOf } from "../../src/analysis/latent/smoothness.ts";
import { permutation } from "../../src/core/random.ts";
import { assertClose } from "../support/close.ts";
import { neighbourAccuracy } from "../../src/analysis/latent/latent_report.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { metricValues } from "../../src/pipeline/metric.ts";
import { latentSpaceMetrics } from "../../src/stages/latent_space/report.ts";
import { latentSpace, type LatentSpaceOptions } from "../../mod.ts";
import { GLYPHS, modelOf, mustRun } from "./fake_run.ts";

const VAE = modelOf({ kind: "vae" });
const UNLABELLED: Dataset = (() => {
  const split = { ...GLYPHS.train, labels: undefined };
  return { ...GLYPHS, labelNames: undefined, train: split, test: split };
})();

async function measure(options: LatentSpaceOptions = {}, dataset = GLYPHS, model = VAE) {
  const { result, files } = await mustRun(latentSpace({ paths: 5, ...options }), {
    inputs: { dataset, model },
  });
  const raw = JSON.parse(new TextDecoder().decode(files.get("latentSpace.json")));
  return { metrics: result.metrics as Record<string, number>, note: result.note!, raw };
}
const SMOOTHNESS = ["linearStretch", "linearWorstStep", "sphericalStretch", "sphericalWorstStep"];
const ERRORS = ["baselineMse", "meanPictureMse", "explained", "baselineExplained"];
const SPACE = ["activeUnits", "largestMean", "leastVariance", "largestVariance", "largestCorrelation"];

Deno.test("latentSpace gives a VAE's numbers, and those of each dimension in a file", async () => {
  const { metrics, raw } = await measure();
  deepEqual(
    Object.keys(metrics).toSorted(),
    ["neighbourAccuracy", "baselineAccuracy", ...ERRORS, "kl", "gapToPrior", ...SPACE, ...SMOOTHNESS]
      .toSorted(),
  );
  equal(raw.dimensions.length, 2);
  deepEqual([raw.covariance.length, raw.covariance[0].length, raw.images], [2, 2, 32]);
  ok(Math.abs(raw.dimensions[0].kl + raw.dimensions[1].kl - metrics.kl) < 1e-9);
  deepEqual(raw.metrics, metrics);
});

Deno.test("latentSpace classes test latents by train latents", async () => {
  // Each glyph is a class of its own and both splits are the same: one neighbour is the glyph itself.
  const { metrics, note } = await measure({ k: 1 });
  equal(metrics.neighbourAccuracy, 1);
  match(
    note,
    /^neighbours name the class of 100\.00 %, those of as many principal components 100\.00 %; -?[\d.]+ % of the variance of pixels explained, [\d.]+ % by as many components; \d of 2 units active; a straight path is [\d.]+ times/,
  );
});

Deno.test("latentSpace leaves out what an autoencoder has not, and accuracy without labels", async () => {
  const { metrics, note } = await measure({}, UNLABELLED, modelOf());
  deepEqual(Object.keys(metrics).toSorted(), [...ERRORS, ...SPACE, ...SMOOTHNESS].toSorted());
  match(note, /^no labels, so no accuracy of neighbours; /);
});

Deno.test("latentSpace of one dimension, of one image, and of images that are all the same is all numbers", async () => {
  const few = (count: number, fill?: number): Dataset => {
    const images = GLYPHS.train.values.slice(0, count * 35);
    const split = {
      count,
      values: fill === undefined ? images : images.fill(fill),
      labels: new Uint16Array(count),
    };
    return { ...GLYPHS, train: split, test: split };
  };
  for (const dataset of [few(1), few(3), few(6, 99)]) {
    const { metrics } = await measure({}, dataset, modelOf({ kind: "vae", latent: 1 }));
    ok(Object.values(metrics).every(Number.isFinite), JSON.stringify(metrics));
    equal(metrics.neighbourAccuracy, 1);
  }
  const { metrics, note } = await measure({}, few(6, 99));
  deepEqual(SMOOTHNESS.filter((name) => name in metrics), []);
  match(note, /no path between two images could be measured$/);
});

Deno.test("latentSpaceMetrics() measures every path, however many are decoded at a time", async () => {
  const engine = await loadEngine("wasm");
  const points = encodeImages(engine, VAE, GLYPHS.test), steps = 1000;
  const none = { points: [], labels: [] };
  const { metrics: measured } = latentSpaceMetrics({
    engine,
    model: VAE,
    test: GLYPHS.test,
    points: { train: none, test: none, dimensions: 2 },
    options: { k: 1, paths: 99, steps },
    seed: 1,
  });
  const metrics = metricValues(measured);
  // 32 glyphs make 16 pairs, 4 of which are decoded at a time.
  const order = permutation(32, { seed: 1, stream: "analysis", epoch: 0 });
  const stretches = Array.from({ length: 16 }, (_, pair) => {
    const [from, to] = [0, 1].map((end) =>
      points.subarray(2 * order[2 * pair + end], 2 * order[2 * pair + end] + 2)
    );
    return smoothnessOf(decodePoints(engine, VAE, linearPath(from, to, steps).flat()), 35)!.stretch;
  });
  assertClose(
    [metrics.linearStretch],
    [stretches.reduce((a, b) => a + b) / 16],
    { relative: 1e-6 },
    "stretch",
  );
});

Deno.test("latentSpaceMetrics() holds a baseline to the same vote, and both to the mean picture", async () => {
  const engine = await loadEngine("wasm");
  const latents = { points: encodeImages(engine, VAE, GLYPHS.test), labels: GLYPHS.test.labels! };
  const points = { train: latents, test: latents, dimensions: 2 };
  const baseline = { ...points, test: { ...latents, labels: latents.labels.toReversed() } };
  const options = { k: 1, paths: 0, steps: 3 };
  const { metrics: measured } = latentSpaceMetrics({
    engine,
    model: VAE,
    test: GLYPHS.test,
    points,
    options,
    seed: 1,
    principal: { points: baseline, mse: 0.1, meanMse: 0.4, ownMse: 0.3 },
  });
  const metrics = metricValues(measured);
  deepEqual([metrics.neighbourAccuracy, metrics.baselineAccuracy], [
    1,
    neighbourAccuracy(engine, baseline, 1),
  ]);
  equal(metrics.baselineAccuracy, 0);
  deepEqual([metrics.baselineMse, metrics.meanPictureMse, metrics.baselineExplained], [0.1, 0.4, 0.75]);
  equal(metrics.explained, 1 - 0.3 / 0.4);
});
