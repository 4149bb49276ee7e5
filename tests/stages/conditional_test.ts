import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  rejects,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import {
  anomaly,
  arithmetic,
  clusters,
  evaluate,
  exportRun,
  farthestSample,
  filterClasses,
  generate,
  glyphs,
  hallucinate,
  interpolate,
  latentSpace,
  load,
  mnist,
  novelty,
  npy,
  pipeline,
  sharpness,
  train,
  vae,
} from "../../mod.ts";
import { decodePoints, encodeImages } from "../../src/analysis/reconstruction/inference.ts";
import { drawPoints, linearPath } from "../../src/analysis/latent/latent_space.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { sliceSplit } from "../../src/data/parts.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { useModel } from "../../src/inference/load_model.ts";
import { classesOf, conditionsOf } from "../../src/models/condition.ts";
import { encodeModel, readModelMetadata } from "../../src/models/tensors.ts";
import { decodeSafetensors } from "../../src/core/safetensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { resolvePipeline } from "../../src/pipeline/resolve.ts";
import { eventsOf, GLYPHS, mustRun, runStage } from "./fake_run.ts";

const wasm = await loadEngine("wasm");

/** The glyphs in three classes, of which the middle one is in no sample. */
const DATA: Dataset = (() => {
  const labels = Uint16Array.from({ length: 32 }, (_, row) => row % 2 === 0 ? 0 : 2);
  const split = { ...GLYPHS.train, labels };
  return {
    ...GLYPHS,
    labelNames: ["even", "none", "odd"],
    train: split,
    test: { ...sliceSplit(split, 35, 0, 20) },
  };
})();

const MODEL = vae({ encoder: [20], latent: 2, activation: "tanh", condition: "label" });
const trained = await mustRun(
  train(MODEL, {
    epochs: 30,
    batchSize: 8,
    validationShare: 0.2,
    optimizer: { kind: "adam", learningRate: 0.01 },
  }),
  {
    inputs: { dataset: DATA },
  },
);
const model = trained.result.outputs.model as TrainedModel;
const inputs = { dataset: DATA, model };

Deno.test("train() of a conditional VAE takes the classes that its train split has, and records them", () => {
  deepEqual(classesOf(model.spec), [{ name: "even", label: 0 }, { name: "odd", label: 2 }]);
  const { metadata } = decodeSafetensors(encodeModel(model), "m");
  deepEqual(readModelMetadata(metadata, "m").spec, model.spec);
  const losses = eventsOf(trained.events, "epoch").map(({ loss }) => loss!);
  ok(losses.at(-1)! < losses[0] - 1, `${losses[0]} to ${losses.at(-1)}`);
  equal(eventsOf(trained.events, "training")[0].model, "vae 35-20-2-20-35 given 2 classes");
});

