import { BYTES_SCALE } from "../../src/core/scale.ts";
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  decodePoints,
  encodeImages,
  evaluator,
  reconstruct,
  splitConditions,
} from "../../src/analysis/reconstruction/inference.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { decodeSafetensors } from "../../src/core/safetensors.ts";
import { modelTensors } from "../../src/models/tensors.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { connect } from "../../src/engine/native/api.ts";
import { openPackagedLibrary } from "../../src/engine/native/library.ts";
import { openSession } from "../../src/engine/native/session.ts";
import type { Port } from "../../src/engine/native/tensors.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { isConditional } from "../../src/models/condition.ts";
import { inputSize } from "../../src/models/spec.ts";
import { MODELS } from "../support/models.ts";
import { assertClose } from "../support/close.ts";
import { conv, exportRun, type ExportRunOptions, groupNorm } from "../../mod.ts";
import { eventsOf, GLYPHS, modelOf, mustRun, pngSize } from "./fake_run.ts";

const engine = await loadEngine("wasm"), api = openPackagedLibrary().then(connect);
const PARTS = ["autoencoder", "encoder", "decoder"];
const TFJS = PARTS.map((part) => `model/tfjs/${part}/model.json`);

function exported(model: TrainedModel, options: ExportRunOptions = {}, more: object = {}) {
  return mustRun(exportRun(options), { inputs: { dataset: GLYPHS, model, ...more } });
}

Deno.test("exportRun writes the weights, three TensorFlow.js models and the pictures", async () => {
  const { result, files } = await exported(modelOf());
  deepEqual(result.outputs.exported, ["model/model.safetensors", ...TFJS]);
  deepEqual([...files.keys()].toSorted(), [
    "latent.json",
    "latent.png",
    "model/model.safetensors",
    ...PARTS.toSorted().flatMap((
      part,
    ) => [`model/tfjs/${part}/model.json`, `model/tfjs/${part}/weights.bin`]),
    "reconstructions.png",
  ]);
  equal(result.note, ["model/model.safetensors", ...TFJS].join(", "));
});

Deno.test("exportRun leaves a model out of TensorFlow.js where that lacks a layer, and says which format has it", async () => {
  const model = modelOf({ input: [7, 5, 1], encoder: [conv(4, { stride: 2 }), groupNorm(2), 6] });
  const { result, events, files } = await exported(model, {
    formats: ["tfjs", "onnx", "pytorch"],
    pictures: false,
  });
  deepEqual(eventsOf(events, "warning").map(({ message }) => message), [
    "A TensorFlow.js layers model can only hold layers that TensorFlow.js has, got groupNorm at encoder.1 " +
    "(use the format onnx, which has all): the TensorFlow.js model is left out",
  ]);
  deepEqual(result.outputs.exported, [
    ...PARTS.map((part) => `model/onnx/${part}.onnx`),
    "model/model.py",
    "model/model.pytorch.safetensors",
  ]);
  equal(files.size, 5);
});

Deno.test("exportRun writes only the requested formats", async () => {
  const names = async (options: ExportRunOptions) => [...(await exported(modelOf(), options)).files.keys()];
  deepEqual(await names({ formats: ["safetensors"], pictures: false }), ["model/model.safetensors"]);
  deepEqual(await names({ formats: [] }), ["reconstructions.png", "latent.png", "latent.json"]);
  deepEqual((await exported(modelOf(), { formats: [], pictures: false })).files.size, 0);
});

Deno.test("exportRun keeps all parameters in safetensors, with the model as metadata", async () => {
  const model = modelOf({ kind: "vae" });
  const { files } = await exported(model, { formats: ["safetensors"], pictures: false });
  const { tensors, metadata } = decodeSafetensors(files.get("model/model.safetensors")!);
  deepEqual(
    tensors.map(({ name, shape, data }) => ({ name, shape: [...shape], data })),
    modelTensors(model).map(({ name, shape, data }) => ({ name, shape, data: data.slice() })),
  );
  deepEqual(Float32Array.from(tensors.flatMap(({ data }) => [...data])), model.parameters);
  deepEqual([metadata.format, JSON.parse(metadata.model)], ["hourglass", model.spec]);
});

