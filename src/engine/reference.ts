// N = rows of the batch, I = inner dimension, every block row-major; a, b, x = operands, y = result.

/**
 * The reference engine: each primitive as the simplest loop that computes it, in single or
 * double precision. It is the reference for all other engines and is never deleted.
 *
 * @module
 */
import { allocateSamples, compiledSamples } from "./compiled_samples.ts";
import { compiledRule } from "./compiled_rule.ts";
import { referenceUpdate } from "./reference_update.ts";
import type { Engine, Floats, Program, ProgramOptions } from "./engine.ts";
import { find } from "./find.ts";
import { inParts } from "./parts/in_parts.ts";
import { LOOPS } from "../graph/loops.js";
import { type Graph, isView, parameterCount, sizeOf, type Value, viewed } from "../graph/graph.ts";
import { corruptRows, drawNormalRows, gatherRows, norm } from "./reference_steps.ts";

/** An engine of plain loops over Float32Array (`f32`) or Float64Array (`f64`). */
export function referenceEngine(precision: "f32" | "f64"): Engine {
  return { name: "reference", precision, compile: (graph, options) => compile(graph, options, precision) };
}

/** One value with its memory. */
interface Cell {
  readonly value: Value;
  readonly data: Floats;
}

/** The memory of a program. */
interface Memory {
  /** The values by their id. */
  readonly cells: readonly Cell[];
  readonly parameters: Floats;
  readonly gradients: Floats;
  readonly slots: readonly Floats[];
}

function compile(graph: Graph, options: ProgramOptions, precision: "f32" | "f64"): Program {
  const { parts } = options;
  if (parts !== undefined) {
    return inParts((graph, options) => compile(graph, options, precision), graph, { ...options, parts });
  }
  const { capacity, orderLength = capacity } = options;
  const memory = allocate(graph, options, precision), { cells, parameters, gradients, slots } = memory;
  const order = Uint32Array.from({ length: orderLength }, (_, row) => row);
  const calls: Record<string, number> = {};
  const countCall = (kernel: string) => calls[kernel] = (calls[kernel] ?? 0) + 1;
  const held = allocateSamples(options);
  const inputs = new Map([...graph.inputs].map(([name, value]) => [name, cells[value.id]]));
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, cells[value.id]]));
  const columns = (input: string) => find(inputs, "input", input).value.shape[1] as number;
  const data = (input: string) => find(inputs, "input", input).data;
  const rowsFrom = (input: string, at: number) => data(input).subarray(at * columns(input));
  const gather = (part: "samples" | "targets", input: string, start: number, rows: number, at: number) => {
    const samples = compiledSamples(options, part, input, columns(input));
    gatherRows(rowsFrom(input, at), held[part], samples, order, start, rows);
  };
  let change: ((scalars: ArrayLike<number>) => void) | undefined;
  return {
    parameters,
    gradients,
    slots,
    ...held,
    order,
    calls,
    partRows: capacity,
    bytes: cells.reduce((sum, { data }) => sum + data.byteLength, gradients.byteLength * (1 + slots.length)),
    input: data,
    output: (name) => find(outputs, "output", name).data,
    gather: (input, start, rows, at = 0) => gather("samples", input, start, rows, at),
    gatherTargets: (input, start, rows, at = 0) => gather("targets", input, start, rows, at),
    corrupt: (from, to, corruption, key, start, rows, at = 0) =>
      corruptRows(rowsFrom(from, at), rowsFrom(to, at), columns(to), corruption, key, order, start, rows),
    drawNormal: (input, key, start, rows, at = 0) =>
      drawNormalRows(rowsFrom(input, at), columns(input), key, order, start, rows),
    run(rows) {
      evaluate(cells, rows, countCall);
      copyGradients(graph, memory);
    },
    gradientNorm: () => norm(gradients),
    update(scalars) {
      change ??= referenceUpdate(referenceEngine("f64"), compiledRule(options), memory);
      change(scalars);
    },
    dispose() {},
  };
}

/** Memory for each value of a graph: parameters lie one after the other, and a view has that of its source. */
function allocate(graph: Graph, { capacity, rule }: ProgramOptions, precision: "f32" | "f64"): Memory {
  const floats = (length: number): Floats =>
    precision === "f32" ? new Float32Array(length) : new Float64Array(length);
  const count = parameterCount(graph), parameters = floats(count);
  const cells: Cell[] = graph.values.map((value) => ({
    value,
    data: floats(isView(value) ? 0 : sizeOf(value.shape, capacity)),
  }));
  let offset = 0;
  for (const parameter of graph.parameters) {
    const data = parameters.subarray(offset, offset += sizeOf(parameter.shape, 1));
    cells[parameter.id] = { value: parameter, data };
  }
  for (const value of graph.values) {
    if (isView(value)) cells[value.id] = { value, data: cells[viewed(value).id].data };
  }
  return {
    cells,
    parameters,
    gradients: floats(graph.gradients.length === 0 ? 0 : count),
    slots: Array.from({ length: rule?.slots ?? 0 }, () => floats(count)),
  };
}

/** Computes all values of a graph in order, for a batch of `rows`. */
function evaluate(cells: readonly Cell[], rows: number, countCall: (kernel: string) => void): void {
  for (const { value, data } of cells) {
    const kind = value.operation.kind as keyof typeof LOOPS;
    if (!(kind in LOOPS)) continue;
    LOOPS[kind](value, data, value.operands.map((operand) => cells[operand.id].data), rows);
    countCall(kind);
  }
}

/** Copies the computed gradients side by side, in the order of the parameters. */
function copyGradients(graph: Graph, { cells, gradients }: Memory): void {
  let offset = 0;
  for (const { id, shape } of graph.gradients) {
    const size = sizeOf(shape, 1);
    gradients.set(cells[id].data.subarray(0, size), offset);
    offset += size;
  }
}
