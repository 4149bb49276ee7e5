// N = rows of the batch, I = inner dimension, every block row-major; a, b, x = operands, y = result.

/**
 * The reference engine: each primitive as the simplest loop that computes it, in single or
 * double precision. It is the reference for all other engines and is never deleted.
 *
 * @module
 */
import { compiledImages } from "./compiled_images.ts";
import { compiledRule } from "./compiled_rule.ts";
import { referenceUpdate } from "./reference_update.ts";
import type { Engine, Floats, Program, ProgramOptions } from "./engine.ts";
import { find } from "./find.ts";
import { LOOPS } from "../graph/loops.js";
import { type Graph, parameterCount, sizeOf, type Value, viewed } from "../graph/graph.ts";
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

function compile(graph: Graph, options: ProgramOptions, precision: "f32" | "f64"): Program {
  const { capacity, rule, images, orderLength = capacity } = options;
  const allocate = (length: number): Floats =>
    precision === "f32" ? new Float32Array(length) : new Float64Array(length);
  const count = parameterCount(graph);
  const parameters = allocate(count);
  const gradients = allocate(graph.gradients.length === 0 ? 0 : count);
  const blocks = Array.from({ length: rule?.slots ?? 0 }, () => allocate(count));
  const order = Uint32Array.from({ length: orderLength }, (_, row) => row);
  const calls: Record<string, number> = {};
  let change: ((scalars: ArrayLike<number>) => void) | undefined;
  const memory = new Uint8Array(images === undefined ? 0 : images.count * images.pixels);

  const cells: Cell[] = graph.values.map((value) => ({
    value,
    data: allocate(value.operation.kind === "reshape" ? 0 : sizeOf(value.shape, capacity)),
  }));
  let offset = 0;
  graph.parameters.forEach((parameter) => {
    const data = parameters.subarray(offset, offset += sizeOf(parameter.shape, 1));
    cells[parameter.id] = { value: parameter, data };
  });
  for (const value of graph.values) {
    if (value.operation.kind === "reshape") cells[value.id] = { value, data: cells[viewed(value).id].data };
  }
  const inputs = new Map([...graph.inputs].map(([name, value]) => [name, cells[value.id]]));
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, cells[value.id]]));
  const countCall = (kernel: string) => calls[kernel] = (calls[kernel] ?? 0) + 1;
  const columns = (input: string) => find(inputs, "input", input).value.shape[1] as number;
  const data = (input: string) => find(inputs, "input", input).data;

  return {
    parameters,
    gradients,
    slots: blocks,
    images: memory,
    order,
    calls,
    bytes: cells.reduce(
      (bytes, cell) => bytes + cell.data.byteLength,
      gradients.byteLength * (1 + blocks.length),
    ),
    input: data,
    output: (name) => find(outputs, "output", name).data,
    gather(input, start, rows) {
      const { pixels } = compiledImages(options);
      gatherRows(data(input), { bytes: memory, pixels }, order, start, rows);
    },
    corrupt: (from, to, corruption, key, start, rows) =>
      corruptRows(data(from), data(to), columns(to), corruption, key, order, start, rows),
    drawNormal: (input, key, start, rows) =>
      drawNormalRows(data(input), columns(input), key, order, start, rows),
    run(rows) {
      for (const { value, data } of cells) {
        const { kind } = value.operation;
        if (kind === "input" || kind === "parameter" || kind === "reshape") continue;
        LOOPS[kind](value, data, value.operands.map((operand) => cells[operand.id].data), rows);
        countCall(kind);
      }
      let place = 0;
      graph.gradients.forEach(({ id, shape }) => {
        const size = sizeOf(shape, 1);
        gradients.set(cells[id].data.subarray(0, size), place);
        place += size;
      });
    },
    gradientNorm: () => norm(gradients),
    update(scalars) {
      change ??= referenceUpdate(referenceEngine("f64"), compiledRule(options), {
        parameters,
        gradients,
        slots: blocks,
      });
      change(scalars);
    },
    dispose() {},
  };
}
