import { deepEqual, equal, ok } from "node:assert/strict";
import { graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import { isBatch, perSample, sizeOf } from "../../src/graph/graph.ts";
import { windowOf } from "../../src/graph/window.ts";
import { boundaryName, splitGraph } from "../../src/graph/data_parallel.ts";
import { evaluationGraph } from "../../src/models/graphs.ts";
import { lossGraph, trainingGraph } from "../../src/models/loss_graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";

const LAYERS = { encoder: [35, 20, 10], latent: 4 };
const model = (options: Record<string, unknown>) => ModelSpec.parse({ ...LAYERS, ...options });

Deno.test("splitGraph() gives each thread the gradients of about half of the work, in the order of the parameters", () => {
  const graph = trainingGraph(model({ kind: "ae" }), { paired: false });
  const { ranges: [first, second], cut, rows } = splitGraph(graph)!;
  equal(first!.gradients.length + second!.gradients.length, graph.gradients.length);
  equal(first!.parameters[0], graph.parameters[0]);
  equal(cut, first!.parameters.reduce((sum, { shape }) => sum + sizeOf(shape, 1), 0));
  // 35-20-10-4 and 4-10-20-35: the encoder, and the decoder.
  equal(cut, 35 * 20 + 20 + 20 * 10 + 10 + 10 * 4 + 4);
  deepEqual([...first!.outputs.keys()], ["loss"]);
  equal(second!.outputs.size, 0);
  equal(rows.gradients.length, 0);
});

Deno.test("splitGraph() passes values that have rows to the sums, and nothing else", () => {
  const graph = trainingGraph(model({ kind: "vae" }), { paired: false });
  const { rows, ranges, boundary } = splitGraph(graph)!;
  ok(boundary.length > 0);
  for (const value of boundary) {
    ok(isBatch(value.shape[0]));
    equal(rows.outputs.get(boundaryName(value)), value);
  }
  for (const range of ranges) {
    const made = range!.values.filter(({ operation }) => operation.kind !== "input");
    ok(made.every(({ shape }) => !shape.some(isBatch)), "only sums over rows are left");
    const known = new Set([...boundary.map(boundaryName), ...graph.inputs.keys()]);
    ok([...range!.inputs.keys()].every((name) => known.has(name)));
  }
  ok(rows.values.every(({ operation }) => operation.kind !== "sumRows" && operation.kind !== "sumAll"));
});

Deno.test("splitGraph() splits a graph without gradients: by its rows alone, or with a sum for the first thread", () => {
  const looks = splitGraph(evaluationGraph(model({ kind: "vae", loss: "bce" })))!;
  deepEqual(looks.ranges, [undefined, undefined]);
  deepEqual([...looks.rows.outputs.keys()].sort(), [
    "crossEntropy",
    "klOfDimension",
    "latent",
    "logVariance",
    "output",
    "squaredError",
  ]);
  const sums = splitGraph(lossGraph(model({ kind: "ae" }), { paired: true }))!;
  deepEqual([...sums.ranges[0]!.outputs.keys()], ["loss"]);
  equal(sums.ranges[1], undefined);
});

Deno.test("splitGraph() does not split rows that depend on sums over rows: free bits and a capacity", () => {
  equal(splitGraph(trainingGraph(model({ kind: "vae", freeBits: 0.1 }), { paired: false })), undefined);
  const capacity = { kind: "capacity", nats: 5, epochs: 3 };
  const graph = trainingGraph(model({ kind: "vae", klSchedule: capacity }), { paired: false });
  equal(splitGraph(graph), undefined);
});

Deno.test("splitGraph() does not split a graph in which one product is most of the work", () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 100]), large = build.parameter("large", [100, 100]);
  const small = build.parameter("small", [100, 2]);
  const loss = build.sumAll(build.matmul(build.tanh(build.matmul(x, large)), small));
  const graph = build.finish({ outputs: { loss }, gradients: gradients(build, loss, [large, small]) });
  equal(splitGraph(graph), undefined);
});

Deno.test("splitGraph() does not split rows that depend on one another, or sums that need parameters", () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 4]);
  const crossed = build.matmul(build.matmul(x, x, { b: true }), x);
  equal(splitGraph(build.finish({ outputs: { crossed } })), undefined);
  const other = graphBuilder();
  const weight = other.parameter("weight", [4, 4]);
  const sum = other.matmul(other.sumRows(other.input("x", ["batch", 4])), weight);
  equal(splitGraph(other.finish({ outputs: { sum } })), undefined);
});

Deno.test("splitGraph() does not split sums of inputs alone, for which no rows are computed", () => {
  const build = graphBuilder(), x = build.input("x", ["batch", 4]);
  equal(splitGraph(build.finish({ outputs: { sum: build.sumRows(x) } })), undefined);
});

Deno.test("splitGraph() passes maps on, not their patches: each thread makes those of its own sums", () => {
  const window = windowOf({ height: 6, width: 6, channels: 3, kernel: [3, 3] });
  const build = graphBuilder();
  const x = build.input("x", [perSample(36), 3]);
  const weights = [0, 1, 2].map((at) => build.parameter(`w${at}`, [27, 3]));
  const y = weights.reduce((map, weight) => build.tanh(build.matmul(build.patches(map, window), weight)), x);
  const loss = build.sumAll(y);
  const graph = build.finish({ outputs: { loss }, gradients: gradients(build, loss, weights) });
  const { boundary, ranges } = splitGraph(graph)!;
  ok(boundary.every(({ operation }) => operation.kind !== "patches"));
  ok(ranges.every((range) => range!.values.some(({ operation }) => operation.kind === "patches")));
});
