import { ok, strictEqual as equal } from "node:assert/strict";
import { graphBuilder } from "../../src/graph/builder.ts";
import { flops, valueBytes } from "../../src/graph/cost.ts";
import { perSample } from "../../src/graph/graph.ts";
import { windowOf } from "../../src/graph/window.ts";
import { decoderGraph } from "../../src/models/graphs.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";

const decoder = decoderGraph(ModelSpec.parse({ kind: "ae", encoder: [4, 3], latent: 2 }));

Deno.test("flops() of a decoder 2-3-4 for five rows are those counted by hand", () => {
  const hidden = 2 * 5 * 2 * 3 + 5 * 3 + 5 * 3, output = 2 * 5 * 3 * 4 + 5 * 4 + 5 * 4;
  equal(flops(decoder, 5), hidden + output);
});

Deno.test("flops() of a sum are its terms, and of a product over the batch its rows", () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 3]), y = build.input("y", ["batch", 4]);
  equal(flops(build.finish({ outputs: { sum: build.sumAll(x) } }), 5), 15);
  equal(flops(build.finish({ outputs: { gram: build.matmul(x, y, { a: true }) } }), 5), 2 * 3 * 4 * 5);
});

Deno.test("flops() of a training step are near 6 times batch times weights, less the gradient of the input", () => {
  const widths = [784, 512, 256, 20, 256, 512, 784], batch = 128;
  const model = ModelSpec.parse({ kind: "ae", encoder: widths.slice(0, 3), latent: 20 });
  const products = widths.slice(1).map((width, at) => width * widths[at]);
  const expected = batch * (6 * products.reduce((sum, product) => sum + product) - 2 * products[0]);
  const ratio = flops(trainingGraph(model, { paired: false }), batch) / expected;
  ok(ratio > 1 && ratio < 1.01, `ratio is ${ratio}`);
});

Deno.test("valueBytes() counts four bytes for each element of each value", () => {
  const input = 5 * 2, hidden = 2 * 3 + 3 + 3 * 5 * 3, output = 3 * 4 + 4 + 3 * 5 * 4;
  equal(valueBytes(decoder, 5), 4 * (input + hidden + output));
});

Deno.test("flops() and valueBytes() of patches, of rows in groups and of views are those counted by hand", () => {
  const window = windowOf({ height: 4, width: 4, channels: 2, kernel: [3, 3], stride: [2, 2] });
  const build = graphBuilder(), x = build.input("x", [perSample(16), 2]);
  const patches = build.patches(x, window), fold = build.foldPatches(patches, window);
  const groups = build.repeatRows(build.sumRowGroups(fold, 8), 3), chosen = build.oneHotOfMaximum(groups);
  const graph = build.finish({ outputs: { y: build.stopGradient(chosen) } });
  // 4 places of 18 numbers; 16 places of 2; 2 groups of them; 6 rows; 6 rows.
  equal(flops(graph, 5), 5 * (4 * 18 + 4 * 18 + 16 * 2 + 6 * 2 + 6 * 2));
  equal(valueBytes(graph, 5), 4 * 5 * (16 * 2 + 4 * 18 + 16 * 2 + 2 * 2 + 6 * 2 + 6 * 2));
});

Deno.test("valueBytes() of convolutions leave out what is made block by block: patches and what is folded", () => {
  const window = windowOf({ height: 6, width: 6, channels: 2, kernel: [3, 3], stride: [2, 2] });
  const build = graphBuilder(), x = build.input("x", [perSample(36), 2]);
  const hidden = build.matmul(build.patches(x, window), build.parameter("w", [18, 5]));
  const y = build.foldPatches(build.matmul(hidden, build.parameter("v", [5, 18])), window);
  const graph = build.finish({ outputs: { y } });
  equal(valueBytes(graph, 7), 4 * (18 * 5 + 5 * 18 + 7 * (36 * 2 + 9 * 5 + 36 * 2)));
  const readTwice = build.finish({ outputs: { y, sum: build.sumColumns(y.operands[0]) } });
  equal(valueBytes(readTwice, 7) - valueBytes(graph, 7), 4 * 7 * (9 * 18 + 9));
});
