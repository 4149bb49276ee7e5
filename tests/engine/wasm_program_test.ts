import { ALONE } from "../../src/core/collective.ts";
import { partOptions, shareOf } from "../../src/training/share.ts";
import { sharedStep } from "../../src/training/shared_step.ts";
import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import type { Program } from "../../src/engine/engine.ts";
import { wasmEngine } from "../../src/engine/wasm.ts";
import { fuse } from "../../src/engine/wasm/fuse.ts";
import { operandsOf, resultsOf } from "../../src/engine/wasm/instructions.ts";
import { plan } from "../../src/engine/wasm/plan.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { type Graph, sizeOf, viewed } from "../../src/graph/graph.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { type ModelOptions, ModelSpec } from "../../src/models/spec.ts";
import { optimizerOf } from "../support/optimizers.ts";

const ADAM = optimizerOf({ kind: "adam" }), LION = optimizerOf({ kind: "lion" });
const KEY = { seed: 42, stream: "noise", epoch: 0 } as const;
const NOISE = { kind: "gaussian", std: 0.2, maximumStd: 0.4 } as const;

function graphOf(model: ModelOptions): Graph {
  return trainingGraph(ModelSpec.parse(model), { paired: true });
}

Deno.test("wasm run() takes the fused path through a tanh model, forward and backward", async () => {
  const graph = graphOf({ kind: "ae", encoder: [35, 12, 6], latent: 2, activation: "tanh" });
  const program = (await wasmEngine()).compile(graph, { capacity: 4, rule: ADAM.rule });
  for (let step = 0; step < 3; step++) {
    program.run(4);
    program.update(ADAM.scalars({}));
  }
  const { calls } = program;
  // Six layers: four of tanh, the linear latent, the sigmoid output.
  equal(calls["matmul+bias+tanh"], 3 * 4);
  equal(calls["matmul+bias"], 3);
  equal(calls["matmul+bias+sigmoid"], 3);
  // Back through the four tanh layers: the product and the derivative in one kernel; through the linear latent: the product alone.
  equal(calls["matmul+tanhGradient"], 3 * 4);
  equal(calls.matmul, 3 * (6 + 1));
  equal(calls["subtract+multiply+add+sigmoidGradient"], 3);
  equal(calls.adam, 3);
  deepEqual(
    Object.keys(calls).filter((name) => ["tanh", "sigmoid", "relu", "copy"].includes(name)),
    [],
  );
});

Deno.test("wasm run() takes the fused path through a relu VAE and copies no gradient", async () => {
  const graph = graphOf({ kind: "vae", encoder: [20, 9], latent: 3 });
  const program = (await wasmEngine()).compile(graph, { capacity: 4 });
  program.run(4);
  const { calls } = program;
  equal(calls["matmul+bias+relu"], 2);
  equal(calls["matmul+reluGradient"], 2);
  equal(calls.relu, undefined);
  equal(calls.greater, undefined);
  equal(calls.copy, undefined);
});

Deno.test("wasm run() keeps a product that is read twice", async () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 3]),
    w = build.parameter("w", [3, 2]),
    b = build.parameter("b", [1, 2]);
  const product = build.matmul(x, w), logits = build.add(product, b);
  const graph = build.finish({ outputs: { product, logits, output: build.sigmoid(logits) } });
  const program = (await wasmEngine()).compile(graph, { capacity: 2 });
  program.input("x").set([1, 0, 0, 0, 1, 0]);
  program.parameters.set([1, 2, 3, 4, 5, 6, 10, 20]);
  program.run(2);
  deepEqual([...program.output("product")], [1, 2, 3, 4]);
  deepEqual([...program.output("logits")], [11, 22, 13, 24]);
  deepEqual(program.calls, { matmul: 1, add: 1, sigmoid: 1 });
});

Deno.test("wasm run() keeps a product apart that is repeated over the columns of a derivative", async () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 2]),
    w = build.parameter("w", [2, 1]),
    y = build.input("y", ["batch", 3]);
  const slope = build.subtract(build.constant(1), build.multiply(y, y));
  const graph = build.finish({ outputs: { z: build.multiply(build.matmul(x, w), slope) } });
  const program = (await wasmEngine()).compile(graph, { capacity: 2 });
  program.input("x").set([1, 2, 3, 4]);
  program.input("y").set([0, 1, 2, 3, 0, 1]);
  program.parameters.set([10, 1]);
  program.run(2);
  deepEqual([...program.output("z")], [12, 0, -36, -272, 34, 0]);
  deepEqual(program.calls, { matmul: 1, tanhGradient: 1 });
});

