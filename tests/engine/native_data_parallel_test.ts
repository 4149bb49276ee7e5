import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { Engine, Program } from "../../src/engine/engine.ts";
import { nativeEngine } from "../../src/engine/native.ts";
import { piecesOf, runDataParallel } from "../../src/engine/native/data_parallel.ts";
import { referenceEngine } from "../../src/engine/reference.ts";
import type { HelperThread } from "../../src/engine/threads/helper_thread.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import { type Graph, perSample, type Value } from "../../src/graph/graph.ts";
import { patchSize, windowOf } from "../../src/graph/window.ts";
import { NAMES } from "../../src/models/graphs.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { assertClose } from "../support/close.ts";
import { compileFilled } from "../support/graphs.ts";
import { helped } from "../support/helped.ts";

const ROWS = 64;
/** A model, and products of maps: sixteen rows per sample, and views from rows of samples to rows of maps and back. */
const GRAPHS: Readonly<Record<string, Graph>> = {
  model: trainingGraph(ModelSpec.parse({ kind: "vae", encoder: [300, 200], latent: 8 }), { paired: true }),
  maps: mapsGraph(),
  convolutions: convolutionsGraph(),
};

function mapsGraph(): Graph {
  const build = graphBuilder(), x = build.input(NAMES.target, ["batch", 16 * 24]);
  const hidden = [[24, 48], [48, 16]].reduce((value, [inputs, outputs], at) => {
    const weight = build.parameter(`${at}.weight`, [inputs, outputs]);
    return build.tanh(build.add(build.matmul(value, weight), build.parameter(`${at}.bias`, [1, outputs])));
  }, build.reshape(x, [perSample(16), 24]));
  const y = build.matmul(build.reshape(hidden, ["batch", 256]), build.parameter("output.weight", [256, 32]));
  const loss = build.multiply(build.sumAll(build.multiply(y, y)), build.input(NAMES.inverseRows, [1, 1]));
  return build.finish({ outputs: { loss }, gradients: gradients(build, loss, build.parameters) });
}

/** A convolutional autoencoder: blocks of some maps, of one map, and products of the kernels. */
function convolutionsGraph(): Graph {
  const build = graphBuilder(), x = build.input(NAMES.target, ["batch", 24 * 24]);
  const window = (size: number, channels: number) =>
    windowOf({ height: size, width: size, channels, kernel: [3, 3], stride: [2, 2] });
  const [outer, inner] = [window(24, 1), window(12, 16)];
  const map = (value: Value, size: number, channels: number) =>
    build.reshape(value, [perSample(size * size), channels]);
  const layer = (name: string, value: Value, columns: number) => {
    const weight = build.parameter(`${name}.weight`, [value.shape[1], columns]);
    return build.matmul(value, weight);
  };
  const biased = (name: string, value: Value) =>
    build.add(value, build.parameter(`${name}.bias`, [1, value.shape[1]]));
  const one = build.relu(biased("one", layer("one", build.patches(map(x, 24, 1), outer), 16)));
  const two = build.tanh(biased("two", layer("two", build.patches(one, inner), 24)));
  const hidden = build.tanh(layer("hidden", build.reshape(two, ["batch", 36 * 24]), 36 * 24));
  const three = build.foldPatches(layer("three", map(hidden, 6, 24), patchSize(inner)), inner);
  const four = build.foldPatches(layer("four", build.relu(biased("three", three)), patchSize(outer)), outer);
  const error = build.subtract(build.reshape(biased("four", four), ["batch", 24 * 24]), x);
  const loss = build.multiply(
    build.sumAll(build.multiply(error, error)),
    build.multiply(build.input(NAMES.inverseRows, [1, 1]), build.constant(1 / 576)),
  );
  return build.finish({ outputs: { loss }, gradients: gradients(build, loss, build.parameters) });
}

const TWO = "session by two threads";

function ready(engine: Engine, graph: Graph): Program {
  const program = compileFilled(engine, graph, { capacity: ROWS });
  program.parameters.forEach((number, at) => program.parameters[at] = number / 15);
  if (graph.inputs.has(NAMES.beta)) program.input(NAMES.beta)[0] = 0.7;
  return program;
}

/** What a run of some rows leaves. */
function resultsOf(program: Program, graph: Graph, rows: number) {
  program.input(NAMES.inverseRows)[0] = 1 / rows;
  program.run(rows);
  const outputs = [...graph.outputs.keys()].map((name) => program.output(name)[0]);
  return { outputs, gradients: program.gradients.slice() };
}

for (const [name, graph] of Object.entries(GRAPHS)) {
  for (const rows of [ROWS, 37, 2, 1]) {
    Deno.test(`native run() of the ${name} in data-parallel halves of ${rows} row(s) gives the same bits each time, and the reference's numbers`, () =>
      checkHalves(graph, rows));
  }
}

async function checkHalves(graph: Graph, rows: number): Promise<void> {
  const program = ready(await nativeEngine({ threads: 2 }), graph),
    reference = ready(referenceEngine("f64"), graph);
  await helped(program, TWO);
  const before = program.calls[TWO], first = resultsOf(program, graph, rows);
  equal(program.calls[TWO], before + 1);
  program.gradients.fill(NaN);
  deepEqual(resultsOf(program, graph, rows), first);
  const exact = resultsOf(reference, graph, rows);
  assertClose(first.outputs, exact.outputs, { relative: 1e-5, absolute: 1e-5 }, "outputs");
  assertClose(first.gradients, exact.gradients, { relative: 1e-4, absolute: 1e-6 }, "gradients");
  [program, reference].forEach((each) => each.dispose());
}

