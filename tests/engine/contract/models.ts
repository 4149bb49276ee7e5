/** Contract: whole models - outputs, losses and all gradients - against double precision. @module */
import { ok } from "node:assert/strict";
import type { Engine, Program } from "../../../src/engine/engine.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { evaluationGraph, NAMES } from "../../../src/models/graphs.ts";
import { lossGraph, trainingGraph } from "../../../src/models/loss_graphs.ts";
import { initialParameters } from "../../../src/models/initial.ts";
import type { ModelSpec } from "../../../src/models/spec.ts";
import { assertClose } from "../../support/close.ts";
import { outputOf } from "../../support/graphs.ts";
import { MODELS } from "../../support/models.ts";
import { normalNumbers, uniformNumbers } from "../../support/numbers.ts";
import { standard, type Subject } from "./subject.ts";

const CAPACITY = 7;
const BATCHES = [7, 1, 3];

/** Registers the tests. */
export function modelsContract(subject: Subject): void {
  for (const [name, model] of Object.entries(MODELS)) {
    Deno.test(`${subject.name} run() gives the losses, gradients and outputs of the ${name}`, async () => {
      const engine = await subject.engine(), paired = model.kind === "dae";
      for (const build of [trainingGraph, lossGraph]) {
        compare(subject, engine, model, build(model, { paired }));
      }
      compare(subject, engine, model, evaluationGraph(model));
    });
  }
}

function compare(subject: Subject, engine: Engine, model: ModelSpec, graph: Graph): void {
  const program = prepare(engine, model, graph), expected = prepare(standard, model, graph);
  for (const rows of BATCHES) {
    for (const each of [program, expected]) {
      if (graph.inputs.has(NAMES.inverseRows)) each.input(NAMES.inverseRows)[0] = 1 / rows;
      each.run(rows);
    }
    for (const name of graph.outputs.keys()) {
      assertClose(
        outputOf(program, graph, name, rows),
        outputOf(expected, graph, name, rows),
        subject.tolerances.forward,
        `${name}, ${rows} rows`,
      );
    }
    assertClose(
      program.gradients,
      expected.gradients,
      subject.tolerances.gradient,
      `gradients, ${rows} rows`,
    );
  }
  ok(graph.gradients.length === 0 || expected.gradients.some((gradient) => gradient !== 0));
  program.dispose();
}

/** A model with random weights and biases (biases of 0 would hide a bias that is left out) on random data. */
function prepare(engine: Engine, model: ModelSpec, graph: Graph): Program {
  const program = engine.compile(graph, { capacity: CAPACITY });
  const weights = initialParameters(model, 5), shifts = normalNumbers(weights.length, 6, 0.2);
  program.parameters.set(weights.map((weight, at) => Math.fround(weight + shifts[at])));
  const fill = (name: string, numbers: (length: number) => Float32Array) => {
    if (graph.inputs.has(name)) program.input(name).set(numbers(program.input(name).length));
  };
  fill(NAMES.target, (length) => uniformNumbers(length, 7));
  fill(NAMES.input, (length) => normalNumbers(length, 8));
  fill(NAMES.condition, (length) => Float32Array.from({ length }, (_, at) => at % 4 === 0 ? 1 : 0));
  fill(NAMES.pairWeights, (length) => uniformNumbers(length, 10).map((weight) => 0.1 + weight));
  fill(NAMES.epsilon, (length) => normalNumbers(length, 9));
  fill(NAMES.beta, () => Float32Array.of(model.kind === "vae" ? model.beta : 1));
  return program;
}