Deno.test("wasm run() gives the same bits from the first compiler of the platform and from the last", async () => {
  const graph = graphOf({ kind: "vae", encoder: [35, 12], latent: 3, activation: "tanh" });
  const program = (await wasmEngine()).compile(graph, { capacity: 5 });
  const fill = (view: Float32Array | Float64Array) =>
    view.forEach((_, at) => view[at] = Math.sin(at * 12.9898) / 2);
  ["target", "input", "epsilon", "inverseRows", "beta"].forEach((name) => fill(program.input(name)));
  fill(program.parameters);
  program.run(5);
  const first = program.gradients.slice();
  // Enough runs for V8 to replace its quick code by optimized code, which must fuse and round alike.
  for (let repeat = 0; repeat < 3000; repeat++) program.run(5);
  deepEqual(program.gradients, first);
});

Deno.test("wasm plan() lets no two values share a place while both are needed", () => {
  const graph = graphOf({
    kind: "vae",
    encoder: [35, 12, 11, 10],
    latent: 3,
    activation: "gelu",
    freeBits: 0.1,
  });
  const instructions = fuse(graph),
    { places, bytes } = plan(graph, instructions, { capacity: 7, rule: ADAM.rule });
  const results = instructions.flatMap((instruction, born) =>
    resultsOf(instruction).map((value) => ({ value, born }))
  );
  const blocks = results.map(({ value, born }) => {
    const reads = instructions.flatMap((each, step) =>
      operandsOf(each).map(viewed).includes(value) ? [step] : []
    );
    const isKept = [...graph.outputs.values(), ...graph.gradients].map(viewed).includes(value);
    const from = places.get(value)!, to = from + 4 * sizeOf(value.shape, 7);
    return { from, to, born, dead: isKept ? Infinity : Math.max(born, ...reads) };
  });
  for (const a of blocks) {
    ok(a.from > 0 && a.to <= bytes);
    for (const b of blocks) {
      if (a === b || a.to <= b.from || b.to <= a.from) continue;
      ok(a.dead < b.born || b.dead < a.born, `steps ${a.born} and ${b.born} overlap`);
    }
  }
  const alone = blocks.reduce((sum, { from, to }) => sum + to - from, 0);
  const spread = Math.max(...blocks.map(({ to }) => to)) - Math.min(...blocks.map(({ from }) => from));
  ok(spread < alone, "no place was used twice");
});

/** Bytes that one call leaves on the heap, once it has been compiled: the least of some measurements, as compiling waits for a free core. */
function bytesPerCall(call: () => void): number {
  for (let warm = 0; warm < 30000; warm++) call();
  const measured = Array.from({ length: 40 }, () => {
    const before = Deno.memoryUsage().heapUsed;
    for (let repeat = 0; repeat < 1000; repeat++) call();
    // A collection in between makes the difference negative: that says nothing.
    const bytes = (Deno.memoryUsage().heapUsed - before) / 1000;
    return bytes < 0 ? Infinity : bytes;
  });
  return Math.min(...measured);
}

const UPDATES = {
  "a fused kernel": ADAM,
  "a fused kernel with an average": optimizerOf({ kind: "adam" }, 0.9),
  "a rule's graph": LION,
};
for (const [path, optimizer] of Object.entries(UPDATES)) {
  Deno.test(`wasm steps with an update by ${path} allocate nothing: no object, no view, no closure`, async () => {
    const graph = graphOf({ kind: "dae", encoder: [5], latent: 2, activation: "tanh" });
    const samples = { kind: "bytes", capacity: 2, size: 5 } as const;
    const program: Program = (await wasmEngine()).compile(graph, {
      capacity: 2,
      rule: optimizer.rule,
      samples,
    });
    program.samples.fill(255);
    const scalars = optimizer.scalars({});
    const step = () => {
      program.gather("target", 0, 2);
      program.corrupt("target", "input", NOISE, KEY, 0, 2);
      program.run(2);
      program.gradientNorm();
      program.update(scalars);
    };
    const kept: unknown[] = [undefined];
    const leaky = () => {
      step();
      kept[0] = new Float32Array(program.parameters.buffer, 64, 4);
    };
    ok(bytesPerCall(step) < 16, "a step left 16 bytes or more behind");
    ok(bytesPerCall(leaky) > 32, "the measurement does not see an allocated view");
  });
}

