/** Groups of elementwise operations: the same bits as one kernel after the other, no memory for what only the group reads. @module */
import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { wasmEngine } from "../../src/engine/wasm.ts";
import { fuse } from "../../src/engine/wasm/fuse.ts";
import {
  type GroupInstruction,
  nameOfKernel,
  operandsOf,
  resultsOf,
} from "../../src/engine/wasm/instructions.ts";
import { type GraphBuilder, graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import { type Graph, type Value, viewed } from "../../src/graph/graph.ts";
import { ACTIVATIONS } from "../../src/models/activations.ts";

/** Every elementwise operation, of two values. */
const OPERATIONS: Readonly<Record<string, (build: GraphBuilder, a: Value, b: Value) => Value>> = {
  add: (build, a, b) => build.add(a, b),
  subtract: (build, a, b) => build.subtract(a, b),
  multiply: (build, a, b) => build.multiply(a, b),
  divide: (build, a, b) => build.divide(a, b),
  greater: (build, a, b) => build.greater(a, b),
  tanh: (build, a) => build.tanh(a),
  sigmoid: (build, a) => build.sigmoid(a),
  exp: (build, a) => build.exp(a),
  log: (build, a) => build.log(a),
  sqrt: (build, a) => build.sqrt(a),
  softplus: (build, a) => build.softplus(a),
  relu: (build, a) => build.relu(a),
  leakyRelu: (build, a) => build.relu(a, 0.01),
  tanhGradient: (build, a, b) => build.multiply(a, build.subtract(build.constant(1), build.multiply(b, b))),
  sigmoidGradient: (build, a, b) => build.multiply(a, build.subtract(b, build.multiply(b, b))),
  reluGradient: (build, a, b) => build.multiply(a, build.greater(b, build.constant(0))),
  byConstant: (build, a) => build.multiply(build.constant(0.7), a),
};

/** What a step computes: an operation of two earlier values. */
interface Step {
  readonly name: string;
  readonly a: number;
  readonly b: number;
}

const steps = fc.array(
  fc.record({ name: fc.constantFrom(...Object.keys(OPERATIONS)), a: fc.nat(20), b: fc.nat(20) }),
  { minLength: 2, maxLength: 12 },
);

const inputsOf = (build: GraphBuilder, columns: number) =>
  ["x", "y"].map((name) => build.input(name, ["batch", columns]));

/** All results of the steps, computed together or by a program of its own each. */
async function computed(
  list: readonly Step[],
  numbers: readonly Float32Array[],
  columns: number,
  together: boolean,
): Promise<Float32Array[]> {
  const engine = await wasmEngine(), results = [...numbers], rows = numbers[0].length / columns;
  const run = (graph: Graph, x: Float32Array, y: Float32Array) => {
    const program = engine.compile(graph, { capacity: rows });
    if (graph.inputs.has("x")) program.input("x").set(x);
    if (graph.inputs.has("y")) program.input("y").set(y);
    program.run(rows);
    const made = [...graph.outputs.keys()].map((name) => Float32Array.from(program.output(name)));
    program.dispose();
    return made;
  };
  if (together) {
    const build = graphBuilder(), values = inputsOf(build, columns);
    list.forEach(({ name, a, b }) =>
      values.push(OPERATIONS[name](build, values[a % values.length], values[b % values.length]))
    );
    const outputs = Object.fromEntries(values.slice(2).map((value, at) => [String(at), value]));
    return run(build.finish({ outputs }), numbers[0], numbers[1]);
  }
  for (const { name, a, b } of list) {
    const build = graphBuilder(), [x, y] = inputsOf(build, columns);
    const graph = build.finish({ outputs: { result: OPERATIONS[name](build, x, y) } });
    results.push(...run(graph, results[a % results.length], results[b % results.length]));
  }
  return results.slice(2);
}

const bits = (values: readonly Float32Array[]) =>
  values.map((each) => [...new Uint32Array(each.buffer, each.byteOffset, each.length)]);

/** NaNs may differ in their payload. */
const withOneNaN = (values: readonly Float32Array[]) =>
  values.map((each) => each.map((number) => Number.isNaN(number) ? NaN : number));

Deno.test("wasm groups compute the same bits as one program for each operation, whatever is combined", async () => {
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 7 }),
      async (list, rows, columns) => {
        const numbers = [1, 2].map((seed) =>
          Float32Array.from({ length: rows * columns }, (_, at) => 3 * Math.sin(seed * 12.9898 * (at + 1)))
        );
        const [grouped, single] = [
          await computed(list, numbers, columns, true),
          await computed(list, numbers, columns, false),
        ];
        deepEqual(bits(withOneNaN(grouped)), bits(withOneNaN(single)));
      },
    ),
    { numRuns: 60 },
  );
});