Deno.test("train() of a conditional VAE refuses data without labels, and a validation class that it does not know", async () => {
  const { labels: _, ...bare } = DATA.train;
  const plain = { ...DATA, labelNames: undefined, train: bare, test: bare };
  const refused = await runStage(train(MODEL, { epochs: 1 }), { inputs: { dataset: plain } });
  equal(
    refused.error?.message,
    'model.condition must be left out for samples without labels, got "label" (or give the source labels: ' +
      "a folder of pictures for each class, the column of a table, a file of labels)",
  );
  const odd = { ...DATA.train, labels: new Uint16Array(32).fill(2) };
  const other = await runStage(train(MODEL, { epochs: 1 }), {
    inputs: { dataset: { ...DATA, train: odd, validation: DATA.train } },
  });
  equal(/trained on, odd, got label 0 \(sample 0/.test(other.error!.message), true, other.error?.message);
});

Deno.test("resolvePipeline() plans a conditional model with the classes of its source, and refuses one without labels", () => {
  const lines = (chain: Parameters<typeof resolvePipeline>[0]) =>
    resolvePipeline(chain).stages.find(({ kind }) => kind === "train")!.lines;
  const digits = vae({ encoder: [400], latent: 20, condition: "label" });
  equal(
    lines(pipeline("a").pipe(load(mnist())).pipe(train(digits)))[0],
    "vae 784-400-20-400-784 given 10 classes, 660,824 parameters",
  );
  equal(
    lines(
      pipeline("a").pipe(load(mnist())).pipe(filterClasses({ labels: ["3", "8"] })).pipe(train(digits)),
    )[0],
    "vae 784-400-20-400-784 given 2 classes, 654,424 parameters",
  );
  const unlabelled = pipeline("a").pipe(load(npy("none.npy"))).pipe(train(digits));
  throws(
    () => resolvePipeline(unlabelled),
    /train\.model\.condition must be left out for samples without labels/,
  );
});

Deno.test("resolvePipeline() refuses a test split of classes that filterClasses() left out of the train split alone", () => {
  const digits = vae({ encoder: [400], latent: 20, condition: "label" });
  const chain = (splits?: ("train" | "test")[]) =>
    pipeline("a").pipe(load(mnist())).pipe(filterClasses({ labels: ["3", "8", "9"], splits }))
      .pipe(filterClasses({ except: ["9"], splits })).pipe(train(digits));
  const measures = [evaluate(), exportRun(), latentSpace(), sharpness(), clusters({ of: "test" })] as const;
  for (const stage of measures as readonly ReturnType<typeof evaluate>[]) {
    throws(
      () => resolvePipeline(chain().pipe(stage)),
      new RegExp(
        `${stage.kind}\\.dataset must have a test split of the classes .*, got "0", "1", "2", "4", "5", "6", "7", "9" too ` +
          String.raw`\(filterClasses\(\{ \.\.\., splits: \["train", "test"\] \}\)`,
      ),
    );
    resolvePipeline(chain(["train", "test"]).pipe(stage));
  }
  // What works on the train split alone, and a test split that is narrowed later.
  resolvePipeline(chain().pipe(exportRun({ pictures: false })).pipe(generate({ classes: ["3"] })));
  resolvePipeline(
    chain().pipe(filterClasses({ labels: ["3", "8"], splits: ["test"] })).pipe(evaluate()),
  );
  const plain = vae({ encoder: [400], latent: 20 });
  resolvePipeline(
    pipeline("a").pipe(load(mnist())).pipe(filterClasses({ labels: ["3"] })).pipe(train(plain)).pipe(
      evaluate(),
    ),
  );
});

Deno.test("resolvePipeline() refuses stages that have no use for a model with classes, each with what to use instead", () => {
  const chain = pipeline("a").pipe(load(glyphs())).pipe(train(MODEL));
  for (
    const [stage, remedy] of [
      [farthestSample(), /farthestSample\.model must know no classes.*generate\(\{ classes \}\)/],
      [hallucinate(), /hallucinate\.model must know no classes.*without condition/],
      [anomaly(), /anomaly\.model must know no classes.*without condition/],
      [arithmetic(), /arithmetic\.model must know no classes.*interpolate\(\{ class \}\)/],
    ] as const
  ) throws(() => resolvePipeline(chain.pipe(stage as ReturnType<typeof farthestSample>)), remedy);
  const plain = pipeline("a").pipe(load(glyphs())).pipe(train(vae({ encoder: [20], latent: 2 })));
  throws(
    () => resolvePipeline(plain.pipe(generate({ classes: ["a"] }))),
    /generate\.classes must be left out for a model without classes, got a/,
  );
  throws(
    () => resolvePipeline(plain.pipe(interpolate({ from: "a", to: "b", class: "a" }))),
    /interpolate\.class must be left out for a model without classes, got "a"/,
  );
  throws(
    () => resolvePipeline(chain.pipe(generate({ classes: ["a", "no"] }))),
    /generate\.classes\[1\] must be one of .*, got "no"/,
  );
  throws(
    () => resolvePipeline(chain.pipe(interpolate({ from: "a", to: "b", class: "no" }))),
    /interpolate\.class must be one of .*, got "no"/,
  );
  throws(
    () => resolvePipeline(chain.pipe(interpolate({ from: "a", to: [0, 1] }))),
    /interpolate\.class must be given where an end is a latent point/,
  );
  resolvePipeline(chain.pipe(interpolate({ from: "a", to: [0, 1], class: "b" })));
});

Deno.test("generate() decodes the same draws as its classes in turn, with a sheet of styles", async () => {
  const { result, files } = await mustRun(generate({ count: 5 }), { inputs });
  const key = { seed: 1, stream: "generation", epoch: 0 } as const;
  const points = drawPoints(5, { mean: [0, 0], std: [1, 1] }, key);
  const made = result.outputs.generated as Float32Array;
  deepEqual(made, decodePoints(wasm, model, points, conditionsOf(model.spec, [0, 1, 0, 1, 0])));
  deepEqual([...files.keys()], ["generate.png", "generate-styles.png"]);
  const one = await mustRun(generate({ count: 2, classes: ["odd"] }), { inputs });
  deepEqual(
    one.result.outputs.generated,
    decodePoints(wasm, model, points.subarray(0, 4), conditionsOf(model.spec, [1, 1])),
  );
  ok(one.result.metrics!.classAccuracy >= 0 && one.result.metrics!.classAccuracy <= 1);
  ok(one.result.metrics!.realClassAccuracy > 0);
  const { error } = await runStage(generate({ classes: ["none"] }), { inputs });
  equal(error?.message, 'classes must be one of even, odd, got "none"');
});

Deno.test("interpolate() changes the class on its way, or keeps the one it is given", async () => {
  const walk = { from: { sample: 0 }, to: { sample: 1 }, steps: 3 };
  const { files, result } = await mustRun(interpolate(walk), { inputs });
  const kept = await mustRun(interpolate({ ...walk, class: "odd" }), { inputs });
  deepEqual(result.outputs.walk, kept.result.outputs.walk);
  notDeepEqual(kept.files.get("interpolate.png"), files.get("interpolate.png"));
  const ends = encodeImages(wasm, model, sliceSplit(DATA.test, 35, 0, 2));
  deepEqual(result.outputs.walk, linearPath(ends.subarray(0, 2), ends.subarray(2), 3));
  const points = { from: [0, 0], to: [1, 1] };
  const { error } = await runStage(interpolate(points), { inputs });
  equal(error?.message, "class must be given where an end is a latent point, which has none, got none");
  await mustRun(interpolate({ ...points, class: "even" }), { inputs });
});

Deno.test("evaluate(), latentSpace(), sharpness(), novelty() and exportRun() work with a conditional model", async () => {
  const measured = await mustRun(evaluate({ importanceSamples: 5, perSample: true }), { inputs });
  ok(
    Number.isFinite(measured.result.metrics!.elbo) &&
      Number.isFinite(measured.result.metrics!.importanceBound),
  );
  for (
    const stage of [latentSpace({ paths: 4, k: 2 }), sharpness(), novelty({ count: 10, k: 2, cells: 2 })]
  ) {
    await mustRun(stage as never, { inputs });
  }
  const { files, events } = await mustRun(
    exportRun({ formats: ["safetensors", "onnx", "tfjs", "pytorch"], latents: "csv" }),
    { inputs },
  );
  const names = [...files.keys()].filter((name) => name.startsWith("model/"));
  deepEqual(names, [
    "model/model.safetensors",
    "model/onnx/autoencoder.onnx",
    "model/onnx/encoder.onnx",
    "model/onnx/decoder.onnx",
  ]);
  deepEqual(eventsOf(events, "warning").map(({ message }) => /use the format onnx/.test(message)), [
    true,
    true,
  ]);
});

Deno.test("evaluate() of another class than those that a model knows is refused with those it knows", async () => {
  const labels = new Uint16Array(20).fill(1), other = { ...DATA, test: { ...DATA.test, labels } };
  const { error } = await runStage(evaluate(), { inputs: { dataset: other, model } });
  equal(/trained on, even, odd, got label 1/.test(error!.message), true, error?.message);
});

Deno.test("the importance bound of the true class is above that of the other one", async () => {
  const swapped = Uint16Array.from(DATA.test.labels!, (label) => 2 - label);
  const bound = async (dataset: Dataset) =>
    (await mustRun(evaluate({ splits: ["test"], importanceSamples: 20 }), { inputs: { dataset, model } }))
      .result
      .metrics!.importanceBound;
  const wrong = { ...DATA, test: { ...DATA.test, labels: swapped } };
  ok(await bound(DATA) > await bound(wrong));
});

Deno.test("LoadedModel of a conditional model takes a class for all samples, or one for each, and refuses others", async () => {
  const loaded = useModel(model, wasm, "a file"), values = DATA.test.values as Uint8Array;
  const names = Array.from(DATA.test.labels!, (label) => label === 0 ? "even" : "odd");
  const { data } = await loaded.encode(values, { classes: names });
  deepEqual(data, encodeImages(wasm, model, DATA.test));
  const all = await loaded.encode(values, { classes: "even" });
  notDeepEqual(all.data, data);
  deepEqual(all.data.subarray(0, 2), data.subarray(0, 2));
  const made = await loaded.sample(3, { classes: "odd" }),
    zero = await loaded.decode([[0, 0]], { classes: "odd" });
  deepEqual([made.shape, zero.shape], [[3, 7, 5, 1], [1, 7, 5, 1]]);
  deepEqual(
    (await loaded.sample(2)).data.subarray(0, 35),
    (await loaded.sample(1, { classes: "even" })).data,
  );
  const scores = await loaded.score(values, { classes: names });
  equal(scores.score.length, 20);
  await rejects(loaded.encode(values), /class must be given for a model with classes, one of even, odd/);
  await rejects(loaded.decode([[0, 0]]), /class must be given/);
  await rejects(loaded.sample(1, { classes: "evn" }), /did you mean "even"/);
  await rejects(loaded.reconstruct(values, { classes: ["odd"] }), /one for each of 20, got 1/);
});