for (const collective of [ALONE, { ...ALONE, size: 3 }]) {
  Deno.test(`wasm steps in parts allocate nothing, ${collective.size === 1 ? "alone" : "shared by three processes"}`, async () => {
    const graph = graphOf({ kind: "dae", encoder: [5], latent: 2, activation: "tanh" });
    const samples = { kind: "bytes", capacity: 5, size: 5 } as const, share = shareOf(3, collective);
    const program = (await wasmEngine()).compile(graph, {
      ...partOptions(share, 5),
      rule: ADAM.rule,
      samples,
      orderLength: 5,
    });
    program.samples.fill(255);
    const scalars = ADAM.scalars({}), signal = { aborted: false, reason: undefined };
    const shared = sharedStep(share, program, signal);
    equal(shared.signal === signal, collective.size === 1, "one process alone has its own signal");
    const fill = (start: number, rows: number, at: number) => {
      program.gather("target", start, rows, at);
      program.corrupt("target", "input", NOISE, KEY, start, rows, at);
    };
    const step = () => {
      program.run(shared.fill(0, 5, fill));
      shared.sum();
      program.update(scalars);
    };
    ok(bytesPerCall(step) < 16, "a step left 16 bytes or more behind");
  });
}

Deno.test("wasm gather() and gatherTargets() allocate nothing, scaled floats included", async () => {
  const scale = { shift: [1, 2, 3, 4, 5], divisor: [2, 2, 2, 2, 2] };
  const samples = { kind: "floats", targets: "bytes", capacity: 2, size: 5, scale } as const;
  const program = (await wasmEngine()).compile(graphOf({ kind: "dae", encoder: [5], latent: 2 }), {
    capacity: 2,
    samples,
  });
  const gather = () => {
    program.gather("input", 0, 2);
    program.gatherTargets("target", 0, 2);
  };
  ok(bytesPerCall(gather) < 16, "a batch left 16 bytes or more behind");
  const { gather: gathered, gatherTargets } = program.calls;
  ok(gathered > 0 && gathered === gatherTargets);
});

Deno.test("wasm programs of several processes have the block that they sum on memory pages of its own", async () => {
  const graph = graphOf({ kind: "dae", encoder: [5], latent: 2, activation: "tanh" });
  const PAGE = 65_536, options = { capacity: 3, rule: ADAM.rule, parts: { count: 2, processes: 2 } };
  const program = (await wasmEngine()).compile(graph, options), { numbers, hasPages } = program.summed!;
  equal(hasPages, true);
  equal(numbers.byteOffset % PAGE, 0);
  const views = [
    ...[program.parameters, program.order, program.samples, ...program.slots],
    ...[...graph.inputs.keys()].map((name) => program.input(name)),
  ];
  const last = numbers.byteOffset + Math.ceil(numbers.byteLength / PAGE) * PAGE;
  for (const { byteOffset, byteLength } of views) {
    ok(byteOffset + byteLength <= numbers.byteOffset || byteOffset >= last);
  }
});

Deno.test("wasm compile() refuses more than 4096 MB of memory", async () => {
  const build = graphBuilder();
  const x = build.input("x", ["batch", 65536]);
  const graph = build.finish({ outputs: { y: build.tanh(x) } });
  const engine = await wasmEngine();
  throws(
    () => engine.compile(graph, { capacity: 10000 }),
    {
      name: "RangeError",
      message:
        "the memory of a program must be at most 4096 MB, got 5001 MB (lower train.batchSize or load.memory)",
    },
  );
});

Deno.test("wasm programs refuse rows, samples and slots that they have no memory for", async () => {
  const graph = graphOf({ kind: "dae", encoder: [5], latent: 2 });
  const samples = { kind: "bytes", capacity: 2, size: 5 } as const;
  const program = (await wasmEngine()).compile(graph, { capacity: 3, orderLength: 4, samples });
  throws(() => program.run(4), /rows must be an integer from 1 to 3, got 4/);
  throws(() => program.run(0), /an integer from 1 to 3, got 0/);
  throws(() => program.gather("target", 2, 3), /within the order of 4, got 2 to 5/);
  throws(() => program.corrupt("target", "input", NOISE, KEY, -1, 2), /within the order of 4/);
  throws(
    () => program.gather("inverseRows", 0, 1),
    /inverseRows must have 5 columns, one for each value of a sample, got 1/,
  );
  throws(
    () => program.update(ADAM.scalars({})),
    /needs a program that was compiled with an update rule, got none/,
  );
});
