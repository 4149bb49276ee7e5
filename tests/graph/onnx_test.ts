import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { type GraphBuilder, graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import { type Graph, perSample, type Value } from "../../src/graph/graph.ts";
import { encodeOnnx, ONES, onnxNames } from "../../src/graph/onnx.ts";
import { windowOf } from "../../src/graph/window.ts";
import { evaluationGraph } from "../../src/models/graphs.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { MODELS } from "../support/models.ts";
import { readOnnx } from "../support/onnx.ts";
import { primitiveCases } from "../support/primitives.ts";
import { randomCase } from "../support/random_graph.ts";

/** The graph of one output. */
function graphOf(make: (build: GraphBuilder) => Value): Graph {
  const build = graphBuilder();
  return build.finish({ outputs: { y: make(build) } });
}

/** A dense layer's loss `sum (relu(x w + b) - x)^2 scale` and its gradients. */
function stepGraph(): Graph {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 4]), scale = build.input("scale", [1, 1]);
  const w = build.parameter("w", [4, 4]), b = build.parameter("b", [1, 4]);
  const y = build.relu(build.add(build.matmul(x, w), b)), difference = build.subtract(y, x);
  const loss = build.multiply(build.sumAll(build.multiply(difference, difference)), scale);
  return build.finish({ outputs: { loss }, gradients: gradients(build, loss, [w, b]) });
}

Deno.test("encodeOnnx() writes inputs and outputs with their shapes, the batch by name", () => {
  const { irVersion, operatorSet, inputs, outputs } = readOnnx(encodeOnnx(stepGraph()));
  deepEqual({ irVersion, operatorSet }, { irVersion: 8, operatorSet: 18 });
  deepEqual(inputs, { x: ["batch", 4], scale: [1, 1], w: [4, 4], b: [1, 4] });
  deepEqual(outputs, { loss: [1, 1], "gradient:w": [4, 4], "gradient:b": [1, 4] });
});

Deno.test("encodeOnnx() writes a training step as few nodes: no copies, no repeated scalars, no transposes", () => {
  const { nodes } = readOnnx(encodeOnnx(stepGraph(), { ones: true }));
  const types = nodes.map(({ type }) => type).sort();
  deepEqual(types, [
    // x w + b, x^T dz, 1 dz
    ...["Add", "Gemm", "Gemm", "Gemm", "HardSigmoid"],
    // the loss, the gradient of the square, of the relu
    ...["Mul", "Mul", "Mul", "ReduceSumSquare", "Relu", "Sub"],
  ]);
  const [forward] = nodes;
  deepEqual([forward.type, forward.inputs, forward.attributes], ["Gemm", ["x", "w", "b"], {}]);
  const ofWeight = nodes.find(({ outputs }) => outputs[0] === "gradient:w")!;
  equal(ofWeight.inputs[0], "x");
  deepEqual(ofWeight.attributes, { transA: 1 });
  equal(nodes.find(({ outputs }) => outputs[0] === "gradient:b")!.inputs[0], ONES);
});

Deno.test("encodeOnnx() keeps parameters in the file when their numbers are given", () => {
  const numbers = Float32Array.from({ length: 20 }, (_, at) => at / 7);
  const { inputs, tensors } = readOnnx(encodeOnnx(stepGraph(), { parameters: numbers }));
  deepEqual(Object.keys(inputs), ["x", "scale"]);
  deepEqual(tensors.w, { dimensions: [4, 4], numbers: [...numbers.subarray(0, 16)] });
  deepEqual(tensors.b, { dimensions: [1, 4], numbers: [...numbers.subarray(16)] });
  throws(() => encodeOnnx(stepGraph(), { parameters: new Float32Array(3) }), {
    name: "RangeError",
    message: "parameters must be 20 numbers, got 3",
  });
});

Deno.test("encodeOnnx() writes a product and what is added to it as one node, unless the product is read again", () => {
  const types = (make: (build: GraphBuilder, product: Value, other: Value) => Value) =>
    readOnnx(encodeOnnx(graphOf((build) => {
      const product = build.matmul(build.input("a", ["batch", 2]), build.input("b", [3, 2]), { b: true });
      return make(build, product, build.input("c", ["batch", 3]));
    }))).nodes.map(({ type }) => type);
  deepEqual(types((build, product, other) => build.add(product, other)), ["Gemm"]);
  deepEqual(types((build, product, other) => build.add(other, product)), ["Gemm"]);
  deepEqual(types((build, product) => build.add(product, product)), ["Gemm", "Add"]);
  deepEqual(types((build, product, other) => build.multiply(build.add(product, other), product)), [
    "Gemm",
    "Add",
    "Mul",
  ]);
});