/** What TensorFlow.js makes of rows of numbers, from the files alone. */
async function predict(
  files: ReadonlyMap<string, Uint8Array>,
  part: string,
  rows: Float32Array,
  columns: number,
) {
  const names = ["core", "layers", "backend-cpu"].map((name) => `@tensorflow/tfjs-${name}`);
  const core = await import(names[0]) as typeof import("@tensorflow/tfjs-core");
  // Without this TensorFlow.js prints an advertisement for its native backend.
  core.env().set("IS_TEST", true);
  const layers = await import(names[1]) as typeof import("@tensorflow/tfjs-layers");
  await import(names[2]);
  await core.setBackend("cpu");
  const json = JSON.parse(new TextDecoder().decode(files.get(`model/tfjs/${part}/model.json`)!));
  deepEqual(json.weightsManifest[0].paths, ["weights.bin"]);
  const model = await layers.loadLayersModel(core.io.fromMemory({
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest[0].weights,
    weightData: files.get(`model/tfjs/${part}/weights.bin`)!.slice().buffer,
  }));
  const input = core.tensor2d(rows, [rows.length / columns, columns]);
  const output = model.predict(input) as import("@tensorflow/tfjs-core").Tensor;
  return await output.data();
}

for (
  const options of [
    { kind: "ae" },
    { kind: "vae" },
    {
      kind: "dae",
      activation: "relu",
      latentActivation: "tanh",
      decoder: [13, 11, 35],
      outputActivation: "linear",
    },
    { kind: "vae", activation: "gelu", latent: 3 },
    { kind: "vae", input: [7, 5, 1], encoder: [conv(4, { stride: 2 })], latent: 24, latentChannels: 2 },
  ] as const
) {
  Deno.test(`exportRun writes TensorFlow.js models that reconstruct as ours do: ${Deno.inspect(options, { compact: true, breakLength: 200 })}`, async () => {
    const model = modelOf(unfrozen(options)), { latent } = model.spec;
    const { files } = await exported(model, { formats: ["tfjs"], pictures: false });
    const { inputs, outputs } = reconstruct(evaluator(engine, model, GLYPHS.test), 32);
    const near = { absolute: 1e-5 };
    assertClose(await predict(files, "autoencoder", inputs, 35), outputs, near, "autoencoder");
    const points = encodeImages(engine, model, GLYPHS.test);
    assertClose(await predict(files, "encoder", inputs, 35), points, near, "encoder");
    assertClose(
      await predict(files, "decoder", points, latent),
      decodePoints(engine, model, points),
      near,
      "decoder",
    );
  });
}

/** A copy that may be changed, as options are. */
function unfrozen(options: object): Parameters<typeof modelOf>[0] {
  return structuredClone(options);
}

Deno.test("exportRun draws all glyphs with their reconstructions and latent positions", async () => {
  const { files, events } = await exported(modelOf(), { formats: [] });
  const [width, height] = pngSize(files.get("reconstructions.png"));
  // Two blocks of 16 columns and three rows.
  equal(width > height && width > 16 * 5 && height > 6 * 7, true, `${width}x${height}`);
  deepEqual(pngSize(files.get("latent.png")), [640, 640]);
  deepEqual(eventsOf(events, "warning"), []);
});

Deno.test("exportRun draws the latent plane only where the latent has two numbers", async () => {
  const { files } = await exported(modelOf({ latent: 3 }), { formats: [] });
  deepEqual([...files.keys()], ["reconstructions.png", "latent.json"]);
});

