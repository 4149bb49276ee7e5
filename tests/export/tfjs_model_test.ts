import { strictEqual as equal, throws } from "node:assert/strict";
import { fillNormal } from "../../src/core/random.ts";
import { type ExportedLayer, tfjsLayersModel } from "../../src/export/tfjs_model.ts";
import type { Activation } from "../../src/models/activations.ts";
import { assertClose } from "../support/close.ts";

const ROWS = 4, INPUTS = 5;

const FORMULAS: Record<Activation, (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  leakyRelu: (x) => x > 0 ? x : 0.01 * x,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  gelu: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x / (1 + Math.exp(-x)),
};

function normal(length: number, epoch: number): Float32Array {
  const numbers = new Float32Array(length);
  fillNormal(numbers, 1, length, [0], { seed: 3, stream: "initial", epoch });
  return numbers;
}
function layer(
  name: string,
  inputs: number,
  units: number,
  activation: Activation,
  round: number,
): ExportedLayer {
  return { name, units, activation, kernel: normal(inputs * units, round), bias: normal(units, round + 1) };
}

/** The layers' output for some rows, in plain loops. */
function forward(layers: readonly ExportedLayer[], x: Float32Array): Float32Array {
  for (const { units, activation, kernel, bias } of layers) {
    const inputs = kernel.length / units;
    x = Float32Array.from({ length: ROWS * units }, (_, index) => {
      const row = Math.floor(index / units), unit = index % units;
      let sum = bias[unit];
      for (let i = 0; i < inputs; i++) sum += x[row * inputs + i] * kernel[i * units + unit];
      return FORMULAS[activation](sum);
    });
  }
  return x;
}

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
  const model = await layers.loadLayersModel(core.io.fromMemory(artifacts));
  const result = model.predict(core.tensor2d(x, [ROWS, INPUTS])) as import("@tensorflow/tfjs-core").Tensor;
  return { data: await result.data(), model, paths: weightsManifest[0].paths };
}

for (const activation of Object.keys(FORMULAS) as Activation[]) {
  Deno.test(`tfjsLayersModel writes ${activation} layers that tf.loadLayersModel opens and runs alike`, async () => {
    const layers = [
      layer("encoder.0", INPUTS, 7, activation, 1),
      layer("encoder.1", 7, 3, activation, 3),
      layer("decoder_0", 3, 6, "sigmoid", 5),
    ];
    const x = normal(ROWS * INPUTS, 9);
    const { data, paths } = await predict(tfjsLayersModel({ name: "test", inputs: INPUTS, layers }), x);
    assertClose(data, forward(layers, x), { absolute: 1e-5 }, activation);
    equal(paths[0], "weights.bin");
  });
}

Deno.test("tfjsLayersModel keeps a leakyRelu slope of its own", async () => {
  const layers = [{ ...layer("a", INPUTS, 2, "leakyRelu", 1), slope: 1 }];
  const x = normal(ROWS * INPUTS, 9);
  const { data } = await predict(tfjsLayersModel({ name: "test", inputs: INPUTS, layers }), x);
  assertClose(data, forward([{ ...layers[0], activation: "linear" }], x), { absolute: 1e-5 }, "slope 1");
});

Deno.test("tfjsLayersModel refuses wrong sizes, shared names and unknown activations, saying what can be exported", () => {
  const good = layer("a", INPUTS, 2, "relu", 1);
  const refused = (layers: ExportedLayer[], message: RegExp) =>
    throws(() => tfjsLayersModel({ name: "test", inputs: INPUTS, layers }), message);
  refused(
    [good, layer("b", 3, 2, "relu", 1)],
    /"b" .* must have \[2, 2\] and \[2\] values, got 6 and 2/,
  );
  refused([good, layer("a", 2, 2, "relu", 1)], /name must be unique/);
  refused(
    [layer("a/b", INPUTS, 2, "relu", 1)],
    /"a\/b" .*: name must be unique, of letters, digits and _-., and not "input"/,
  );
  const swish = { ...good, activation: "swish" as "relu" };
  refused([swish], /must be one of linear, relu, leakyRelu, tanh, sigmoid, gelu, silu, got "swish"/);
});
