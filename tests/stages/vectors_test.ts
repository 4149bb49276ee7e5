import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import {
  ae,
  type Dataset,
  evaluate,
  exportRun,
  filterClasses,
  generate,
  hallucinate,
  interpolate,
  load,
  minMax,
  mnist,
  range,
  showSamples,
  type Split,
  standardize,
  train,
  type TrainedModel,
  vae,
} from "../../mod.ts";
import { PLAIN_SCALE, unscaled } from "../../src/core/scale.ts";
import { decodeSafetensors } from "../../src/core/safetensors.ts";
import { scaleDataset } from "../../src/data/scale.ts";
import { readModelMetadata } from "../../src/models/tensors.ts";
import { definitionOf, type Stage } from "../../src/pipeline/stage.ts";
import { GLYPHS, mustRun, pngSize, runStage } from "./fake_run.ts";

const SIZE = 6;

/** Vectors on a line in six dimensions, far from 0: row r of n is `100 + 10 d + (r - n / 2) (d + 1)`. */
function line(count: number, labels?: readonly number[]): Split {
  const value = (row: number, d: number) => 100 + 10 * d + (row - count / 2) * (d + 1);
  return {
    count,
    values: Float32Array.from({ length: count * SIZE }, (_, at) => value(Math.floor(at / SIZE), at % SIZE)),
    ...(labels && { labels: Uint16Array.from({ length: count }, (_, row) => labels[row % labels.length]) }),
  };
}

const RAW: Dataset = {
  name: "line",
  shape: [SIZE],
  labelNames: ["a", "b"],
  train: line(40, [0, 1]),
  test: line(20, [0, 1]),
};
const LINE = scaleDataset(RAW, standardize());
const LINEAR = ae({
  encoder: [4],
  latent: 2,
  activation: "linear",
  outputActivation: "linear",
  initialiser: "xavier",
});
const trained = (dataset: Dataset, options = {}, model = LINEAR) =>
  mustRun(train(model, { epochs: 80, batchSize: 8, ...options }), { inputs: { dataset } });

Deno.test("train on float vectors records their shape and scale with the model, in its file too", async () => {
  const { result, files } = await trained(LINE);
  const model = result.outputs.model as TrainedModel;
  deepEqual([model.shape, model.scale, model.spec.input], [[SIZE], LINE.train.scale, [SIZE]]);
  const { metadata } = decodeSafetensors(files.get("checkpoints/train.safetensors")!);
  const { spec, shape, scale } = readModelMetadata(metadata, "train.safetensors");
  deepEqual({ spec, shape, scale }, { spec: model.spec, shape: model.shape, scale: model.scale });
});

Deno.test("a model of float vectors is evaluated, walked through, drawn from and exported, under the scale of its data", async () => {
  const model = (await trained(LINE)).result.outputs.model as TrainedModel;
  const inputs = { dataset: LINE, model };
  const { metrics } = (await mustRun(evaluate(), { inputs })).result;
  ok(metrics!.mse < 0.01, `${metrics!.mse} of a variance near 1`);
  // What is generated is in the model's units; undone it lies where the data do.
  const { generated } = (await mustRun(generate({ count: 30 }), { inputs })).result.outputs;
  const first = unscaled(model.scale, generated as Float32Array).filter((_, at) => at % SIZE === 0);
  const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
  ok(Math.abs(mean - 100) < 10, `${mean}`);
  const { files } = await mustRun(interpolate({ from: "a", to: "b", steps: 4 }), { inputs });
  const [width, height] = pngSize(files.get("interpolate.png"));
  ok(width > 4 * SIZE && height < width / 4, "each vector is one row of pixels");
  await mustRun(showSamples({ samples: [0, 1] }), { inputs });
  await mustRun(hallucinate({ count: 4 }), { inputs });
  const exported = await mustRun(exportRun({ formats: ["tfjs", "onnx"] }), { inputs });
  ok(exported.files.has("reconstructions.csv") && exported.files.has("model/onnx/autoencoder.onnx"));
});

Deno.test("evaluate undoes nothing that a foreign scale would change: a model sees data under the scale it was trained on", async () => {
  const model = (await trained(LINE)).result.outputs.model as TrainedModel;
  const measure = async (dataset: Dataset) =>
    (await mustRun(evaluate({ splits: ["test"] }), { inputs: { dataset, model } })).result.metrics;
  deepEqual(await measure(RAW), await measure(LINE));
  deepEqual(await measure(scaleDataset(RAW, minMax())), await measure(LINE));
});

Deno.test("train refuses a sigmoid output for values outside of [0, 1], and takes values within", async () => {
  const sigmoid = ae({ encoder: [4], latent: 2 });
  const { error } = await runStage(train(sigmoid), { inputs: { dataset: LINE } });
  match(
    error!.message,
    /^model.outputActivation must be "linear" \(with the loss "mse"\) for values outside of \[0, 1\], got "sigmoid" and values from -1.69 to 1.6\d \(or scale them: load\(source, \{ scale: minMax\(\) \}\)\)$/,
  );
  match(
    (await runStage(train(sigmoid), { inputs: { dataset: RAW } })).error!.message,
    /values from 30.0 to 264 /,
  );
  await mustRun(train(sigmoid, { epochs: 1 }), { inputs: { dataset: scaleDataset(RAW, minMax()) } });
  // What counts is what the model should make, not what it sees.
  const targets = { values: new Float32Array(40 * SIZE).fill(0.5) };
  const paired = { ...RAW, train: { ...RAW.train, targets } };
  await mustRun(train(sigmoid, { epochs: 1 }), { inputs: { dataset: paired } });
  await mustRun(train(ae({ encoder: [9], latent: 2 }), { epochs: 1 }), { inputs: { dataset: GLYPHS } });
});

