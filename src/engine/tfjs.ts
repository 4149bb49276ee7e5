// N = rows of the batch, C = columns, P = all parameters together.

/**
 * The engine of TensorFlow.js: the forward graph in its operations, with its own gradients instead of the graph's. It shares no
 * arithmetic with the other engines, so it serves tests as an independent reference. Its packages are loaded only when it is used.
 *
 * @module
 */
import { importPackage } from "../core/import_package.ts";
import type * as tfjs from "@tensorflow/tfjs-core";
import {
  extentOf,
  type Graph,
  nameOf,
  parameterCount,
  type Shape,
  sizeOf,
  type Value,
} from "../graph/graph.ts";
import { allocateSamples, compiledSamples } from "./compiled_samples.ts";
import { compiledRule } from "./compiled_rule.ts";
import type { Engine, Program, ProgramOptions } from "./engine.ts";
import { find } from "./find.ts";
import { inParts } from "./parts/in_parts.ts";
import { UPDATE, updateBlocks, type UpdateRule } from "./update_rule.ts";
import { corruptRows, drawNormalRows, gatherRows, norm } from "./reference_steps.ts";
import { computeValue } from "./tfjs/operations.ts";
import { type Mirror, planOf, type TfjsPlan } from "./tfjs/plan.ts";

type Tf = typeof tfjs;
type TfjsTensor = tfjs.Tensor2D;

/**
 * Loads TensorFlow.js with its CPU backend, which is written in JavaScript: portable and slow.
 *
 * A graph with gradients must have an output named `loss`: TensorFlow.js differentiates that, and the gradient values of the graph
 * are left out.
 */
export async function tfjsEngine(): Promise<Engine> {
  const tf = await importPackage<Tf>("npm:@tensorflow/tfjs-core@4.22.0");
  // The core's build for this platform has no gradients; the layers package registers them.
  await importPackage("npm:@tensorflow/tfjs-layers@4.22.0");
  await importPackage("npm:@tensorflow/tfjs-backend-cpu@4.22.0");
  await tf.setBackend("cpu");
  await tf.ready();
  // The backend logs an advertisement for another package at its first use.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  return { name: "tfjs", precision: "f32", compile: (graph, options) => compile(tf, graph, options) };
}

function compile(tf: Tf, graph: Graph, options: ProgramOptions): Program {
  const { parts } = options;
  if (parts !== undefined) {
    return inParts((graph, options) => compile(tf, graph, options), graph, { ...options, parts });
  }
  const { capacity, rule, orderLength = capacity } = options;
  const count = parameterCount(graph);
  const parameters = new Float32Array(count);
  const gradients = new Float32Array(graph.gradients.length === 0 ? 0 : count);
  const blocks = Array.from({ length: rule?.slots ?? 0 }, () => new Float32Array(count));
  const order = Uint32Array.from({ length: orderLength }, (_, row) => row);
  const held = allocateSamples(options);
  const plan = planOf(graph, capacity, parameters, gradients);
  const input = (name: string) => find(plan.inputs, "input", name);
  const columns = (name: string) => input(name).value.shape[1] as number;
  const rowsFrom = (name: string, at: number) => input(name).data.subarray(at * columns(name));
  const gather = (part: "samples" | "targets", name: string, start: number, rows: number, at: number) => {
    const samples = compiledSamples(options, part, name, columns(name));
    gatherRows(rowsFrom(name, at), held[part], samples, order, start, rows);
  };
  const mirrors = [...plan.inputs.values(), ...plan.outputs.values()].map(({ data }) => data);
  return {
    parameters,
    gradients,
    slots: blocks,
    ...held,
    order,
    calls: plan.calls,
    partRows: capacity,
    bytes: [parameters, gradients, order, ...blocks, ...mirrors].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    ),
    input: (name) => input(name).data,
    output: (name) => find(plan.outputs, "output", name).data,
    gather: (name, start, rows, at = 0) => gather("samples", name, start, rows, at),
    gatherTargets: (name, start, rows, at = 0) => gather("targets", name, start, rows, at),
    corrupt: (from, to, corruption, key, start, rows, at = 0) =>
      corruptRows(rowsFrom(from, at), rowsFrom(to, at), columns(to), corruption, key, order, start, rows),
    drawNormal: (name, key, start, rows, at = 0) =>
      drawNormalRows(rowsFrom(name, at), columns(name), key, order, start, rows),
    run: (rows) => tf.tidy(() => run(tf, plan, rows)),
    gradientNorm: () => norm(gradients),
    update: (scalars) =>
      tf.tidy(() => update(tf, compiledRule(options), { parameters, gradients, slots: blocks }, scalars)),
    dispose() {},
  };
}

