import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { Program } from "../../src/engine/engine.ts";
import { referenceEngine } from "../../src/engine/reference.ts";
import { type Graph, nameOf } from "../../src/graph/graph.ts";
import { isConditional } from "../../src/models/condition.ts";
import {
  decoderGraph,
  encoderGraph,
  evaluationGraph,
  importanceGraph,
  NAMES,
} from "../../src/models/graphs.ts";
import { lossGraph, trainingGraph } from "../../src/models/loss_graphs.ts";
import { modelParameters } from "../../src/models/layers.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { modelTensors } from "../../src/models/tensors.ts";
import { assertClose } from "../support/close.ts";
import { compileFilled } from "../support/graphs.ts";
import { MODELS } from "../support/models.ts";

const engine = referenceEngine("f64");

/** Two pixels, two latent dimensions, weights that are the identity, and a bias of (1, -1) at the output: `y = x + (1, -1)`. */
const IDENTITY = [1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 1, -1];
const X = [1, 0, 0.5, 1];

/** Runs a loss graph on two samples of two pixels. */
function run(model: ModelSpec, parameters: number[], inputs: Record<string, number[]>): Program {
  const program = engine.compile(lossGraph(model, { paired: false }), { capacity: 2 });
  program.parameters.set(parameters);
  for (const [name, numbers] of Object.entries(inputs)) program.input(name).set(numbers);
  program.input(NAMES.target).set(X);
  program.input(NAMES.inverseRows)[0] = 0.5;
  program.run(2);
  return program;
}

const softplus = (x: number) => Math.log(1 + Math.exp(x));

Deno.test("lossGraph() of an AE with mse is the mean squared error of all pixels", () => {
  const model = ModelSpec.parse({ kind: "ae", encoder: [2], latent: 2, outputActivation: "linear" });
  assertClose(run(model, IDENTITY, {}).output("loss"), [1], { relative: 1e-15 }, "mse");
  const farther = IDENTITY.with(-1, -3);
  assertClose(run(model, farther, {}).output("loss"), [(1 + 9) / 2], { relative: 1e-15 }, "mse");
});

Deno.test("lossGraph() of an AE with bce sums over pixels and means over samples", () => {
  const model = ModelSpec.parse({ kind: "ae", encoder: [2], latent: 2, loss: "bce" });
  // Logits x + (1, -1) = (2, -1) and (1.5, 0).
  const first = softplus(2) - 2 + softplus(-1), second = softplus(1.5) - 0.5 * 1.5 + Math.log(2);
  assertClose(run(model, IDENTITY, {}).output("loss"), [(first + second) / 2], { relative: 1e-14 }, "bce");
});

Deno.test("encoderGraph() of a VAE whose latent is a feature map has means and log-variances at each position", () => {
  const map = { kind: "vae", input: [1, 2, 1], encoder: [], latent: 4, latentChannels: 2 };
  const program = engine.compile(encoderGraph(ModelSpec.parse(map)), { capacity: 2 });
  // Of each pixel x: means of 2x + 1 and x - 1, and raw log-variances of 3x - 1 and 4.
  program.parameters.set([2, 1, 3, 0, 1, -1, -1, 4]);
  program.input(NAMES.input).set(X);
  program.run(2);
  deepEqual([...program.output("latent")], [3, 0, 1, -1, 2, -0.5, 3, 0]);
  const bounded = [2, 4, -1, 4, 0.5, 4, 2, 4].map((raw) => 10 * Math.tanh(raw / 10));
  assertClose(program.output("logVariance"), bounded, { relative: 1e-14 }, "log-variances");
});

Deno.test("lossGraph() with learned variances is the negative log-likelihood of NumPy, bounded log-variances included", () => {
  const model = ModelSpec.parse({
    kind: "ae",
    encoder: [2],
    latent: 2,
    loss: "gaussian",
    outputActivation: "linear",
  });
  // The raw log-variances lie between encoder and decoder. By NumPy: v = 10 tanh(raw / 10),
  // mean of 0.5 sum_d (log(2 pi) + v + (x - y)^2 / exp(v)) at x - y = (-1, 1).
  const parameters = [...IDENTITY.slice(0, 6), 0.4, -1.2, ...IDENTITY.slice(6)];
  assertClose(run(model, parameters, {}).output("loss"), [3.4264439152135138], { relative: 1e-14 }, "loss");
  deepEqual(
    lossGraph(model, { paired: false }).parameters.map(nameOf),
    ["latent.weight", "latent.bias", "likelihood.logVariance", "output.weight", "output.bias"],
  );
});

/** One latent dimension with mean `x0 + x1` and raw log-variance 0; the output is `z (1, 2)`. */
const SUMS = [1, 0, 1, 0, 0, 0, 1, 2, 0, 0];
/** Means 1 and 1.5; at epsilon 1 and -1 (the variance is 1) z is 2 and 0.5. */
const EPSILON = { epsilon: [1, -1] };
const RECONSTRUCTION = 0.5 * ((1 + 16) + (0 + 0)) / 2;
const KL = (0.5 * 1 + 0.5 * 2.25) / 2;
const linearVae = { kind: "vae", encoder: [2], latent: 1, loss: "mse", outputActivation: "linear" } as const;

Deno.test("lossGraph() of a VAE adds beta KL to half the squared error, both a sample", () => {
  const program = run(ModelSpec.parse(linearVae), SUMS, { ...EPSILON, beta: [3] });
  assertClose(program.output("reconstruction"), [RECONSTRUCTION], { relative: 1e-15 }, "reconstruction");
  assertClose(program.output("kl"), [KL], { relative: 1e-15 }, "kl");
  assertClose(program.output("loss"), [RECONSTRUCTION + 3 * KL], { relative: 1e-15 }, "loss");
});

