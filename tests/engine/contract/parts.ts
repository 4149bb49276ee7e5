/** Contract: runs in parts give the sums of a run in one piece, and the same bits no matter who computes the parts. @module */
import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import { rowsBeforePart, rowsOfPart } from "../../../src/core/parts.ts";
import type { Corruption, Engine, Program } from "../../../src/engine/engine.ts";
import { graphBuilder } from "../../../src/graph/builder.ts";
import { type Graph, isBatch, sizeOf } from "../../../src/graph/graph.ts";
import { isDivisible } from "../../../src/graph/parts.ts";
import { NAMES } from "../../../src/models/graphs.ts";
import { trainingGraph } from "../../../src/models/loss_graphs.ts";
import { assertClose } from "../../support/close.ts";
import { compileFilled } from "../../support/graphs.ts";
import { MODELS } from "../../support/models.ts";
import { standard, type Subject } from "./subject.ts";

const ROWS = 7, PARTS = 4, COLUMNS = 35;

/** One of each kind. */
const CORRUPTIONS: readonly Corruption[] = [
  { kind: "gaussian", std: 0.2, maximumStd: 0.6 },
  { kind: "saltAndPepper", share: 0.3 },
  { kind: "masking", share: 0.3 },
  { kind: "flips", share: 0.3 },
  { kind: "bernoulli" },
];

/** A graph of three inputs with rows. */
function pairGraph(): Graph {
  const build = graphBuilder(), input = (name: string) => build.input(name, ["batch", COLUMNS]);
  const sum = build.add(input("x"), build.add(input("y"), input("z")));
  return build.finish({ outputs: { loss: build.sumAll(sum) }, gradients: [] });
}

/** Registers the tests. */
export function partsContract(subject: Subject): void {
  for (const [name, model] of Object.entries(MODELS)) {
    const graph = trainingGraph(model, { paired: true });
    if (!isDivisible(graph)) continue;
    Deno.test(`${subject.name} run() in parts gives the sums of the ${name}, in the bits of programs that share them`, async () => {
      const engine = await subject.engine(), whole = wholeOf(graph);
      const all = inParts(engine, graph, { count: PARTS, first: 0, rows: ROWS }, whole);
      const halves = [0, 2].map((first) => inParts(engine, graph, { count: 2, first, rows: ROWS }, whole));
      compare(subject, graph, all, whole);
      const [one, two] = halves.map(({ gradients }) => gradients);
      const sum = Float32Array.from(one, (number, at) => number + two[at]);
      deepEqual(Float32Array.from(all.gradients), sum);
      [all, ...halves].forEach((program) => program.dispose());
    });
  }

  Deno.test(`${subject.name} draws and gathers the rows of parts in the bits of a batch in one piece`, async () => {
    const engine = await subject.engine(), graph = pairGraph();
    const samples = { capacity: ROWS, size: COLUMNS, kind: "bytes", targets: "floats" } as const;
    const whole = engine.compile(graph, { capacity: ROWS, samples });
    const parts = engine.compile(graph, {
      capacity: rowsOfPart(ROWS, PARTS, 0),
      parts: { count: PARTS, processes: 1 },
      samples,
      orderLength: ROWS,
    });
    for (const each of [whole, parts]) {
      each.samples.forEach((_, at) => each.samples[at] = 37 * at % 256);
      each.targets.forEach((_, at) => each.targets[at] = at / 300);
      each.order.forEach((_, at) => each.order[at] = (3 * at + 2) % ROWS);
    }
    const key = { seed: 5, stream: "noise", epoch: 2 } as const;
    const same = (
      name: string,
      fill: (program: Program, start: number, rows: number, at: number) => void,
    ) => {
      fill(whole, 0, ROWS, 0);
      for (let part = 0; part < PARTS; part++) {
        const start = rowsBeforePart(ROWS, PARTS, part), rows = rowsOfPart(ROWS, PARTS, part);
        fill(parts, start, rows, part * parts.partRows);
        const at = part * parts.partRows * COLUMNS;
        deepEqual(
          parts.input(name).slice(at, at + rows * COLUMNS),
          whole.input(name).slice(start * COLUMNS, (start + rows) * COLUMNS),
        );
      }
    };
    same("x", (program, start, rows, at) => program.gather("x", start, rows, at));
    same("y", (program, start, rows, at) => program.gatherTargets("y", start, rows, at));
    same("z", (program, start, rows, at) => program.drawNormal("z", key, start, rows, at));
    for (const corruption of CORRUPTIONS) {
      same("z", (program, start, rows, at) => {
        program.gather("x", start, rows, at);
        program.corrupt("x", "z", corruption, key, start, rows, at);
      });
    }
    [whole, parts].forEach((program) => program.dispose());
  });

  Deno.test(`${subject.name} run() in parts without rows gives zeros, and leaves the flag`, async () => {
    const graph = trainingGraph(MODELS["ae of tanh, mse"], { paired: true }), whole = wholeOf(graph);
    const program = inParts(await subject.engine(), graph, { count: 2, first: 0, rows: 4 }, whole);
    ok(program.gradients.some((gradient) => gradient !== 0));
    program.summed!.flag[0] = 3;
    program.run(0);
    deepEqual(Float32Array.from(program.gradients), new Float32Array(program.gradients.length));
    deepEqual([program.output("loss")[0], program.summed!.flag[0]], [0, 3]);
    program.dispose();
  });
}

