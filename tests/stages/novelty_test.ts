import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { decodePoints } from "../../src/analysis/reconstruction/inference.ts";
import { drawPoints } from "../../src/analysis/latent/latent_space.ts";
import type { Audit } from "../../src/analysis/novelty/audit.ts";
import type { Dataset, Split } from "../../src/data/dataset.ts";
import { sliceSplit } from "../../src/data/parts.ts";
import { loadEngine } from "../../src/engine/load.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { novelty, type NoveltyOptions } from "../../mod.ts";
import { randomImages } from "../analysis/hand_models.ts";
import { GLYPHS, modelOf, mustRun, pngSize, runStage } from "./fake_run.ts";

const VAE = modelOf({ kind: "vae" });
/** The glyphs in two splits that share no image. */
const PARTED: Dataset = {
  ...GLYPHS,
  train: sliceSplit(GLYPHS.train, 35, 0, 20),
  test: sliceSplit(GLYPHS.train, 35, 20, 32),
};
/** Noise: 200 + 100 images. */
const NOISE: Dataset = {
  name: "noise",
  shape: [7, 5, 1],

  train: sliceSplit(randomImages(300, 35), 35, 0, 200),
  test: sliceSplit(randomImages(300, 35), 35, 200, 300),
};
const both = (name: string) => [name, `${name}Low`, `${name}High`];
const COUNTS = [
  "samples",
  ...["nearDuplicates", "offManifold", "novel"].flatMap(both),
  "nearThreshold",
  "farThreshold",
];
const FILLED = ["authPct", "realAuthPct", "density", "coverage", "realDensity", "realCoverage"].flatMap(both);

async function audit(
  options: NoveltyOptions = {},
  { dataset = PARTED, model = VAE, seed = 1 }: { dataset?: Dataset; model?: TrainedModel; seed?: number } =
    {},
) {
  const { result, files } = await mustRun(novelty({ count: 40, ...options }), {
    inputs: { dataset, model },
    seed,
  });
  const metrics = result.metrics as Record<string, number>;
  for (const [name, value] of Object.entries(metrics)) ok(Number.isFinite(value), name);
  return { metrics, note: result.note!, files, audit: result.outputs.audit as Audit };
}
const names = (metrics: object) => Object.keys(metrics).toSorted();

Deno.test("novelty counts near duplicates, off-manifold and new images, which are all there are, with intervals", async () => {
  const { metrics, note, audit: found } = await audit({ count: 60, near: 0.1, far: 0.95 }, {
    dataset: NOISE,
  });
  const shares = ["densityOfReal", "coverageOfReal", "generatedSharpness"];
  deepEqual(names(metrics), [...COUNTS, ...FILLED, ...shares, "cT", "cTCells"].toSorted());
  equal(metrics.densityOfReal, metrics.density / metrics.realDensity);
  equal(metrics.coverageOfReal, metrics.coverage / metrics.realCoverage);
  equal(metrics.nearDuplicates + metrics.offManifold + metrics.novel, 60);
  ok(metrics.offManifoldLow <= metrics.offManifold && metrics.offManifold <= metrics.offManifoldHigh);
  equal(found.kinds.filter((kind) => kind === "offManifold").length, metrics.offManifold);
  match(
    note,
    /^60 images from the prior: \d+ near duplicates \(real images: about 6\), \d+ off the manifold \(real images: about 3\), \d+ new$/,
  );
});

Deno.test("novelty audits what the stage generate draws, against the nearest training images", async () => {
  const { audit: found } = await audit({ count: 5 });
  const key = { seed: 1, stream: "generation", epoch: 0 } as const;
  const images = decodePoints(
    await loadEngine("wasm"),
    VAE,
    drawPoints(5, { mean: [0, 0], std: [1, 1] }, key),
  );
  for (let row = 0; row < 5; row++) {
    const distances = Array.from(
      { length: 20 },
      (_, image) =>
        Math.hypot(
          ...Array.from({ length: 35 }, (_, d) =>
            images[35 * row + d] - GLYPHS.train.values[35 * image + d] / 255),
        ),
    );
    ok(Math.abs(found.distances[row] - Math.min(...distances)) < 1e-6);
    equal(found.nearest[row], distances.indexOf(Math.min(...distances)));
  }
});

/** A decoder without a latent to speak of: every image is the given one. */
function always(image: ArrayLike<number>): TrainedModel {
  const model = modelOf({ kind: "vae", encoder: [35], latent: 1 });
  const parameters = new Float32Array(model.parameters.length);
  const bias = Float32Array.from(image, (byte) => byte > 127 ? 40 : -40);
  parameters.set(bias, parameters.length - 35);
  return { ...model, parameters };
}

Deno.test("novelty calls a model that repeats a training image an imitator, and its gallery shows so", async () => {
  const model = always(GLYPHS.train.values.subarray(35, 70));
  const { metrics, files, audit: found } = await audit({ shown: 4 }, { model });
  deepEqual([metrics.nearDuplicates, metrics.offManifold, metrics.novel, metrics.authPct], [40, 0, 0, 0]);
  ok(found.nearest.every((image) => image === 1));
  deepEqual([...files.keys()], ["novelty-nearDuplicates.png", "novelty.json"]);
  ok(pngSize(files.get("novelty-nearDuplicates.png"))[0] > 100);
});

Deno.test("novelty calls what is far from all training images off the manifold", async () => {
  const white = new Uint8Array(35).fill(255);
  const { metrics, files } = await audit({ name: "other" }, { model: always(white) });
  deepEqual([metrics.offManifold, metrics.nearDuplicates, metrics.authPct], [40, 0, 100]);
  deepEqual([...files.keys()], ["other-offManifold.png", "other.json"]);
});

