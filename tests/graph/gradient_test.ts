import { deepStrictEqual as deepEqual, throws } from "node:assert/strict";
import { referenceEngine } from "../../src/engine/reference.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { gradcheck } from "../support/gradcheck.ts";
import { type Case, compileFilled } from "../support/graphs.ts";
import { MODELS } from "../support/models.ts";
import { randomCase } from "../support/random_graph.ts";
import { primitiveCases } from "../support/primitives.ts";

const CAPACITY = 4;

function check({ label, graph }: Case, rows: number): void {
  const program = compileFilled(referenceEngine("f64"), graph, { capacity: CAPACITY });
  program.run(rows);
  const gradient = program.gradients.slice();
  const loss = () => {
    program.run(rows);
    return program.output("loss")[0];
  };
  gradcheck(program.parameters as Float64Array, loss, gradient, { label: `${label}, ${rows} rows` });
}

const { stopGradient: _hasNone, ...differentiable } = primitiveCases(3);

for (const [name, cases] of Object.entries(differentiable)) {
  Deno.test(`gradients() of ${name} are its central differences in double precision`, () => {
    const oneColumn = primitiveCases(1)[name];
    for (const each of cases) [1, CAPACITY].forEach((rows) => check(each, rows));
    for (const each of oneColumn) check(each, 2);
  });
}

Deno.test("gradients() of graphs put together at random are their central differences", () => {
  for (let seed = 1; seed <= 25; seed++) check(randomCase(seed), 3);
});

Deno.test("gradients() of whole models are their central differences", () => {
  for (const [name, model] of Object.entries(MODELS)) {
    // A straight-through gradient is none of the loss: tests/models/codebook_test.ts compares it with PyTorch.
    if (model.kind === "vqvae") continue;
    const isMap = model.latentChannels !== undefined;
    const small = isMap ? model : { ...model, input: undefined, encoder: [6, 4], decoder: [3, 6], latent: 2 };
    const graph = trainingGraph(small, { paired: true });
    check({ label: name, graph }, 3);
  }
});

Deno.test("gradients() of greater are zero everywhere", () => {
  for (const { graph } of primitiveCases(3).greater) {
    const program = compileFilled(referenceEngine("f64"), graph, { capacity: 2 });
    program.gradients.fill(7);
    program.run(2);
    deepEqual(new Set(program.gradients), new Set([0]));
  }
});

Deno.test("gradients() do not flow through stopGradient, also under a reshape: d(x stop(x)) = stop(x)", () => {
  const build = graphBuilder();
  const x = build.parameter("x", [1, 2]), stopped = build.reshape(build.stopGradient(x), [2, 1]);
  const loss = build.sumAll(build.matmul(x, stopped));
  const graph = build.finish({ outputs: { loss }, gradients: gradients(build, loss, [x]) });
  const program = referenceEngine("f64").compile(graph, { capacity: 1 });
  program.parameters.set([3, -4]);
  program.run(1);
  deepEqual([...program.output("loss")], [25]);
  deepEqual([...program.gradients], [3, -4]);
});

Deno.test("gradients() gives zeros for a parameter that the loss does not depend on", () => {
  const build = graphBuilder();
  const used = build.parameter("used", [1, 2]), unused = build.parameter("unused", [2, 3]);
  const loss = build.sumAll(build.multiply(used, used));
  const graph = build.finish({ outputs: { loss }, gradients: gradients(build, loss, [used, unused]) });
  const program = referenceEngine("f64").compile(graph, { capacity: 1 });
  program.parameters.set([3, -4]);
  program.run(1);
  deepEqual([...program.gradients], [6, -8, 0, 0, 0, 0, 0, 0]);
});

Deno.test("gradients() sums the gradients of all paths to a value", () => {
  const build = graphBuilder();
  const x = build.parameter("x", [1, 1]);
  const cube = build.multiply(x, build.multiply(x, x));
  const loss = build.add(build.multiply(cube, x), cube);
  const graph = build.finish({ outputs: { loss }, gradients: gradients(build, loss, [x]) });
  const program = referenceEngine("f64").compile(graph, { capacity: 1 });
  program.parameters[0] = 2;
  program.run(1);
  deepEqual([...program.gradients], [4 * 8 + 3 * 4]);
});

Deno.test("gradients() refuses a loss that is not a scalar, and names its shape", () => {
  const build = graphBuilder();
  const x = build.parameter("x", [2, 3]);
  throws(() => gradients(build, x, [x]), {
    name: "RangeError",
    message: "gradients: the loss must be a scalar [1, 1], got [2, 3]",
  });
});
