// n = parts, C = columns, P = all parameters together, S = outputs of one number.

/**
 * Runs in parts by a program that knows none: it computes one part after the other, and plain loops add up what they gave. For the engines
 * that serve as a reference; the others divide runs themselves.
 *
 * @module
 */
import { receivedLength } from "../../core/collective.ts";
import { rowsOfPart, treeSums } from "../../core/parts.ts";
import { type Graph, isBatch, sizeOf, type Value } from "../../graph/graph.ts";
import type { Floats, Program, ProgramOptions, SummedParts } from "../engine.ts";
import { summedOutputs } from "./summed_outputs.ts";

/** Compiles a graph for runs in parts; `compile` does it for runs in one piece. */
export function inParts(
  compile: (graph: Graph, options: ProgramOptions) => Program,
  graph: Graph,
  { parts, capacity, ...options }: ProgramOptions & Required<Pick<ProgramOptions, "parts">>,
): Program {
  const { count } = parts, scalars = summedOutputs(graph);
  // Its inputs hold the rows of all parts; it runs those at their beginning.
  const program = compile(graph, { ...options, capacity: count * capacity });
  const floats = (length: number): Floats =>
    program.parameters instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  const total = program.gradients.length, length = total + scalars.length + 1;
  const blocks = Array.from({ length: count }, () => floats(length)), [summed] = blocks;
  const rowOutputs = batchMaps(graph.outputs, count * capacity, (_, size) => floats(size));
  const outputs = new Map<string, Floats>(rowOutputs);
  scalars.forEach((names, at) => {
    names.forEach((name) => outputs.set(name, summed.subarray(total + at, total + at + 1)));
  });
  const inputs = [
    ...batchMaps(graph.inputs, capacity, (name, size) => ({ data: program.input(name), size })).values(),
  ];
  const additions = treeSums(count), flag = summed.subarray(length - 1);
  const gradients = summed.subarray(0, total);

  /** The program with the summed gradients as its own. */
  function withSum(): Program {
    program.gradients.set(gradients);
    return program;
  }
  function runPart(part: number, rows: number): void {
    const block = blocks[part];
    block.fill(0, 0, length - 1);
    if (rows === 0) return;
    for (const { data, size } of inputs) data.copyWithin(0, part * size, (part + 1) * size);
    program.run(rows);
    block.set(program.gradients);
    scalars.forEach(([name], at) => block[total + at] = program.output(name)[0]);
    for (const [name, data] of rowOutputs) {
      const size = sizeOf(graph.outputs.get(name)!.shape, 1);
      data.set(program.output(name).subarray(0, rows * size), part * capacity * size);
    }
  }
  return {
    ...program,
    get calls() {
      return program.calls;
    },
    gradients,
    partRows: capacity,
    summed: receiver(summed, flag, parts.processes),
    output: (name) => outputs.get(name) ?? program.output(name),
    run(rows) {
      const firsts = inputs.map(({ data, size }) => data.slice(0, size));
      for (let part = 0; part < count; part++) runPart(part, rowsOfPart(rows, count, part));
      inputs.forEach(({ data }, at) => data.set(firsts[at]));
      for (const { to, from } of additions) add(blocks[to], blocks[from], length - 1);
    },
    gradientNorm: () => withSum().gradientNorm(),
    update: (scalars) => withSum().update(scalars),
  };
}

/** Adds the first numbers of one block to those of another. */
function add(to: Floats, from: Floats, count: number): void {
  for (let at = 0; at < count; at++) to[at] += from[at];
}

/** What stands for each value with a row per sample, given its name and how many numbers it has for these rows. */
function batchMaps<Made>(
  values: ReadonlyMap<string, Value>,
  rows: number,
  make: (name: string, size: number) => Made,
): Map<string, Made> {
  const batches = [...values].filter(([, { shape }]) => isBatch(shape[0]));
  return new Map(batches.map(([name, { shape }]) => [name, make(name, sizeOf(shape, rows))]));
}

/** The block as other processes add to it; `undefined` in double precision, in which nothing is sent. */
function receiver(numbers: Floats, flag: Floats, processes: number): SummedParts | undefined {
  if (!(numbers instanceof Float32Array && flag instanceof Float32Array)) return undefined;
  const received = new Float32Array(receivedLength(numbers.length, processes));
  return {
    numbers,
    flag,
    received,
    add(to, from, count) {
      for (let at = 0; at < count; at++) received[to + at] += received[from + at];
    },
  };
}