/** A layer, its activation and their gradients by the weights. */
function layerGraph(activation: keyof typeof ACTIVATIONS): Graph {
  const build = graphBuilder(), x = build.input("x", ["batch", 8]);
  const w = build.parameter("w", [8, 8]), v = build.parameter("v", [8, 8]);
  const hidden = ACTIVATIONS[activation].apply(build, build.matmul(x, w));
  const loss = build.sumAll(build.multiply(build.matmul(hidden, v), build.constant(0.5)));
  return build.finish({ outputs: { loss }, gradients: gradients(build, loss, [w, v]) });
}

const groupsOf = (graph: Graph) =>
  fuse(graph).filter((instruction): instruction is GroupInstruction => instruction.kind === "group");

Deno.test("fuse() makes one group of gelu and one of its derivative, which share x and the tangent alone", () => {
  const [forward, backward, ...others] = groupsOf(layerGraph("gelu"));
  equal(others.length, 0);
  equal(nameOfKernel(forward), "multiply+add+tanh");
  deepEqual(forward.results.map(({ operation: { kind } }) => kind), ["tanh", "multiply"]);
  equal(backward.results.length, 1);
  const own = new Set(backward.steps.map(({ value }) => value));
  const tanh = forward.results[0];
  ok(!own.has(tanh), "the tangent must be kept, as computing it again is not cheap");
  ok(backward.steps.some(({ value }) => forward.steps.some((step) => step.value === value)));
});

Deno.test("fuse() leaves an operation by itself where nothing can be computed with it", () => {
  const build = graphBuilder(), x = build.input("x", ["batch", 3]), y = build.input("y", ["batch", 1]);
  const wide = build.multiply(x, y), single = build.tanh(y);
  const graph = build.finish({ outputs: { sum: build.sumAll(build.add(wide, build.constant(1))), single } });
  deepEqual(fuse(graph).map(nameOfKernel), ["multiply", "tanh", "add", "sumAll"]);
});

Deno.test("wasm run() computes operations that are too many for a group one by one", async () => {
  const build = graphBuilder(), x = build.input("x", ["batch", 3]);
  let sum = x;
  for (let step = 0; step < 70; step++) sum = build.add(sum, x);
  const graph = build.finish({ outputs: { sum } });
  deepEqual(groupsOf(graph), []);
  const program = (await wasmEngine()).compile(graph, { capacity: 2 });
  program.input("x").set([1, 2, 3, -1, 0, 0.5]);
  program.run(2);
  deepEqual([...program.output("sum")], [71, 142, 213, -71, 0, 35.5]);
});

Deno.test("fuse() orders instructions so that each follows those whose results it reads", () => {
  for (const activation of ["gelu", "silu", "leakyRelu"] as const) {
    const known = new Set<Value>();
    for (const instruction of fuse(layerGraph(activation))) {
      const reads = operandsOf(instruction).map(viewed).filter(({ operands }) => operands.length > 0);
      ok(
        reads.every((value) => known.has(value)),
        `${activation}: ${nameOfKernel(instruction)} comes too early`,
      );
      resultsOf(instruction).forEach((value) => known.add(value));
    }
  }
});

Deno.test("wasm programs need less memory where activations are groups", async () => {
  const engine = await wasmEngine(), graph = layerGraph("gelu");
  const one = engine.compile(graph, { capacity: 1 }).bytes,
    many = engine.compile(graph, { capacity: 1001 }).bytes;
  // x, the hidden layer before and behind gelu, the tangent, the output and its gradient, and that of the hidden layer: not each step.
  ok((many - one) / (4 * 8 * 1000) <= 7, `${(many - one) / (4 * 8 * 1000)} values for each sample`);
});
