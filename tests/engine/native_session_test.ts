import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import type { Program } from "../../src/engine/engine.ts";
import { nativeEngine } from "../../src/engine/native.ts";
import { connect } from "../../src/engine/native/api.ts";
import { openPackagedLibrary } from "../../src/engine/native/library.ts";
import { openSession } from "../../src/engine/native/session.ts";
import type { Port } from "../../src/engine/native/tensors.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { encodeOnnx } from "../../src/graph/onnx.ts";
import { NAMES } from "../../src/models/graphs.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { assertClose } from "../support/close.ts";
import { compileFilled } from "../support/graphs.ts";
import { MODELS } from "../support/models.ts";
import { normalNumbers } from "../support/numbers.ts";
import { optimizerOf } from "../support/optimizers.ts";

const ADAM = optimizerOf({ kind: "adam" });

/** Large enough that two threads share its products. */
const WIDE = trainingGraph(ModelSpec.parse({ kind: "ae", encoder: [300, 200, 100], latent: 8 }), {
  paired: false,
});
const ROWS = 64;

async function trained(threads: number, steps: number): Promise<{ program: Program; losses: number[] }> {
  const engine = await nativeEngine({ threads });
  const program = compileFilled(engine, WIDE, { capacity: ROWS, rule: ADAM.rule });
  program.parameters.forEach((number, at) => program.parameters[at] = number / 15);
  program.input(NAMES.inverseRows)[0] = 1 / ROWS;
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    program.run(ROWS);
    program.update(ADAM.scalars({ learningRate: 0.001, step }));
    losses.push(program.output("loss")[0]);
  }
  return { program, losses };
}

for (const threads of [1, 2]) {
  Deno.test(`native training on ${threads} thread(s) gives the same bits each time`, async () => {
    const [first, second] = [await trained(threads, 5), await trained(threads, 5)];
    deepEqual(second.losses, first.losses);
    deepEqual(second.program.parameters, first.program.parameters);
    equal(new Set(first.losses).size, 5);
    [first, second].forEach(({ program }) => program.dispose());
  });
}

Deno.test("native calls prove that a session ran, and that the kernels run small graphs", async () => {
  const { program } = await trained(1, 3);
  deepEqual(program.calls, { session: 3, adam: 3 });
  program.dispose();
  const graph = trainingGraph(MODELS["ae of tanh, mse"], { paired: false });
  const small = compileFilled(await nativeEngine(), graph, { capacity: 4 });
  small.run(4);
  ok(small.calls["matmul+bias+tanh"] > 0);
  equal(small.calls.session, undefined);
  small.dispose();
});

Deno.test("native dispose() ends a program: it refuses to run, and can be disposed of again", async () => {
  const { program } = await trained(1, 1);
  program.dispose();
  program.dispose();
  throws(() => program.run(ROWS), {
    name: "RunError",
    message: "run() needs a program that is not disposed",
  });
});

Deno.test("native run() takes any number of rows in turns", async () => {
  const engine = await nativeEngine({ sessionsFrom: 0 });
  const build = graphBuilder();
  const x = build.input("x", ["batch", 1]);
  const program = engine.compile(build.finish({ outputs: { sum: build.sumRows(x) } }), { capacity: 20 });
  program.input("x").fill(1);
  for (const rows of [20, 3, 20, 1, 7, 8, 9, 10, 20, 3]) {
    program.run(rows);
    equal(program.output("sum")[0], rows);
  }
  program.dispose();
});

const api = connect(await openPackagedLibrary());

function port(name: string, dimensions: number[], numbers: Float32Array): Port {
  return { name, view: new Float32Array(new ArrayBuffer(numbers.byteLength)), dimensions };
}

function productGraph(): Graph {
  const build = graphBuilder();
  const a = build.input("a", ["batch", 3]), b = build.input("b", [3, 2]);
  return build.finish({ outputs: { product: build.matmul(a, b) } });
}

Deno.test("openSession() reports ONNX Runtime's own message", () => {
  const nonsense = new TextEncoder().encode("no model") as Uint8Array<ArrayBuffer>;
  throws(() => openSession(api, nonsense, { inputs: [], outputs: [], threads: 1 }), {
    name: "RunError",
    message: /^Cannot create a session for a graph: ONNX Runtime reports ".*(protobuf|parse).*"$/i,
  });
});

Deno.test("run() names the operation that fails, and can run again after it", () => {
  const model = encodeOnnx(productGraph()) as Uint8Array<ArrayBuffer>;
  const a = port("a", [-1, 3], new Float32Array(12)), b = port("b", [3, 2], new Float32Array(6));
  const short = port("product", [-1, 1], new Float32Array(12));
  const wrong = openSession(api, model, { inputs: [a, b], outputs: [short], threads: 1 });
  for (let attempt = 0; attempt < 2; attempt++) {
    throws(() => wrong.run(4), {
      name: "RunError",
      message: /^Cannot run a graph for 4 rows: ONNX Runtime reports ".*(shape|Gemm|product).*"$/is,
    });
  }
  wrong.release();
  const right = port("product", [-1, 2], new Float32Array(8));
  const session = openSession(api, model, { inputs: [a, b], outputs: [right], threads: 1 });
  a.view.fill(1);
  b.view.fill(2);
  session.run(4);
  deepEqual([...right.view], Array(8).fill(6));
  session.release();
});

Deno.test("encodeOnnx() files are self-contained: with parameters inside, and without a row of ones given", () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 6]), w = build.parameter("w", [6, 4]);
  const y = build.softplus(build.matmul(x, w));
  const graph = build.finish({ outputs: { y, sums: build.sumRows(y) } });
  const weights = normalNumbers(24, 1);
  const [input, all, sums] = [
    port("x", [-1, 6], new Float32Array(18)),
    port("y", [-1, 4], new Float32Array(12)),
    port("sums", [1, 4], new Float32Array(4)),
  ];
  const model = encodeOnnx(graph, { parameters: weights }) as Uint8Array<ArrayBuffer>;
  const session = openSession(api, model, { inputs: [input], outputs: [all, sums], threads: 1 });
  input.view.set(normalNumbers(18, 2));
  session.run(3);
  session.release();
  const expected = Array.from({ length: 12 }, (_, at) => {
    const row = Math.floor(at / 4), column = at % 4;
    let product = 0;
    for (let inner = 0; inner < 6; inner++) {
      product += input.view[row * 6 + inner] * weights[inner * 4 + column];
    }
    return Math.log1p(Math.exp(product));
  });
  notDeepEqual(expected[0], expected[1]);
  assertClose(all.view, expected, { absolute: 2e-7, relative: 1e-6 }, "softplus(x w)");
  const totals = [0, 1, 2, 3].map((column) => expected[column] + expected[4 + column] + expected[8 + column]);
  assertClose(sums.view, totals, { absolute: 1e-6, relative: 1e-6 }, "sums");
});