Deno.test("onnxNames() distinguishes outputs and inputs of the same name", () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 3]), p = build.parameter("p", [1, 3]);
  const plain = build.finish({ outputs: { x, again: x, p, sum: build.add(x, p) } });
  const names = onnxNames(plain);
  deepEqual(names.inputs, ["x", "p"]);
  deepEqual([...names.outputs.values()], ["output:x", "again", "output:p", "sum"]);
  deepEqual(names.gradients, []);
  deepEqual(Object.keys(readOnnx(encodeOnnx(plain)).outputs), [...names.outputs.values()]);
});

/** Every graph that the tests know. */
function* allGraphs(): Generator<[label: string, graph: Graph]> {
  for (const [name, model] of Object.entries(MODELS)) {
    yield [name, trainingGraph(model, { paired: model.kind === "dae" })];
    yield [`evaluation of ${name}`, evaluationGraph(model)];
  }
  for (const cases of Object.values(primitiveCases(3))) {
    for (const { label, graph } of cases) yield [label, graph];
  }
  for (let seed = 1; seed <= 40; seed++) yield [`random ${seed}`, randomCase(seed).graph];
}

Deno.test("encodeOnnx() names every value once, and before it is read", () => {
  for (const [label, graph] of allGraphs()) {
    for (const ones of [false, true]) {
      const { inputs, outputs, tensors, nodes } = readOnnx(encodeOnnx(graph, { ones }));
      const known = new Set([...Object.keys(inputs), ...Object.keys(tensors)]);
      for (const node of nodes) {
        node.inputs.forEach((input) => ok(known.has(input), `${label}: ${input} is not there yet`));
        node.outputs.forEach((output) => ok(!known.has(output), `${label}: ${output} is there already`));
        node.outputs.forEach((output) => known.add(output));
      }
      Object.keys(outputs).forEach((output) => ok(known.has(output), `${label}: ${output} is not made`));
    }
  }
});

Deno.test("encodeOnnx() gives the same bytes each time", () => {
  const graph = trainingGraph(MODELS["vae with free bits"], { paired: false });
  deepEqual(encodeOnnx(graph), encodeOnnx(graph));
});

Deno.test("encodeOnnx() refuses a batch whose size is in no input", () => {
  const graph = graphOf((build) => build.broadcast(build.constant(2), ["batch", 3]));
  throws(() => encodeOnnx(graph), {
    name: "TypeError",
    message: "An input must have the rows of the batch, got a graph of which none has them",
  });
});

Deno.test("encodeOnnx() writes a product with patches as Conv, and the fold of a product as ConvTranspose", () => {
  const window = windowOf({ height: 5, width: 6, channels: 2, kernel: [3, 3], stride: [2, 2] });
  const build = graphBuilder(), x = build.input("x", [perSample(30), 2]);
  const map = build.add(
    build.matmul(build.patches(x, window), build.parameter("w", [18, 4])),
    build.parameter("b", [1, 4]),
  );
  const columns = build.matmul(build.relu(map), build.parameter("v", [18, 4]), { b: true });
  const y = build.add(build.foldPatches(columns, window), build.parameter("c", [1, 2]));
  const { nodes } = readOnnx(encodeOnnx(build.finish({ outputs: { y } })));
  deepEqual(nodes.map(({ type }) => type).filter((type) => !["Reshape", "Transpose"].includes(type)), [
    "Conv",
    "Relu",
    "ConvTranspose",
  ]);
  const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 0, 1, 1] };
  const [conv, transposed] = ["Conv", "ConvTranspose"].map((type) =>
    nodes.find((node) => node.type === type)!
  );
  deepEqual(conv.attributes, attributes);
  deepEqual(transposed.attributes, { ...attributes, output_padding: [0, 0] });
  equal(conv.inputs.length, 3);
  equal(transposed.inputs.length, 3);
});

Deno.test("encodeOnnx() keeps kernels in the file as Conv wants them: by output, channel, row and column", () => {
  const window = windowOf({ height: 3, width: 3, channels: 2, kernel: [2, 3] });
  const build = graphBuilder(), x = build.input("x", [perSample(9), 2]);
  const map = build.matmul(build.patches(x, window), build.parameter("w", [12, 2]));
  const y = build.add(map, build.parameter("b", [1, 2]));
  const parameters = Float32Array.from({ length: 26 }, (_, at) => at);
  const { nodes, tensors } = readOnnx(encodeOnnx(build.finish({ outputs: { y } }), { parameters }));
  deepEqual(nodes.map(({ type }) => type), ["Reshape", "Transpose", "Conv", "Transpose", "Reshape"]);
  deepEqual(tensors["w:2x3x2x2:3201"].dimensions, [2, 2, 2, 3]);
  // Of the first output: channel 0 by rows and columns, then channel 1. Its numbers are the even ones.
  deepEqual(tensors["w:2x3x2x2:3201"].numbers.slice(0, 12), [0, 4, 8, 12, 16, 20, 2, 6, 10, 14, 18, 22]);
  deepEqual(tensors["b:2:0"], { dimensions: [2], numbers: [24, 25] });
  equal(tensors.w, undefined);
});
