import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { referenceEngine } from "../../src/engine/reference.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { fitModel, modelFaults } from "../../src/models/fit_model.ts";
import { decoderLayers, describeModel, encoderLayers, modelLayers } from "../../src/models/layers.ts";
import { dense, layerNorm } from "../../src/models/layers/kinds.ts";
import LAYERS, { layers } from "../../src/models/layers/table.ts";
import { ae, type ModelOptions, ModelSpec, vae } from "../../src/models/spec.ts";
import { modelSize, modelTensors } from "../../src/models/tensors.ts";
import { assertClose } from "../support/close.ts";
import { MODELS } from "../support/models.ts";

const parse = (options: ModelOptions) => ModelSpec.parse(options);
const faultTexts = (options: ModelOptions, shape: number[]) =>
  modelFaults(parse(options), shape).map(({ path, message }) => `${path} ${message}`);

Deno.test("LAYERS: each kind is in a model of the contract suite", () => {
  const used = new Set(
    Object.values(MODELS).flatMap((model) => modelLayers(model).map(({ layer }) => layer.kind)),
  );
  deepEqual([...used].sort(), Object.keys(LAYERS).sort());
});

Deno.test("fitModel() takes a first number for the input where it is the size of a sample, else for a hidden layer", () => {
  const words = (encoder: number[]) => describeModel(fitModel(parse(ae({ encoder, latent: 2 })), [7, 5, 1]));
  equal(words([35, 20]), "ae 35-20-2-20-35");
  equal(words([20]), "ae 35-20-2-20-35");
  equal(words([35]), "ae 35-2-35");
  equal(words([]), "ae 35-2-35");
  equal(
    describeModel(fitModel(parse(ae({ encoder: [dense(35)], latent: 2 })), [7, 5, 1])),
    "ae 35-35-2-35-35",
  );
});

Deno.test("fitModel() gives the same parameters whether the input was written or left out", () => {
  const [written, left] = [[35, 20], [20]].map((encoder) =>
    fitModel(parse(ae({ encoder, latent: 2 })), [7, 5, 1])
  );
  deepEqual(written, left);
  deepEqual(initialParameters(parse(ae({ encoder: [35, 20], latent: 2 })), 3), initialParameters(left, 3));
});

Deno.test("fitModel() leaves a model that is fitted as it is, so that a file can be read back", () => {
  const fitted = fitModel(parse(vae({ encoder: [35, 35, 9], latent: 3 })), [7, 5, 1]);
  deepEqual(fitModel(ModelSpec.parse(JSON.parse(JSON.stringify(fitted))), [7, 5, 1]), fitted);
  equal(describeModel(fitted), "vae 35-35-9-3-9-35-35");
});

Deno.test("modelFaults() names what does not fit the samples, with the remedy", () => {
  deepEqual(faultTexts(ae({ encoder: [35, 9], latent: 2 }), [7, 5, 1]), []);
  deepEqual(faultTexts(ae({ encoder: [36, 9], latent: 2 }), [7, 5, 1]), [
    "encoder must begin with the 35 values of a sample of 7x5, or leave them out, got 36 " +
    "(a hidden layer wider than its input is written dense(36))",
  ]);
  deepEqual(faultTexts(ae({ encoder: [35], latent: 36 }), [7, 5, 1]), [
    "latent must be at most the 35 values of a sample, got 36",
  ]);
  deepEqual(faultTexts(ae({ encoder: [9], latent: 2, decoder: [9, 34] }), [35]), [
    "decoder must end with the 35 values of a sample of 35, got 34",
  ]);
  deepEqual(faultTexts(ae({ input: [35], encoder: [9], latent: 2 }), [7, 5, 1]), [
    "input must be 7x5, the shape of the data, got 35",
  ]);
});

Deno.test("decoderLayers() mirror the encoder: kinds, sizes, and the activation of the layer before", () => {
  const model = parse(ae({
    input: [6],
    encoder: [dense(5, { activation: "tanh" }), layerNorm(), dense(4, { activation: "gelu" })],
    latent: 2,
  }));
  deepEqual(
    decoderLayers(model).map(({ name, layer, output, activation }) =>
      `${name} ${layer.kind} ${output} ${activation}`
    ),
    [
      "decoder.0 dense 4 gelu",
      "decoder.1 dense 5 relu",
      "decoder.2 layerNorm 5 linear",
      "output dense 6 sigmoid",
    ],
  );
});

Deno.test("decoderLayers() leave out the mirror of a normalisation of the input", () => {
  const model = parse(ae({ input: [6], encoder: [layerNorm(), 4], latent: 2 }));
  deepEqual(decoderLayers(model).map(({ layer }) => layer.kind), ["dense", "dense"]);
  deepEqual(encoderLayers(model).map(({ name, layer }) => `${name} ${layer.kind}`), [
    "encoder.0 layerNorm",
    "encoder.1 dense",
    "latent dense",
  ]);
});

Deno.test("modelTensors() name every parameter of every kind and divide all numbers among them", () => {
  const spec = parse(ae({ input: [6], encoder: [4, layerNorm()], latent: 2 }));
  const parameters = initialParameters(spec, 1), tensors = modelTensors({ spec, parameters });
  deepEqual(tensors.map(({ name, shape }) => `${name} [${shape}]`), [
    "encoder.0.weight [6,4]",
    "encoder.0.bias [4]",
    "encoder.1.gain [4]",
    "encoder.1.bias [4]",
    "latent.weight [4,2]",
    "latent.bias [2]",
    "decoder.0.weight [2,4]",
    "decoder.0.bias [4]",
    "decoder.1.gain [4]",
    "decoder.1.bias [4]",
    "output.weight [4,6]",
    "output.bias [6]",
  ]);
  equal(tensors.reduce((sum, { data }) => sum + data.length, 0), modelSize(spec));
  deepEqual([...tensors[2].data], [1, 1, 1, 1]);
});

Deno.test("layerNorm() shifts and scales each sample over its values, with the biased variance, then by gain and bias", () => {
  const build = graphBuilder();
  const y = layers.forwardOf({
    build,
    spec: { kind: "layerNorm", epsilon: 1e-5 },
    input: [4],
    x: build.input("x", ["batch", 4]),
    parameters: { gain: build.parameter("gain", [1, 4]), bias: build.parameter("bias", [1, 4]) },
    inner: [],
  });
  const program = referenceEngine("f64").compile(build.finish({ outputs: { y } }), { capacity: 2 });
  program.input("x").set([1, 2, 3, 4, 10, 10, 10, 14]);
  program.parameters.set([1, 2, 1, 1, 0, 0, 0.5, 0]);
  program.run(2);
  // (x - 2.5) / sqrt(1.25 + 1e-5) and (x - 11) / sqrt(3 + 1e-5), as torch.nn.functional.layer_norm gives them.
  const expected = [-1.341635, -0.894424, 0.947212, 1.341635, -0.577349, -1.154699, -0.077349, 1.732048];
  assertClose([...program.output("y")], expected, { absolute: 1e-6 }, "layerNorm");
});