function planned(stage: Stage<never, object>, facts = {}) {
  const { plan, schema } = definitionOf(stage);
  return plan!(schema.parse(stage.options), facts);
}

Deno.test("train plans a fault where standardized data meet a sigmoid, and load reports that they do", () => {
  const { facts, lines } = planned(load(mnist(), { scale: standardize({ per: "all" }) }));
  equal(
    lines[0],
    "mnist: 60,000 + 10,000 images of 28x28, all values together standardized by the train split",
  );
  const path = "model.outputActivation";
  const message =
    'must be "linear" (with the loss "mse") for values outside of [0, 1], got "sigmoid" (standardize() makes their mean 0, so some are below it; minMax() or range() keep them within)';
  deepEqual(planned(train(vae({ encoder: [400], latent: 20 })), facts).faults, [{ path, message }]);
  const linear = vae({ encoder: [400], latent: 20, loss: "mse", outputActivation: "linear" });
  deepEqual(planned(train(linear), facts).faults, []);
  for (const scale of [null, minMax(), range(0, 255)]) {
    deepEqual(
      planned(train(vae({ encoder: [400], latent: 20 })), planned(load(mnist(), { scale })).facts).faults,
      [],
    );
  }
});

Deno.test("load refuses a scale of pixels that it makes 0 or 1", () => {
  const stage = load(mnist(), { scale: minMax(), binarise: "threshold" }), { schema } = definitionOf(stage);
  match(
    schema.safeParse(stage.options).error!.message,
    /'scale' must be null where 'binarise' makes values 0 or 1/,
  );
});

Deno.test("train validates on the validation split of a dataset, and holds nothing out of its train split", async () => {
  const dataset = { ...LINE, validation: { ...LINE.test, count: 10 } };
  const { events } = await trained(dataset, { validationShare: 0.5, epochs: 2, monitor: "validation" });
  const start = events.find((event) => event.type === "training");
  deepEqual(start?.type === "training" && [start.samples, start.validationSamples, start.monitor], [
    40,
    10,
    "validation",
  ]);
  const logs = events.flatMap((event) => event.type === "log" ? event.message : []);
  deepEqual(logs, [
    "validationShare is not used: line has a validation split of its own",
    "the encoder's first number, 4, is a hidden layer: samples have 6 values",
  ]);
});

Deno.test("train refuses to monitor a validation loss that it does not have, in a plan and in a run", async () => {
  const stage = train(LINEAR, { monitor: "validation" });
  const message = 'must be "loss" without a validation split, got "validation" (set validationShare above 0)';
  deepEqual(planned(stage, { shape: [SIZE], validation: false }).faults, [{ path: "monitor", message }]);
  deepEqual(planned(stage, { shape: [SIZE], validation: true }).faults, []);
  equal((await runStage(stage, { inputs: { dataset: LINE } })).error!.message, `monitor ${message}`);
});

Deno.test("filterClasses fits the scale to what is left to train on, and narrows the validation split like it", async () => {
  const dataset = { ...LINE, validation: LINE.test };
  const { result } = await mustRun(filterClasses({ labels: ["a"] }), { inputs: { dataset } });
  const narrow = result.outputs.dataset as Dataset;
  deepEqual([narrow.train.count, narrow.test.count, narrow.validation!.count], [20, 20, 10]);
  const own = scaleDataset({ ...RAW, train: { ...narrow.train, scale: undefined } }, standardize());
  deepEqual(narrow.test.scale, own.train.scale);
  ok(narrow.train.scale!.shift[0] !== LINE.train.scale!.shift[0]);
});

Deno.test("train on pictures of bytes under standardize shows and stores them as they are", async () => {
  const dataset = scaleDataset(GLYPHS, standardize({ per: "all" }));
  const model = ae({ encoder: [20], latent: 9, outputActivation: "linear", initialiser: "xavier" });
  const { events, result } = await trained(dataset, { epochs: 1 }, model);
  const preview = events.find((event) => event.type === "preview");
  const shown = preview?.type === "preview" ? preview.items[0] : undefined;
  deepEqual(Uint8Array.fromBase64(shown!.target), GLYPHS.train.values.subarray(0, 35));
  const inputs = { dataset, model: result.outputs.model };
  deepEqual((result.outputs.model as TrainedModel).scale.drawn, [0, 255]);
  await mustRun(exportRun({ formats: [] }), { inputs });
});

Deno.test("a dataset of floats without a scale is seen as it is", async () => {
  const dataset = { ...RAW, train: { ...RAW.train, values: RAW.train.values.map((value) => value / 1000) } };
  const model = (await trained(dataset, { epochs: 1 })).result.outputs.model as TrainedModel;
  deepEqual(model.scale, PLAIN_SCALE);
});
