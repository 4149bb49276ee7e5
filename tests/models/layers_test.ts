import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import { referenceEngine } from "../../src/engine/reference.ts";
import { type GraphBuilder, graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import { nameOf, shapeText, type Value } from "../../src/graph/graph.ts";
import { decoderGraph, encoderGraph, evaluationGraph } from "../../src/models/graphs.ts";
import { lossGraph, trainingGraph } from "../../src/models/loss_graphs.ts";
import { activate } from "../../src/models/activations.ts";
import { boundLogVariance } from "../../src/models/coder.ts";
import { modelLayers } from "../../src/models/layers.ts";
import { type Activation, ModelSpec } from "../../src/models/spec.ts";
import { assertClose } from "../support/close.ts";
import { ACTIVATIONS } from "../support/models.ts";

const vae = ModelSpec.parse({
  kind: "vae",
  encoder: [35, 9],
  latent: 3,
  activation: "tanh",
  decoder: [7, 8, 35],
});

/** Computes a function of a column of numbers in double precision. */
function column(numbers: number[], compute: (build: GraphBuilder, x: Value) => Value): number[] {
  const build = graphBuilder();
  const graph = build.finish({ outputs: { y: compute(build, build.input("x", ["batch", 1])) } });
  const program = referenceEngine("f64").compile(graph, { capacity: numbers.length });
  program.input("x").set(numbers);
  program.run(numbers.length);
  return [...program.output("y")];
}

Deno.test("modelLayers() name each layer with its sizes and activation", () => {
  deepEqual(
    modelLayers(vae).map(({ name, input, output, activation }) => `${name} ${input}-${output} ${activation}`),
    [
      "encoder.0 35-9 tanh",
      "latent 9-6 linear",
      "decoder.0 3-7 tanh",
      "decoder.1 7-8 tanh",
      "output 8-35 sigmoid",
    ],
  );
});

Deno.test("modelLayers() of a model without hidden layers are the latent and the output", () => {
  const model = ModelSpec.parse({ kind: "ae", encoder: [35], latent: 2, latentActivation: "tanh" });
  deepEqual(
    modelLayers(model).map(({ name, input, output, activation }) => ({ name, input, output, activation })),
    [
      { name: "latent", input: [35], output: [2], activation: "tanh" },
      { name: "output", input: [2], output: [35], activation: "sigmoid" },
    ],
  );
});

Deno.test("graphs of a model have its parameters in the order of its layers, weight before bias", () => {
  const expected = modelLayers(vae).flatMap(({ name, input: [inputs], output: [outputs] }) => [
    `${name}.weight ${shapeText([inputs, outputs])}`,
    `${name}.bias ${shapeText([1, outputs])}`,
  ]);
  for (
    const graph of [
      trainingGraph(vae, { paired: true }),
      lossGraph(vae, { paired: false }),
      evaluationGraph(vae),
    ]
  ) {
    deepEqual(graph.parameters.map((value) => `${nameOf(value)} ${shapeText(value.shape)}`), expected);
  }
  const halves = [encoderGraph(vae), decoderGraph(vae)].flatMap(({ parameters }) => parameters);
  deepEqual(halves.map((value) => `${nameOf(value)} ${shapeText(value.shape)}`), expected);
});

Deno.test("trainingGraph() has a gradient for each parameter, of its shape", () => {
  const { parameters, gradients } = trainingGraph(vae, { paired: true });
  deepEqual(gradients.map(({ shape }) => shape), parameters.map(({ shape }) => shape));
});

Deno.test("activate() computes the textbook functions", () => {
  const numbers = [-3, -0.5, 0, 0.25, 2];
  const textbook: Record<Activation, (x: number) => number> = {
    relu: (x) => Math.max(0, x),
    leakyRelu: (x) => x > 0 ? x : 0.01 * x,
    tanh: Math.tanh,
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    gelu: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    silu: (x) => x / (1 + Math.exp(-x)),
    linear: (x) => x,
  };
  for (const activation of ACTIVATIONS) {
    const actual = column(numbers, (build, x) => activate(build, activation, x));
    assertClose(actual, numbers.map(textbook[activation]), { absolute: 1e-15, relative: 1e-14 }, activation);
  }
});

Deno.test("activate() of gelu is near x times the normal distribution function", () => {
  // x P(X <= x) at -1, 1 and 2, from tables.
  const exact = [-0.158655, 0.841345, 1.954500];
  assertClose(
    column([-1, 1, 2], (build, x) => activate(build, "gelu", x)),
    exact,
    { absolute: 5e-4 },
    "gelu",
  );
});

Deno.test("boundLogVariance() keeps small numbers, and all numbers within 10", () => {
  const bounded = column([0, 0.1, -1, 1e6, -1e6], boundLogVariance);
  assertClose(bounded, [0, 0.1, -1, 10, -10], { absolute: 4e-3 }, "bounded");
});

Deno.test("boundLogVariance() of a raw million has a finite exp in single precision, and a finite gradient", () => {
  const build = graphBuilder();
  const raw = build.parameter("raw", [1, 4]);
  const loss = build.sumAll(build.exp(boundLogVariance(build, raw)));
  const graph = build.finish({ outputs: { loss }, gradients: gradients(build, loss, [raw]) });
  const program = referenceEngine("f32").compile(graph, { capacity: 1 });
  program.parameters.set([1e6, -1e6, 1e30, 15]);
  program.run(1);
  ok(program.output("loss")[0] < 3 * Math.exp(10));
  ok(program.gradients.every(Number.isFinite));
  ok(program.gradients[3] > 0, "a log-variance a little beyond the bound can come back");
});
