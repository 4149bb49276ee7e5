import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { initialDistribution, initialParameters } from "../../src/models/initial.ts";
import { modelLayers } from "../../src/models/layers.ts";
import { conv, convTranspose } from "../../src/models/layers/kinds.ts";
import { residual } from "../../src/models/layers/table.ts";
import { modelTensors } from "../../src/models/tensors.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { assertClose } from "../support/close.ts";
import { ACTIVATIONS } from "../support/models.ts";

/** The weights and biases of each layer, by its name. */
function layersOf(model: ModelSpec, seed = 42): Map<string, { weights: Float32Array; biases: Float32Array }> {
  const parameters = initialParameters(model, seed);
  let offset = 0;
  const take = (length: number) => parameters.subarray(offset, offset += length);
  return new Map(
    modelLayers(model).map(({ name, input: [inputs], output: [outputs] }) => {
      const weights = take(inputs * outputs), biases = take(outputs);
      return [name, { weights, biases }];
    }),
  );
}

const std = (numbers: Float32Array) => Math.hypot(...numbers) / Math.sqrt(numbers.length);

Deno.test("initialDistribution() is He's for relu and its variants, Xavier's for sigmoid and tanh, and N(0, 0.01) for linear", () => {
  const expected = {
    relu: 0.2,
    leakyRelu: 0.2,
    gelu: 0.2,
    silu: 0.2,
    tanh: Math.sqrt(0.02),
    sigmoid: Math.sqrt(0.02),
    linear: 0.01,
  };
  const measured = Object.fromEntries(ACTIVATIONS.map((activation) => {
    const { kind, scale, biasBound } = initialDistribution("auto", { fanIn: 50, activation });
    deepEqual([kind, biasBound], ["normal", 0]);
    return [activation, scale];
  }));
  deepEqual(measured, expected);
});

Deno.test("initialDistribution() follows an initialiser that was chosen, whatever the activation", () => {
  const cases = [
    ["he", 200, { kind: "normal", scale: 0.1, biasBound: 0 }],
    ["xavier", 100, { kind: "normal", scale: 0.1, biasBound: 0 }],
    ["lecunUniform", 300, { kind: "uniform", scale: 0.1, biasBound: 0 }],
    ["pytorch", 100, { kind: "uniform", scale: 0.1, biasBound: 0.1 }],
    ["normal", 100, { kind: "normal", scale: 0.01, biasBound: 0 }],
  ] as const;
  for (const activation of ACTIVATIONS) {
    for (const [initialiser, inputs, expected] of cases) {
      deepEqual(initialDistribution(initialiser, { fanIn: inputs, activation }), expected, initialiser);
    }
  }
});

Deno.test("initialParameters() of pytorch fill (-1/sqrt(n), 1/sqrt(n)) evenly, biases included, as torch.nn.Linear does", () => {
  const model = ModelSpec.parse({ kind: "ae", encoder: [200, 90], latent: 50, initialiser: "pytorch" });
  for (const { name, input: [inputs] } of modelLayers(model)) {
    const { weights, biases } = layersOf(model).get(name)!, bound = 1 / Math.sqrt(inputs);
    const all = [...weights, ...biases];
    ok(all.every((value) => Math.abs(value) < bound), name);
    // A share of 0.5 is within half the bound; four standard errors.
    const inner = weights.filter((value) => Math.abs(value) < bound / 2).length / weights.length;
    assertClose([inner], [0.5], { absolute: 2 / Math.sqrt(weights.length) }, `inner half of ${name}`);
    const spread = std(weights) * Math.sqrt(3) / bound;
    assertClose([spread], [1], { absolute: 2 / Math.sqrt(weights.length) }, `std of ${name}`);
    const biasSpread = std(biases) * Math.sqrt(3) / bound;
    assertClose(
      [biasSpread],
      [1],
      { absolute: 2 / Math.sqrt(biases.length) },
      `std of the biases of ${name}`,
    );
    // Weights and biases share no draws.
    for (let row = 0; row < inputs; row++) {
      const own = weights.subarray(row * biases.length, (row + 1) * biases.length);
      notDeepEqual(own, biases);
    }
  }
});

Deno.test("initialParameters() of lecunUniform have the variance 1/n and biases of 0", () => {
  const model = ModelSpec.parse({ kind: "ae", encoder: [200, 90], latent: 50, initialiser: "lecunUniform" });
  for (const { name, input: [inputs] } of modelLayers(model)) {
    const { weights, biases } = layersOf(model).get(name)!;
    const spread = std(weights) * Math.sqrt(inputs);
    assertClose([spread], [1], { absolute: 2 / Math.sqrt(weights.length) }, `std of ${name}`);
    ok(weights.every((value) => Math.abs(value) < Math.sqrt(3 / inputs)), name);
    deepEqual(new Set(biases), new Set([0]));
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

Deno.test("initialParameters() of the default start all biases at 0", () => {
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

Deno.test("initialParameters() of convolutions follow the numbers that an output pixel depends on, and a projection is no nearer to 0", () => {
  const model = ModelSpec.parse({
    kind: "ae",
    input: [8, 8, 16],
    encoder: [
      conv(64),
      convTranspose(32, { kernel: 4, stride: 2, activation: "tanh" }),
      residual([conv(48), conv(48)]),
    ],
    latent: 2,
  });
  const tensors = modelTensors({ spec: model, parameters: initialParameters(model, 3) });
  const measured = tensors.filter(({ name }) => /^encoder.*weight$/.test(name)).map(({ name, data }) => [
    name,
    std(data),
  ]);
  const expected: [string, number][] = [
    ["encoder.0.weight", Math.sqrt(2 / (9 * 16))],
    // Each output pixel of stride 2 is reached by 4 of the 16 places of the kernel.
    ["encoder.1.weight", Math.sqrt(1 / (4 * 64))],
    ["encoder.2.layers.0.weight", Math.sqrt(2 / (9 * 32))],
    ["encoder.2.layers.1.weight", 0.01],
    ["encoder.2.projection.weight", Math.sqrt(1 / 32)],
  ];
  deepEqual(measured.map(([name]) => name), expected.map(([name]) => name));
  measured.forEach(([name, found], at) =>
    assertClose([found as number], [expected[at][1]], { relative: 0.05 }, name as string)
  );
});
