import { deepStrictEqual as deepEqual, match, ok, rejects, strictEqual as equal } from "node:assert/strict";
import { images, loadModel } from "../../mod.ts";
import { encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { reconstructionErrors } from "../../src/analysis/reconstruction/reconstruction_errors.ts";
import { BYTES_SCALE, PLAIN_SCALE } from "../../src/core/scale.ts";
import { useModel } from "../../src/inference/load_model.ts";
import { encodeModel } from "../../src/models/tensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { identityModel, untrained, wasm } from "../analysis/hand_models.ts";

const bytes = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 37) % 256);
const floats = (model: TrainedModel): TrainedModel => ({ ...model, scale: PLAIN_SCALE });
const VAE = untrained({ kind: "vae", encoder: [35, 16], latent: 3 });

function use(model: TrainedModel) {
  return useModel(model, wasm, "a file");
}

Deno.test("loadModel() reads a file that is complete in itself, and encodes as the stages do", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/model.safetensors`;
    const known = { ...VAE, spec: { ...VAE.spec, input: [7, 5, 1], encoder: [16] } };
    await Deno.writeFile(file, encodeModel({ ...known, use: { values: "bytes", labelNames: ["a", "b"] } }));
    const model = await loadModel(file, { engine: "wasm" });
    deepEqual([model.shape, model.latent, model.labelNames], [[7, 5, 1], 3, ["a", "b"]]);
    const values = bytes(35 * 300);
    const { data, shape } = await model.encode(values);
    deepEqual(shape, [300, 3]);
    deepEqual(data, encodeImages(wasm, known, { count: 300, values }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadModel() finds the model of a run's folder, of a cached result's and of a merge's", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await rejects(
      loadModel(`${folder}/nothing`),
      /must be a model's file or the folder of a run, got nothing/,
    );
    await rejects(loadModel(folder), /must have a model, got neither/);
    const content = encodeModel(VAE);
    for (const inner of ["run/checkpoints", "cached/files/checkpoints"]) {
      await Deno.mkdir(`${folder}/${inner}`, { recursive: true });
      await Deno.writeFile(`${folder}/${inner}/train.safetensors`, content);
      await Deno.writeFile(`${folder}/${inner}/train.last.safetensors`, new Uint8Array());
      const found = await loadModel(`${folder}/${inner.split("/")[0]}/`, { engine: "wasm" });
      equal(found.file, `${folder}/${inner}/train.safetensors`);
    }
    const merged = `${folder}/merged/model/model.safetensors`;
    await Deno.mkdir(`${folder}/merged/model`, { recursive: true });
    await Deno.writeFile(merged, content);
    equal((await loadModel(`${folder}/merged`, { engine: "wasm" })).file, merged);
    await Deno.writeFile(`${folder}/run/checkpoints/other.safetensors`, content);
    await rejects(loadModel(`${folder}/run`), /must have one model, got .*other.*train/);
    await Deno.mkdir(`${folder}/run/artifacts/model`, { recursive: true });
    await Deno.writeFile(`${folder}/run/artifacts/model/model.safetensors`, content);
    match((await loadModel(`${folder}/run`, { engine: "wasm" })).file, /artifacts/);
    await Deno.writeFile(`${folder}/cut.safetensors`, content.subarray(0, content.length - 4));
    await rejects(loadModel(`${folder}/cut.safetensors`), /it was cut off/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("LoadedModel takes typed arrays, nested arrays and arrays with a shape alike", async () => {
  const model = use(VAE), values = bytes(70);
  const rows = [0, 1].map((sample) =>
    Array.from({ length: 7 }, (_, y) => [...values.subarray(sample * 35 + y * 5, sample * 35 + y * 5 + 5)])
  );
  const expected = await model.encode(values);
  for (
    const input of [
      rows,
      { data: [...values], shape: [2, 7, 5] },
      { data: Float64Array.from(values), shape: [2, 35] },
      Float32Array.from(values),
      [...values],
      rows.map((sample) => sample.flat()),
    ]
  ) {
    const { data, shape } = await model.encode(input);
    deepEqual(shape, [2, 3]);
    // Floats are scaled by a division and bytes by a product, which may round differently.
    data.forEach((value, at) => ok(Math.abs(value - expected.data[at]) < 1e-5));
  }
});

Deno.test("LoadedModel reconstructs in the units of the input, whatever the model was trained on", async () => {
  const input = bytes(70), brightness = Float32Array.from(input, (value) => value / 255);
  const close = (found: Float32Array, expected: ArrayLike<number>) =>
    found.forEach((value, at) => ok(Math.abs(value - expected[at]) < 1e-3, `${value} ${expected[at]}`));
  const identity = { ...identityModel(35), shape: [7, 5, 1] };
  const ofBytes = use(identity), ofFloats = use(floats(identity));
  const { data, shape } = await ofBytes.reconstruct(input);
  deepEqual(shape, [2, 7, 5, 1]);
  close(data, input);
  close((await ofFloats.reconstruct(input)).data, input);
  close((await ofFloats.reconstruct(brightness)).data, brightness);
  close((await ofBytes.reconstruct(brightness, { range: [0, 1] })).data, brightness);
  // Both see the same picture.
  close((await ofFloats.encode(input)).data, brightness);
  close((await ofBytes.encode(brightness, { range: [0, 1] })).data, brightness);
});

Deno.test("LoadedModel.decode() undoes the scale of the data, and sample() depends on its seed alone", async () => {
  const scale = { ...PLAIN_SCALE, shift: [10], divisor: [4] };
  const model = use({ ...identityModel(2), shape: [2], scale });
  deepEqual([...(await model.decode([[0, 1], [2, -1]])).data], [10, 14, 18, 6]);
  await rejects(model.decode([[1, 2, 3]]), /points must have 2 values each, got 3/);
  await rejects(
    model.decode([NaN, 1]),
    /latent points must be finite numbers, got NaN in point 0, dimension 0/,
  );
  const vae = use(VAE);
  const [one, again, other] = [await vae.sample(5), await vae.sample(5), await vae.sample(5, { seed: 1 })];
  deepEqual(one, again);
  ok(one.data.some((value, at) => value !== other.data[at]));
  await rejects(model.sample(1), /must be a vae or have the moments of its latents/);
  const latents = { mean: [3, 3], std: [0, 0] };
  deepEqual([
    ...(await use({ ...identityModel(2), shape: [2], scale, use: { values: "floats", latents } }).sample(1))
      .data,
  ], [
    22,
    22,
  ]);
});

Deno.test("LoadedModel.score() gives each score, and verdicts by a threshold or a percentile of held-out samples", async () => {
  const values = bytes(35 * 20),
    held = {
      split: "test" as const,
      count: 20,
      scores: { reconstruction: Array.from({ length: 101 }, (_, at) => at / 10) },
    };
  const known: TrainedModel = { ...VAE, use: { values: "bytes", held } }, model = use(known);
  const { score, parts, anomalous } = await model.score(values, {
    score: "reconstruction",
    threshold: "p90",
  });
  const errors = reconstructionErrors(wasm, known, { count: 20, values });
  score.forEach((value, row) => ok(Math.abs(value / 35 - errors[row]) < 1e-6));
  deepEqual(anomalous, [...score].map((value) => value > 9));
  deepEqual(Object.keys(parts), ["elbo", "reconstruction", "crossEntropy", "kl"]);
  parts.elbo.forEach((value, row) => ok(Math.abs(value - parts.kl[row] - parts.crossEntropy[row]) < 1e-4));
  equal((await model.score(values, { threshold: 1e9 })).anomalous!.some((is) => is), false);
  equal((await model.score(values)).anomalous, undefined);
  await rejects(
    model.score(values, { threshold: "p99" }),
    /whose file has no scores of held-out samples, got "p99"/,
  );
  await rejects(
    model.score(values, { threshold: "99" as "p99" }).then(() =>
      model.score(values, { threshold: "x" as "p1" })
    ),
    /got "x"/,
  );
  await rejects(model.score(values, { score: "likelihoods" as "kl" }), /must be one of elbo, reconstruction/);
});

Deno.test("LoadedModel refuses samples of another shape, of other units, and numbers that are not finite", async () => {
  const model = use(VAE);
  await rejects(
    model.encode({ data: bytes(36), shape: [1, 6, 6] }),
    /must be 7x5 as those the model was trained on, got 6x6/,
  );
  await rejects(model.encode({ data: bytes(35), shape: [1, 5, 7] }), /must be 7x5 .* got 5x7/);
  await rejects(model.encode({ data: bytes(35), shape: [2, 7, 5] }), /got 35 values for the shape \[2,7,5\]/);
  await rejects(model.encode(bytes(36)), /whole samples of 35 values, got 36/);
  await rejects(model.encode([[1, 2], [3]]), /input\[1\] must have 2 values like the first one, got 1/);
  await rejects(
    model.encode([[1, "2" as unknown as number]]),
    /input\[0\]\[1\] must be a number, got "2"/,
  );
  const broken = Float32Array.from(bytes(70));
  broken[36] = NaN;
  await rejects(model.encode(broken), /must be finite numbers, got NaN in sample 1, value 1/);
  const brightness = Float32Array.from(bytes(35), (value) => value / 255);
  await rejects(
    model.encode(brightness),
    /units of the model's data, about 0 to 255, got 0 to 0\.\d+ .*range 0,1/,
  );
  await rejects(use(floats(VAE)).encode(Float32Array.from(bytes(35))), /about 0 to 1, got 0 to 2\d\d/);
});

Deno.test("LoadedModel thresholds pixels as those that the model was trained on", async () => {
  const model = use({
    ...identityModel(35),
    shape: [7, 5, 1],
    use: { values: "bytes", binarised: "threshold" },
  });
  const input = bytes(35);
  deepEqual([...(await model.encode(input)).data], [...input].map((value) => value >= 128 ? 1 : 0));
});

Deno.test("LoadedModel takes sources, by split, with their names", async () => {
  const model = use({ ...untrained({ kind: "ae", encoder: [35, 8], latent: 2 }), scale: BYTES_SCALE });
  const { glyphs } = await import("../../mod.ts");
  const { score, names } = await model.score(glyphs());
  equal(score.length, 32);
  equal(names?.length, 32);
  deepEqual((await model.encode(glyphs(), { split: "all" })).shape, [32, 2]);
  await rejects(
    model.encode(glyphs(), { split: "validation" }),
    /glyphs must have a validation split, got none/,
  );
});

Deno.test("LoadedModel fills missing values as those of the model's data were, and takes pictures of own ranges alone", async () => {
  const model = floats(identityModel(2)), values = "floats";
  const filled = use({ ...model, use: { values, preparation: { fills: [5, 6] } } });
  deepEqual([...(await filled.encode([[NaN, 1], [2, NaN]])).data], [5, 1, 2, 6]);
  await rejects(use(model).encode([[NaN, 1]]), /must be finite numbers, got NaN in sample 0, value 0/);
  const own = use({
    ...model,
    shape: [1, 2, 1],
    use: { values, preparation: { pictures: { ownRange: true } } },
  });
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.pgm`, "P2 2 1 255 10 60");
    const options = { testShare: 0, height: 1, width: 2 };
    deepEqual([...(await own.encode(images(folder, { ...options, range: "file" }))).data], [0, 1]);
    await rejects(own.encode(images(folder, options)), /from 0 to 1 in each picture/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