Deno.test("novelty measures how sharp generated images are relative to held-out ones, by hand", async () => {
  // Generated is one white pixel in a corner: a gradient of sqrt(2) there. Held out are two of them, far apart, and an image of one.
  const spots = (...at: number[]) => Uint8Array.from({ length: 35 }, (_, d) => at.includes(d) ? 255 : 0);
  const test: Split = { count: 2, values: Uint8Array.from([...spots(0, 12), ...spots(0)]) };
  const { metrics } = await audit({}, { dataset: { ...PARTED, test }, model: always(spots(0)) });
  // A pixel inside has a gradient of its own, and its left and upper neighbours have one each.
  const corner = Math.SQRT2, inside = Math.SQRT2 + 2;
  ok(Math.abs(metrics.generatedSharpness - corner / ((2 * corner + inside) / 2)) < 1e-6);
});

Deno.test("novelty writes the distances behind its thresholds", async () => {
  const { files, metrics } = await audit();
  const written = JSON.parse(new TextDecoder().decode(files.get("novelty.json")));
  deepEqual([written.heldOut.length, written.generated.distances.length, written.generated.nearest.length], [
    12,
    40,
    40,
  ]);
  equal(written.thresholds.near, metrics.nearThreshold);
});

Deno.test("novelty compares with held-out images from all of the test split, not with its first ones", async () => {
  // The second half of the test split is white, which no training image is near to: half of a fair sample.
  const images = NOISE.test.values.slice().fill(255, 50 * 35);
  const dataset = { ...NOISE, test: { count: 100, values: images } };
  const { metrics, audit: found } = await audit({ count: 40 }, { dataset });
  const white = found.reference.subarray(0, 40).filter((distance) => distance > 2.5).length;
  ok(white > 8 && white < 32, `${white}`);
  ok(metrics.realCoverage < 0.9);
});

Deno.test("novelty without held-out images takes each training image's nearest other one, and says so", async () => {
  const { metrics, note, audit: found } = await audit({}, { dataset: GLYPHS });
  equal(found.reference.length, 32);
  ok(found.reference.every((distance) => distance > 0));
  deepEqual(
    names(metrics),
    [
      ...COUNTS,
      ...["authPct", "density", "coverage"].flatMap(both),
      "generatedSharpness",
    ].toSorted(),
  );
  match(
    note,
    /; the thresholds rest on 32 images; no held-out images: each training image's nearest other one is the reference, no C_T$/,
  );
});

Deno.test("novelty fits a Gaussian for an autoencoder, one latent dimension too", async () => {
  match(
    (await audit({}, { model: modelOf({ latent: 1 }) })).note,
    /^40 images from a Gaussian fitted to the training latents: /,
  );
  match(
    (await audit({}, { model: modelOf({ kind: "vae", latent: 1 }) })).note,
    /^40 images from the prior: /,
  );
});

const some = (split: Split, count: number): Split => {
  const { values } = sliceSplit(split, 35, 0, count);
  return { count, values };
};

Deno.test("novelty of three images without labels leaves out what cannot be measured, and says so", async () => {
  const dataset: Dataset = {
    name: "few",
    shape: [7, 5, 1],

    train: some(GLYPHS.train, 3),
    test: some(PARTED.test, 3),
  };
  const { metrics, note } = await audit({ count: 1 }, { dataset });
  deepEqual(
    names(metrics),
    [
      ...COUNTS,
      ...["authPct", "realAuthPct"].flatMap(both),
      "generatedSharpness",
    ].toSorted(),
  );
  match(
    note,
    /rest on 3 images; no C_T: no cell .*; no density and coverage: they need more than 5 real images$/,
  );
});

Deno.test("novelty of constant images has no NaN, and no principal components to measure C_T in", async () => {
  const grey = { count: 30, values: new Uint8Array(30 * 35).fill(99) };
  const dataset: Dataset = { name: "grey", shape: [7, 5, 1], train: grey, test: { ...grey } };
  const { metrics, note } = await audit({}, { dataset });
  deepEqual([metrics.farThreshold, metrics.offManifold, metrics.density, metrics.cT], [0, 40, 0, undefined]);
  match(note, /no C_T/);
});

Deno.test("novelty fails with a clear word for one training image, and for a model that has diverged", async () => {
  const one = { ...PARTED, train: sliceSplit(GLYPHS.train, 35, 0, 1) };
  const alone = await runStage(novelty(), { inputs: { dataset: one, model: VAE } });
  match(alone.error!.message, /must have at least 2 images, got 1/);
  const model = { ...VAE, parameters: VAE.parameters.slice().fill(NaN, -35) };
  const diverged = await runStage(novelty({ count: 3 }), { inputs: { dataset: PARTED, model } });
  equal(diverged.error!.name, "RunError");
  match(
    diverged.error!.message,
    /must be finite numbers, got image 0 with NaN; the training has diverged/,
  );
});

Deno.test("novelty refuses an empty set, and plans what it compares", () => {
  const { schema, plan } = definitionOf(novelty());
  equal(schema.safeParse({ count: 0 }).success, false);
  match(
    plan!(schema.parse({}), {}).lines[0],
    /^1000 images against the training images, by the 0.01 and 0.99 quantiles/,
  );
});

Deno.test("novelty gives the same bytes for the same seed, and others for another", async () => {
  const [first, again, other] = [await audit(), await audit(), await audit({}, { seed: 2 })];
  deepEqual([again.metrics, again.files], [first.metrics, first.files]);
  ok(other.audit.distances[0] !== first.audit.distances[0]);
});
