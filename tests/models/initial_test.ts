import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  strictEqual as equal,
} from "node:assert/strict";
import { initialParameters, initialStd } from "../../src/models/initial.ts";
import { modelLayers } from "../../src/models/layers.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { assertClose } from "../support/close.ts";
import { ACTIVATIONS } from "../support/models.ts";

/** The weights and biases of each layer, by its name. */
function layersOf(model: ModelSpec, seed = 42): Map<string, { weights: Float32Array; biases: Float32Array }> {
  const parameters = initialParameters(model, seed);
  let offset = 0;
  const take = (length: number) => parameters.subarray(offset, offset += length);
  return new Map(
    modelLayers(model).map(({ name, inputs, outputs }) => {
      const weights = take(inputs * outputs), biases = take(outputs);
      return [name, { weights, biases }];
    }),
  );
}

const std = (numbers: Float32Array) => Math.hypot(...numbers) / Math.sqrt(numbers.length);

Deno.test("initialStd() is that of He for relu and its kin, of Xavier for sigmoid and tanh, and 0.01 otherwise", () => {
  const expected = {
    relu: 0.2,
    leakyRelu: 0.2,
    gelu: 0.2,
    tanh: Math.sqrt(0.02),
    sigmoid: Math.sqrt(0.02),
    linear: 0.01,
  };
  const measured = Object.fromEntries(
    ACTIVATIONS.map((activation) => [activation, initialStd("auto", { inputs: 50, activation })]),
  );
  deepEqual(measured, expected);
});

Deno.test("initialStd() follows an initialiser that was chosen, whatever the activation", () => {
  for (const activation of ACTIVATIONS) {
    equal(initialStd("he", { inputs: 200, activation }), 0.1);
    equal(initialStd("xavier", { inputs: 100, activation }), 0.1);
    equal(initialStd("normal", { inputs: 100, activation }), 0.01);
  }
});

Deno.test("initialParameters() draws weights of the stated spread about 0, with the inputs of the layer", () => {
  const model = ModelSpec.parse({ kind: "ae", encoder: [200, 90, 60], latent: 50, activation: "relu" });
  const layers = layersOf(model);
  const spreads: [string, number][] = [
    ["encoder.0", Math.sqrt(2 / 200)],
    ["encoder.1", Math.sqrt(2 / 90)],
    ["latent", 0.01],
    ["decoder.0", Math.sqrt(2 / 50)],
    ["decoder.1", Math.sqrt(2 / 60)],
    ["output", Math.sqrt(1 / 90)],
  ];
  for (const [name, spread] of spreads) {
    const { weights } = layers.get(name)!;
    // At least 3000 draws: 5 % of the spread are four standard errors.
    assertClose([std(weights) / spread], [1], { absolute: 0.05 }, `std of ${name}`);
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    assertClose([mean / spread], [0], { absolute: 4 / Math.sqrt(weights.length) }, `mean of ${name}`);
  }
});

Deno.test("initialParameters() begins all biases at 0", () => {
  const model = ModelSpec.parse({ kind: "vae", encoder: [20, 9], latent: 3 });
  for (const { biases } of layersOf(model).values()) deepEqual(new Set(biases), new Set([0]));
});

Deno.test("initialParameters() are a function of the seed, and no layer repeats another", () => {
  const model = ModelSpec.parse({
    kind: "ae",
    encoder: [8, 8, 8],
    latent: 8,
    activation: "tanh",
    initialiser: "xavier",
  });
  deepEqual(initialParameters(model, 3), initialParameters(model, 3));
  notDeepEqual(initialParameters(model, 3), initialParameters(model, 4));
  const weights = [...layersOf(model).values()].flatMap((layer) => [...layer.weights]);
  equal(new Set(weights).size, weights.length);
});