Deno.test("exportRun puts an example of each class next to a plot of many points", async () => {
  const train = GLYPHS.train,
    images = new Uint8Array(96 * 35).map((_, at) => train.values[at % train.values.length]);
  const many = { count: 96, values: images, labels: Uint16Array.from({ length: 96 }, (_, row) => row % 4) };
  const dataset: Dataset = { ...GLYPHS, train: many, test: many, labelNames: [..."abcd"] };
  const size = async (dataset: Dataset) =>
    pngSize((await exported(modelOf(), { formats: [] }, { dataset })).files.get("latent.png"));
  const [width, height] = await size(dataset);
  equal(width > height, true, "there is no legend");
  // A class without an image would make a legend that lies.
  deepEqual(await size({ ...dataset, labelNames: [..."abcde"] }), [640, 640]);
});

Deno.test("exportRun shows the noisy inputs where there is noise", async () => {
  const noise = { corruption: { kind: "gaussian", std: 0.5, maximumStd: 0.5 }, everyEpoch: true };
  const bytes = async (more: object) =>
    (await exported(modelOf({ latent: 3 }), { formats: [] }, more)).files.get("reconstructions.png");
  const clean = await bytes({}), noisy = await bytes({ noise });
  const [width, height] = pngSize(clean);
  equal(pngSize(noisy)[0], width);
  equal(pngSize(noisy)[1] > height, true, "a row more for what the model saw");
  equal(noisy!.length > clean!.length, true);
  deepEqual(await bytes({ noise }), noisy);
});

/** What ONNX Runtime makes of rows of numbers by a file alone. */
async function runOnnx(bytes: Uint8Array, ports: { inputs: Port[]; outputs: Port[] }, rows: number) {
  const session = openSession(await api, bytes as Uint8Array<ArrayBuffer>, { ...ports, threads: 1 });
  session.run(rows);
  session.release();
}

const port = (name: string, columns: number, rows: number, numbers?: ArrayLike<number>): Port => {
  const view = new Float32Array(new ArrayBuffer(4 * rows * columns));
  if (numbers !== undefined) view.set(numbers);
  return { name, view, dimensions: [-1, columns] };
};

for (const [name, spec] of Object.entries(MODELS)) {
  Deno.test(`exportRun writes ONNX files that compute as ours do: ${name}`, async () => {
    const size = inputSize(spec), { latent } = spec, rows = 3;
    const model = { spec, parameters: initialParameters(spec, 2), shape: [size, 1, 1], scale: BYTES_SCALE };
    const split = {
      count: rows,
      values: Uint8Array.from({ length: rows * size }, (_, at) => (at * 37) % 256),
      // Of the classes of the conditional model.
      labels: Uint16Array.of(3, 0, 1),
    };
    const condition = isConditional(spec) ? [port("condition", 3, rows, splitConditions(model, split))] : [];
    const dataset = { name: "made up", shape: [size, 1, 1], train: split, test: split };
    const { files } = await mustRun(exportRun({ formats: ["onnx"], pictures: false }), {
      inputs: { dataset, model },
    });
    const { inputs, outputs } = reconstruct(evaluator(engine, model, split), rows);
    const points = encodeImages(engine, model, split), near = { absolute: 1e-5, relative: 1e-4 };
    const file = (part: string) => files.get(`model/onnx/${part}.onnx`)!;
    const input = port("input", size, rows, inputs), found = port("output", size, rows);
    const encoded = port("latent", latent, rows), decoded = port("output", size, rows);
    await runOnnx(
      file("autoencoder"),
      { inputs: [input, ...condition], outputs: [found, port("latent", latent, rows)] },
      rows,
    );
    assertClose(found.view, outputs, near, "autoencoder");
    const logVariance = spec.kind === "vae" ? [port("logVariance", latent, rows)] : [];
    await runOnnx(
      file("encoder"),
      { inputs: [input, ...condition], outputs: [encoded, ...logVariance] },
      rows,
    );
    assertClose(encoded.view, points, near, "encoder");
    await runOnnx(
      file("decoder"),
      { inputs: [port("latent", latent, rows, points), ...condition], outputs: [decoded] },
      rows,
    );
    assertClose(decoded.view, outputs, near, "decoder");
  });
}
