import { deepStrictEqual as deepEqual, throws } from "node:assert/strict";
import { sampleSize } from "../../../src/core/shape.ts";
import { referenceEngine } from "../../../src/engine/reference.ts";
import { nameOf } from "../../../src/graph/graph.ts";
import { isConditional } from "../../../src/models/condition.ts";
import { encoderGraph, reconstructionGraph } from "../../../src/models/graphs.ts";
import { tfjsLayersModel } from "../../../src/export/tfjs/model.ts";
import { ACTIVATIONS } from "../../../src/models/activations.ts";
import { decoderLayers, encoderLayers } from "../../../src/models/layers.ts";
import { conv, convTranspose, groupNorm, reshape, upsample } from "../../../src/models/layers/kinds.ts";
import { type LayerInput, layers as table, residual } from "../../../src/models/layers/table.ts";
import { showsLocation } from "../../../src/models/likelihoods/table.ts";
import { ModelSpec } from "../../../src/models/spec.ts";
import { modelSize, modelTensors } from "../../../src/models/tensors.ts";
import { assertClose } from "../../support/close.ts";
import { MODELS } from "../../support/models.ts";
import { normalNumbers } from "../../support/numbers.ts";

const ROWS = 3;

/** Whole autoencoders, as their encoder and decoder are stacks of layers. */
const MORE: Readonly<Record<string, LayerInput[]>> = {
  "strides and paddings": [
    conv(2, { stride: [2, 1] }),
    conv(3, { padding: [1, 0] }),
    conv(2, { padding: "valid" }),
  ],
  "strides above the kernel": [
    conv(2, { kernel: 1, stride: 2 }),
    conv(3, { kernel: [2, 1], stride: [3, 1], padding: "valid" }),
  ],
  "an even kernel": [conv(2, { kernel: 4, stride: 2, padding: 1 }), conv(2, { kernel: 2 })],
  "a transposed convolution in the encoder": [
    convTranspose(2, { stride: 2, activation: "gelu" }),
    conv(1, { stride: 3 }),
  ],
  "a residual block without layers of its own numbers": [
    residual([reshape([7, 6, 2])], { activation: "silu" }),
  ],
  "nearest pixels": [upsample([2, 1]), conv(2, { stride: 2, activation: "leakyRelu" })],
};

const specs: [string, ModelSpec][] = [
  // A stack of layers has one input and no codebook, and its output is that of its last layer.
  ...Object.entries(MODELS).filter(([, spec]) =>
    !isConditional(spec) && spec.kind !== "vqvae" && showsLocation(spec)
  ),
  ...Object.entries(MORE).map(([name, encoder]): [string, ModelSpec] => [
    name,
    ModelSpec.parse({ kind: "ae", input: [7, 6, 2], encoder, latent: 3 }),
  ]),
];

/** The output of TensorFlow.js, from the two files alone. */
async function predict(files: ReturnType<typeof tfjsLayersModel>, x: Float32Array) {
  const [coreName, layersName, backendName] = ["core", "layers", "backend-cpu"].map((part) =>
    `@tensorflow/tfjs-${part}`
  );
  const core = await import(coreName) as typeof import("@tensorflow/tfjs-core");
  // Without this TensorFlow.js prints an advertisement for its native backend.
  core.env().set("IS_TEST", true);
  const layers = await import(layersName) as typeof import("@tensorflow/tfjs-layers");
  await import(backendName);
  await core.setBackend("cpu");
  const { modelTopology, weightsManifest } = JSON.parse(files.modelJson);
  const artifacts = {
    modelTopology,
    weightSpecs: weightsManifest[0].weights,
    weightData: files.weights.buffer,
  };
  deepEqual(weightsManifest[0].paths, ["weights.bin"]);
  const model = await layers.loadLayersModel(core.io.fromMemory(artifacts));
  const result = model.predict(
    core.tensor2d(x, [ROWS, x.length / ROWS]),
  ) as import("@tensorflow/tfjs-core").Tensor;
  deepEqual(result.shape.length, 2);
  return await result.data();
}

for (const [name, spec] of specs) {
  const isRefused = [...encoderLayers(spec), ...decoderLayers(spec)].some(({ layer, activation }) =>
    table.tfjsOf(layer) === undefined || ACTIVATIONS[activation].tfjs === undefined ||
    (layer.kind === "upsample" && layer.mode === "bilinear")
  );
  Deno.test(`tfjsLayersModel() ${isRefused ? "refuses" : "writes what TensorFlow.js opens and runs alike"}: ${name}`, async () => {
    const parameters = normalNumbers(modelSize(spec), 5).map((value) =>
      0.5 * value
    ) as unknown as Float32Array;
    const tensors = modelTensors({ spec, parameters: Float32Array.from(parameters) });
    const layers = [...encoderLayers(spec), ...decoderLayers(spec)];
    if (isRefused) {
      return throws(() => tfjsLayersModel({ name: "test", layers, tensors }), /use the format onnx/);
    }
    // A VAE's decoder does not read what its encoder makes.
    const graph = spec.kind === "vae" ? encoderGraph(spec) : reconstructionGraph(spec);
    const stack = spec.kind === "vae" ? encoderLayers(spec) : layers;
    const size = sampleSize(stack[0].input), x = normalNumbers(ROWS * size, 6);
    const program = referenceEngine("f32").compile(graph, { capacity: ROWS });
    const byName = new Map(tensors.map(({ name, data }) => [name, data]));
    program.parameters.set(graph.parameters.flatMap((value) => [...byName.get(nameOf(value))!]));
    program.input("input").set(x);
    program.run(ROWS);
    const found = await predict(tfjsLayersModel({ name: "test", layers: stack, tensors }), x);
    if (spec.kind === "vae") {
      // Means come before log-variances, in each sample or at each position of a feature map.
      const columns = spec.latentChannels ?? spec.latent;
      const means = Float32Array.from(
        { length: ROWS * spec.latent },
        (_, at) => found[Math.floor(at / columns) * 2 * columns + at % columns],
      );
      return assertClose(means, program.output("latent"), { absolute: 1e-5, relative: 1e-4 }, name);
    }
    // A stack ends with its last layer, whatever mean a likelihood has by it.
    const last = graph.outputs.has("outputLocation") ? "outputLocation" : "output";
    assertClose(found, program.output(last), { absolute: 1e-5, relative: 1e-4 }, name);
  });
}

Deno.test("tfjsLayersModel() names the layer that TensorFlow.js has not, and the format that has it", () => {
  const spec = ModelSpec.parse({ kind: "ae", input: [4, 4, 1], encoder: [conv(4), groupNorm(2)], latent: 2 });
  const tensors = modelTensors({ spec, parameters: new Float32Array(modelSize(spec)) });
  throws(() => tfjsLayersModel({ name: "test", layers: encoderLayers(spec), tensors }), {
    message:
      "A TensorFlow.js layers model can only hold layers that TensorFlow.js has, got groupNorm at encoder.1 " +
      "(use the format onnx, which has all)",
  });
});