/** One run: uploads, computes forward, reads the outputs, and lets TensorFlow.js compute the gradients. */
function run(tf: Tf, plan: TfjsPlan, rows: number): void {
  const parameters = plan.parameters.map((mirror) => upload(tf, mirror, rows));
  const { loss } = plan;
  if (loss === undefined || loss.by.length === 0) {
    forward(tf, plan, parameters, rows);
    plan.gradients.forEach((gradient) => gradient.fill(0));
    return;
  }
  const backward = tf.grads((...changed) => {
    const all = [...parameters];
    loss.by.forEach((at, position) => all[at] = changed[position] as TfjsTensor);
    return forward(tf, plan, all, rows).get(loss.value)!;
  });
  const derivatives = backward(loss.by.map((at) => parameters[at]));
  plan.calls.gradients = (plan.calls.gradients ?? 0) + 1;
  plan.gradients.forEach((gradient) => gradient.fill(0));
  loss.by.forEach((at, position) => plan.gradients[at].set(derivatives[position].dataSync()));
}

/** Computes all values that the outputs need and copies the outputs to their mirrors. */
function forward(
  tf: Tf,
  plan: TfjsPlan,
  parameters: readonly TfjsTensor[],
  rows: number,
): Map<Value, TfjsTensor> {
  const tensors = new Map<Value, TfjsTensor>();
  plan.parameters.forEach(({ value }, at) => tensors.set(value, parameters[at]));
  for (const value of plan.values) {
    const { kind } = value.operation;
    if (kind === "parameter") continue;
    if (kind === "input") {
      tensors.set(value, upload(tf, plan.inputs.get(nameOf(value))!, rows));
      continue;
    }
    const operands = value.operands.map((operand) => tensors.get(operand)!);
    tensors.set(value, computeValue(tf, value.operation, operands, sizes(value.shape, rows)));
    plan.calls[kind] = (plan.calls[kind] ?? 0) + 1;
  }
  for (const { value, data } of plan.outputs.values()) data.set(tensors.get(value)!.dataSync());
  return tensors;
}

function upload(tf: Tf, { value, data }: Mirror, rows: number): TfjsTensor {
  return tf.tensor2d(data.subarray(0, sizeOf(value.shape, rows)), sizes(value.shape, rows));
}

function sizes(shape: Shape, rows: number): [number, number] {
  return shape.map((dimension) => extentOf(dimension, rows)) as [number, number];
}

/** One update of all parameters at once, by the rule's graph in TensorFlow.js's operations. */
function update(
  tf: Tf,
  { graph }: UpdateRule,
  updated: Pick<Program, "parameters" | "gradients" | "slots">,
  scalars: ArrayLike<number>,
): void {
  const blocks = updateBlocks(updated);
  const tensors = new Map<Value, TfjsTensor>();
  for (let at = 0; at < scalars.length; at++) {
    const value = graph.inputs.get(UPDATE.scalar(at));
    if (value !== undefined) tensors.set(value, tf.tensor2d([scalars[at]], [1, 1]));
  }
  for (const value of graph.values) {
    if (tensors.has(value)) continue;
    const { operation } = value;
    if (operation.kind === "parameter") continue;
    const shape = sizes(value.shape, updated.parameters.length);
    tensors.set(
      value,
      operation.kind === "input"
        ? tf.tensor2d(Float32Array.from(blocks.get(operation.name)!), shape)
        : computeValue(tf, operation, value.operands.map((operand) => tensors.get(operand)!), shape),
    );
  }
  for (const [name, value] of graph.outputs) blocks.get(name)!.set(tensors.get(value)!.dataSync());
}
