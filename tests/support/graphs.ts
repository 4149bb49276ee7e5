/** Small graphs around one computation, with data for them. @module */
import type { Engine, Program, ProgramOptions } from "../../src/engine/engine.ts";
import { type GraphBuilder, graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import {
  type Graph,
  isBatch,
  type ShapeInput,
  shapeOf,
  shapeText,
  sizeOf,
  type Value,
} from "../../src/graph/graph.ts";
import { NAMES } from "../../src/models/graphs.ts";
import { normalNumbers } from "./numbers.ts";

/** A graph with the outputs `y` (the tested value) and `loss`, and the gradients of the loss. */
export interface Case {
  /** The computation as text: `add [batch, 35] [1, 35]`. */
  readonly label: string;
  readonly graph: Graph;
}

/** Makes a value of a shape that the loss can be differentiated by. */
export type MakeOperand = (shape: ShapeInput) => Value;

/**
 * The graph of one computation. A fixed shape becomes a parameter; a batch becomes an input times a row of parameters, so that a
 * gradient flows through it; the loss weighs each element of the result differently, so that no two can be mistaken.
 */
export function caseOf(label: string, compute: (build: GraphBuilder, operand: MakeOperand) => Value): Case {
  const build = graphBuilder();
  let made = 0;
  const y = compute(build, (shape) => {
    const name = `operand${made++}`;
    if (!isBatch(shapeOf(shape)[0])) return build.parameter(name, shape);
    return build.multiply(build.input(name, shape), build.parameter(`${name}.scale`, [1, shape[1]]));
  });
  const loss = build.sumAll(build.multiply(y, build.input("weights", y.shape)));
  return {
    label: `${label} -> ${shapeText(y.shape)}`,
    graph: build.finish({ outputs: { y, loss }, gradients: gradients(build, loss, build.parameters) }),
  };
}

/** Compiles a graph and fills its inputs and parameters with normal numbers that depend on the seed alone. */
export function compileFilled(engine: Engine, graph: Graph, options: ProgramOptions, seed = 1): Program {
  const program = engine.compile(graph, options);
  program.parameters.set(normalNumbers(program.parameters.length, seed));
  let position = 0;
  for (const [name, { shape }] of graph.inputs) {
    const numbers = normalNumbers(sizeOf(shape, options.capacity), seed + 1000 + position++);
    // Weights of a mixture are positive.
    program.input(name).set(
      name === NAMES.pairWeights ? numbers.map((value) => 0.1 + Math.abs(value)) : numbers,
    );
  }
  return program;
}

/** An output's rows of a run with `rows` rows, copied. */
export function outputOf(program: Program, graph: Graph, name: string, rows: number): Float64Array {
  return Float64Array.from(program.output(name).subarray(0, sizeOf(graph.outputs.get(name)!.shape, rows)));
}