/** The reference program of a whole batch, with random numbers. */
function wholeOf(graph: Graph): Program {
  const program = compileFilled(standard, graph, { capacity: ROWS });
  program.parameters.forEach((number, at) => program.parameters[at] = Math.fround(number / 4));
  for (const name of graph.inputs.keys()) {
    const input = program.input(name);
    input.forEach((number, at) =>
      input[at] = name === NAMES.condition ? Number(at % 3 === 0) : Math.abs(number) / 2
    );
  }
  program.input(NAMES.inverseRows)[0] = 1 / ROWS;
  program.run(ROWS);
  return program;
}

/** Runs `count` of the parts from part `first` on; of `rows` rows, as many as all parts have. */
function inParts(
  engine: Engine,
  graph: Graph,
  { count, first, rows }: { count: number; first: number; rows: number },
  whole: Program,
): Program {
  const capacity = rowsOfPart(rows, PARTS, 0);
  const program = engine.compile(graph, { capacity, parts: { count, processes: 1 } });
  program.parameters.set(whole.parameters);
  for (const [name, { shape }] of graph.inputs) {
    const from = whole.input(name), to = program.input(name), size = sizeOf(shape, 1);
    if (!isBatch(shape[0])) {
      to.set(from.subarray(0, size));
      continue;
    }
    to.fill(NaN);
    for (let part = 0; part < count; part++) {
      const start = rowsBeforePart(rows, PARTS, first + part), own = rowsOfPart(rows, PARTS, first + part);
      to.set(from.subarray(start * size, (start + own) * size), part * program.partRows * size);
    }
  }
  program.run(rowsBeforePart(rows, PARTS, first + count) - rowsBeforePart(rows, PARTS, first));
  return program;
}

/** Compares all that is summed, and outputs with rows in the places of their parts. */
function compare({ tolerances }: Subject, graph: Graph, program: Program, whole: Program): void {
  for (const [name, { shape }] of graph.outputs) {
    // No sum over parts.
    if (name === "perplexity") continue;
    const size = sizeOf(shape, 1), expected = whole.output(name), actual = program.output(name);
    if (!isBatch(shape[0])) {
      assertClose(actual.subarray(0, 1), expected.subarray(0, 1), tolerances.forward, name);
      continue;
    }
    for (let part = 0; part < PARTS; part++) {
      const at = rowsBeforePart(ROWS, PARTS, part), rows = rowsOfPart(ROWS, PARTS, part);
      const start = part * program.partRows * size;
      assertClose(
        actual.subarray(start, start + rows * size),
        expected.subarray(at * size, (at + rows) * size),
        tolerances.forward,
        `${name}, part ${part}`,
      );
    }
  }
  assertClose(program.gradients, whole.gradients, tolerances.gradient, "gradients");
}
