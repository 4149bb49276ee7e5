// deno-lint-ignore-file no-console -- intercepts a package's output
import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import type * as tfjs from "@tensorflow/tfjs-core";
import { tfjsEngine } from "../../src/engine/tfjs.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { compileFilled } from "../support/graphs.ts";
import { MODELS } from "../support/models.ts";

const graph = trainingGraph(MODELS["vae with free bits"], { paired: false });

Deno.test("tfjsEngine() loads TensorFlow.js only when it is called, and without its banner", async () => {
  equal("_tfengine" in globalThis, false);
  const warn = console.warn, warnings: unknown[] = [];
  console.warn = (...parts) => warnings.push(parts);
  try {
    compileFilled(await tfjsEngine(), graph, { capacity: 2 }).run(2);
  } finally {
    console.warn = warn;
  }
  deepEqual(warnings, []);
  equal("_tfengine" in globalThis, true);
});

Deno.test("tfjsEngine() run() leaves no tensor behind", async () => {
  const name = "@tensorflow/tfjs-core";
  const tf = (await import(name)) as typeof tfjs;
  const program = compileFilled(await tfjsEngine(), graph, { capacity: 4 });
  program.run(4);
  const { numTensors, numDataBuffers } = tf.memory();
  for (const rows of [4, 1, 3]) program.run(rows);
  deepEqual([tf.memory().numTensors, tf.memory().numDataBuffers], [numTensors, numDataBuffers]);
  equal(numTensors, 0);
});

Deno.test("tfjsEngine() uses TensorFlow.js's own gradients, not those of the graph", async () => {
  const build = graphBuilder();
  const x = build.parameter("x", [1, 2]);
  const loss = build.sumAll(build.multiply(x, x));
  const wrong = build.broadcast(build.constant(12345), [1, 2]);
  const program = (await tfjsEngine()).compile(build.finish({ outputs: { loss }, gradients: [wrong] }), {
    capacity: 1,
  });
  program.parameters.set([3, -4]);
  program.run(1);
  deepEqual([...program.gradients], [6, -8]);
  deepEqual(program.calls, { multiply: 1, sumAll: 1, gradients: 1 });
});

Deno.test("tfjsEngine() gives zeros for parameters that the loss does not depend on", async () => {
  const build = graphBuilder();
  const used = build.parameter("used", [1, 1]), unused = build.parameter("unused", [1, 2]);
  const zero = build.constant(0);
  const engine = await tfjsEngine();
  const gradients = [zero, build.broadcast(zero, [1, 2])];
  const one = engine.compile(build.finish({ outputs: { loss: build.exp(used), unused }, gradients }), {
    capacity: 1,
  });
  const none = engine.compile(build.finish({ outputs: { loss: build.constant(1) }, gradients }), {
    capacity: 1,
  });
  for (const program of [one, none]) {
    program.gradients.fill(7);
    program.run(1);
  }
  deepEqual([...one.gradients], [1, 0, 0]);
  deepEqual([...none.gradients], [0, 0, 0]);
});

Deno.test("tfjsEngine() compile() refuses a graph with gradients that has no loss", async () => {
  const build = graphBuilder();
  const x = build.parameter("x", [1, 1]);
  const engine = await tfjsEngine();
  throws(() => engine.compile(build.finish({ outputs: { y: x }, gradients: [x] }), { capacity: 1 }), {
    name: "TypeError",
    message: 'a graph with gradients must have an output named "loss" for tfjs, got y',
  });
});