/** The thread that claims a piece first. */
type Winner = "first" | "second";

/** Sessions that record their calls, and a helper thread that is ready or not, and fast or slow at each piece. */
function recorded(
  { isReady, rows: ofRows, range: ofRange }: { isReady: boolean; rows?: Winner; range?: Winner },
) {
  const calls: string[] = [];
  const session = (name: string) => ({
    run: (rows: number, first = 0) => void calls.push(`${name}: ${rows} from ${first}`),
  });
  const rows = session("rows"), ranges = [session("first part"), session("second part")];
  const pieces = piecesOf(rows, ranges);
  const helper: HelperThread = {
    arguments: new Int32Array(16),
    isReady: () => isReady,
    ask: () => {},
    takeFirst: () => ofRows === "first",
    awaitFirst: () => pieces.rows[1](helper.arguments[0]),
    release: () => void calls.push("halfway"),
    takeSecond: () => ofRange === "first",
    awaitLast: () => ranges[1].run(helper.arguments[0]),
    close() {},
  };
  return { calls, pieces, helper };
}

const WINNERS = ["first", "second"] as const;
for (const all of [1, 2, 7, 128]) {
  Deno.test(`runDataParallel() of ${all} row(s) makes the same calls alone as two threads do, whichever is quicker`, () => {
    const alone = recorded({ isReady: false });
    equal(runDataParallel(alone.pieces, alone.helper, all), 1);
    for (const rows of WINNERS) {
      for (const range of WINNERS) {
        const { calls, pieces, helper } = recorded({ isReady: true, rows, range });
        equal(runDataParallel(pieces, helper, all), 2);
        deepEqual(calls.filter((call) => call !== "halfway"), alone.calls);
        const parts = calls.map((call) => call.split(":")[0]);
        ok(parts.lastIndexOf("rows") < parts.indexOf("halfway"), "sums wait for all rows");
        ok(parts.indexOf("halfway") < parts.indexOf("first part"));
      }
    }
  });
}

Deno.test("runDataParallel() releases the helper and throws the first failure when its own rows fail", () => {
  const { calls, pieces, helper } = recorded({ isReady: true, rows: "second", range: "first" });
  const failing = () => {
    throw new RangeError("no memory");
  };
  throws(() => runDataParallel({ ...pieces, rows: [failing, pieces.rows[1]] }, helper, 8), {
    message: "no memory",
  });
  deepEqual(calls, ["halfway", "rows: 4 from 4"]);
});

Deno.test("native draws by two threads are those of one, to the bit", async () => {
  const [one, two] = [
    ready(await nativeEngine({ threads: 1 }), GRAPHS.model),
    ready(await nativeEngine({ threads: 2 }), GRAPHS.model),
  ];
  await helped(two, TWO);
  const key = { seed: 2 ** 40 + 7, stream: "noise", epoch: 3 } as const;
  const corruption = { kind: "gaussian", std: 0.2, maximumStd: 0.6 } as const;
  for (const program of [one, two]) {
    program.order.forEach((_, at) => program.order[at] = 1000 - 7 * at);
    program.corrupt(NAMES.target, NAMES.input, corruption, key, 0, 61);
    program.drawNormal(NAMES.epsilon, { ...key, stream: "latent" }, 1, 63);
  }
  for (const name of [NAMES.input, NAMES.epsilon]) deepEqual(two.input(name), one.input(name), name);
  [one, two].forEach((program) => program.dispose());
});

Deno.test("native programs share one helper thread, which ends with the last of them", async () => {
  const engine = await nativeEngine({ threads: 2 });
  const first = ready(engine, GRAPHS.model), second = ready(engine, GRAPHS.model);
  await helped(first, TWO);
  await helped(second, TWO);
  first.dispose();
  // It removes the first program before it works for the second.
  await helped(second, TWO);
  const wanted = resultsOf(second, GRAPHS.model, ROWS);
  second.dispose();
  const third = ready(engine, GRAPHS.model);
  await helped(third, TWO);
  deepEqual(resultsOf(third, GRAPHS.model, ROWS), wanted);
  third.dispose();
  throws(() => third.run(1), /is not disposed/);
});

Deno.test("native run() in data-parallel halves serves a graph without gradients, and outputs under two names", async () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 300]), weight = build.parameter("weight", [300, 200]);
  const y = build.tanh(build.matmul(x, weight));
  const graph = build.finish({ outputs: { x, y, again: y, total: build.sumAll(y) } });
  const program = compileFilled(await nativeEngine({ threads: 2, sessionsFrom: 0 }), graph, { capacity: 9 });
  const reference = compileFilled(referenceEngine("f64"), graph, { capacity: 9 });
  for (const each of [program, reference]) each.run(9);
  for (const name of graph.outputs.keys()) {
    assertClose(program.output(name), reference.output(name), { relative: 1e-4, absolute: 1e-4 }, name);
  }
  await helped(program, TWO);
  [program, reference].forEach((each) => each.dispose());
});

Deno.test("native compile() for two threads runs a graph that only sums its input, in one session", async () => {
  const build = graphBuilder(), x = build.input("x", ["batch", 2]);
  const graph = build.finish({ outputs: { sum: build.sumRows(x) } });
  const engine = await nativeEngine({ threads: 2, sessionsFrom: 0 });
  const program = engine.compile(graph, { capacity: 3 });
  program.input("x").set([1, 2, 3, 4, 5, 6]);
  program.run(3);
  deepEqual([...program.output("sum")], [9, 12]);
  program.dispose();
});