Deno.test("lossGraph() of a VAE charges at least the free bits for each dimension, and reports the KL as it is", () => {
  const below = run(ModelSpec.parse({ ...linearVae, freeBits: 0.5 }), SUMS, { ...EPSILON, beta: [3] });
  assertClose(
    below.output("loss"),
    [RECONSTRUCTION + 3 * KL],
    { relative: 1e-15 },
    "loss above the free bits",
  );
  const above = run(ModelSpec.parse({ ...linearVae, freeBits: 2 }), SUMS, { ...EPSILON, beta: [3] });
  assertClose(
    above.output("loss"),
    [RECONSTRUCTION + 3 * 2],
    { relative: 1e-15 },
    "loss below the free bits",
  );
  assertClose(above.output("kl"), [KL], { relative: 1e-15 }, "kl");
});

Deno.test("lossGraph() of a VAE under a capacity charges how far its KL is from it, on either side", () => {
  const model = ModelSpec.parse({ ...linearVae, klSchedule: { kind: "capacity", nats: 9, epochs: 5 } });
  for (const klTarget of [0.25, 2]) {
    const program = run(model, SUMS, { ...EPSILON, beta: [3], klTarget: [klTarget] });
    const loss = RECONSTRUCTION + 3 * Math.abs(KL - klTarget);
    assertClose(program.output("loss"), [loss], { relative: 1e-15 }, `loss at ${klTarget}`);
    assertClose(program.output("kl"), [KL], { relative: 1e-15 }, "kl");
  }
});

Deno.test("trainingGraph() has the losses of lossGraph() with the draws of a training, for every model", () => {
  for (const [name, model] of Object.entries(MODELS)) {
    const [training, loss] = [trainingGraph, lossGraph].map((build) => {
      const graph = build(model, { paired: true, training: true });
      const program = compileFilled(engine, graph, { capacity: 3 });
      program.run(3);
      return [...graph.outputs.keys()].map((output) => program.output(output)[0]);
    });
    deepEqual(training, loss, name);
  }
});

Deno.test("trainingGraph() reads the input with noise, and the target without", () => {
  const model = MODELS["dae, mse"];
  deepEqual([...trainingGraph(model, { paired: true }).inputs.keys()], ["target", "input", "inverseRows"]);
  deepEqual([...trainingGraph(model, { paired: false }).inputs.keys()], ["target", "inverseRows"]);
});

Deno.test("evaluationGraph() has the outputs that it states", () => {
  const outputs = (model: ModelSpec) => [...evaluationGraph(model).outputs.keys()];
  deepEqual(outputs(MODELS["ae of relu, mse"]), ["latent", "output", "squaredError", "crossEntropy"]);
  deepEqual(outputs(MODELS["vae of relu, bce"]), [
    "latent",
    "output",
    "squaredError",
    "crossEntropy",
    "klOfDimension",
    "logVariance",
  ]);
  deepEqual(outputs(MODELS["ae, gaussian with learned variances"]), [
    "latent",
    "output",
    "squaredError",
    "negativeLogLikelihood",
    "outputLogVariance",
  ]);
  deepEqual(outputs(ModelSpec.parse({ ...linearVae })).includes("crossEntropy"), false);
});

Deno.test("evaluationGraph() at epsilon 0 is the decoder of the encoder's mean, for every model", () => {
  const rows = 3;
  for (const [name, model] of Object.entries(MODELS)) {
    const compile = (graph: Graph) => compileFilled(engine, graph, { capacity: rows });
    const whole = compile(evaluationGraph(model)), encoder = compile(encoderGraph(model));
    const decoder = compile(decoderGraph(model)), count = encoder.parameters.length;
    // What is learned of a likelihood lies before the decoder, which has it only where its mean depends on it.
    const learned = modelTensors({ spec: model, parameters: new Float32Array(whole.parameters.length) })
      .filter(({ name }) => name.startsWith("likelihood."))
      .reduce((sum, { data }) => sum + data.length, 0);
    const own = whole.parameters.length - count - decoder.parameters.length;
    equal(own, name.includes("discretised logistic") ? 0 : learned, name);
    if (model.kind === "vae") whole.input(NAMES.epsilon).fill(0);
    encoder.parameters.set(whole.parameters.subarray(0, count));
    decoder.parameters.set(whole.parameters.subarray(count + own));
    encoder.input(NAMES.input).set(whole.input(NAMES.input));
    for (const part of isConditional(model) ? [encoder, decoder] : []) {
      part.input(NAMES.condition).set(whole.input(NAMES.condition));
    }
    encoder.run(rows);
    decoder.input(NAMES.latent).set(encoder.output("latent"));
    decoder.run(rows);
    whole.run(rows);
    assertClose(whole.output("latent"), encoder.output("latent"), {}, `${name}: latent`);
    assertClose(whole.output("output"), decoder.output("output"), {}, `${name}: output`);
    if (model.kind === "vae") {
      assertClose(whole.output("logVariance"), encoder.output("logVariance"), {}, name);
    }
  }
});

Deno.test("importanceGraph() has the last parameters of every VAE, and encoderGraph() the first", () => {
  for (const [name, model] of Object.entries(MODELS)) {
    const all = modelParameters(model).map((parameter) => parameter.name);
    const first = encoderGraph(model).parameters.map(nameOf);
    deepEqual(first, all.slice(0, first.length), name);
    if (model.kind !== "vae") continue;
    const last = importanceGraph(model).parameters.map(nameOf);
    deepEqual(last, all.slice(first.length), name);
  }
});
