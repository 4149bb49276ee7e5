// N = rows of the batch that diverged; every block is row-major.

/**
 * Finds where a training diverged: the first tensor with a number that is not finite.
 *
 * The search runs once, after a loss that is not finite, so it adds no cost to a step: in the parameters, in the gradients, and in the
 * values of the batch, which the reference engine computes again.
 *
 * @module
 */
import type { Floats, Program } from "../engine/engine.ts";
import { referenceEngine } from "../engine/reference.ts";
import { type Graph, isBatch, nameOf, type Shape, sizeOf, type Value } from "../graph/graph.ts";
import { rowsBeforePart, rowsOfPart } from "../core/parts.ts";
import { lossGraph } from "../models/loss_graphs.ts";
import type { ModelSpec } from "../models/spec.ts";
import { modelTensors, type Tensor } from "../models/tensors.ts";

import type { Share } from "./share.ts";

/** Where a training diverged. */
export interface Divergence {
  /** The epoch, its batch and the step of the whole training, each counted from 1. */
  readonly epoch: number;
  readonly batch: number;
  readonly step: number;
  /** The first tensor that is not finite. */
  readonly tensor: "value" | "loss" | "gradient" | "parameter";
  /** Its layer, and for a parameter or its gradient the tensor: `latent`, `encoder.0.weight`. */
  readonly name: string;
  /** The finding as text: `the first number that is not finite is in ...`. */
  readonly message: string;
}

/** The batch whose loss or update was not finite. */
export interface NonFiniteBatch extends Pick<Divergence, "epoch" | "batch" | "step"> {
  /** The training program in the state in which its loss (or a parameter) was not finite. */
  readonly program: Program;
  readonly model: ModelSpec;
  /** Whether the model has an input besides the target. */
  readonly paired: boolean;
  readonly rows: number;
  /** The parts of it that this process has computed. */
  readonly share: Share;
  /** Whether the update of the batch was done: its loss was finite, and the parameters are not. */
  readonly isUpdated: boolean;
}

/** A tensor with a number that is not finite. */
type Found = Pick<Divergence, "tensor" | "name"> & { readonly words: string };

/** Finds the first tensor that is not finite, in the order in which a step computes them. */
export function findDivergence(nonFinite: NonFiniteBatch): Divergence {
  const { program, model, epoch, batch, step, isUpdated } = nonFinite;
  const { tensor, name, words } = (isUpdated ? nonFiniteGradient(model, program.gradients) : undefined) ??
    nonFiniteParameter(model, program.parameters, isUpdated ? step : step - 1) ??
    nonFiniteValue(nonFinite) ??
    { tensor: "loss", name: "loss", words: lossWords(nonFinite.share) };
  return { epoch, batch, step, tensor, name, message: `the first number that is not finite is in ${words}` };
}

/** The last layers get their gradients first. */
function nonFiniteGradient(spec: ModelSpec, gradients: Floats): Found | undefined {
  const tensors = tensorsOf(spec, gradients);
  const found = tensors.findLast(({ data }) => firstNonFinite(data) >= 0);
  if (found === undefined) return undefined;
  const { name, data } = found;
  return { tensor: "gradient", name, words: `the gradient of ${name} (${data[firstNonFinite(data)]})` };
}

function nonFiniteParameter(spec: ModelSpec, parameters: Floats, step: number): Found | undefined {
  const tensors = tensorsOf(spec, parameters);
  const found = tensors.filter(({ data }) => firstNonFinite(data) >= 0);
  if (found.length === 0) return undefined;
  const [{ name, data }] = found;
  const others = found.length === 1 ? "" : `, and ${found.length - 1} more of ${tensors.length} tensors`;
  const value = data[firstNonFinite(data)];
  return {
    tensor: "parameter",
    name,
    words: `${name} (${value}${others}), after the update of step ${step}`,
  };
}

/** Computes the batch again with the reference engine, every value an output. */
function nonFiniteValue({ program, model, paired, rows, share }: NonFiniteBatch): Found | undefined {
  const graph = lossGraph(model, { paired, training: true });
  const outputs = new Map(graph.values.map((value) => [`${value.id}`, value]));
  const again = referenceEngine("f32").compile({ ...graph, outputs }, { capacity: rows });
  again.parameters.set(program.parameters);
  const own = ownRows(share, rows);
  if (own === 0) return undefined;
  for (const [name, { shape }] of graph.inputs) {
    copyRows(again.input(name), program, name, shape, share, rows);
  }
  again.run(own);
  for (const value of graph.values) {
    const data = again.output(`${value.id}`).subarray(0, sizeOf(value.shape, own)),
      at = firstNonFinite(data);
    if (at >= 0) return describe(value, graph, data, at, tensorsOf(model, program.parameters));
  }
}

/** How many rows of a batch this process has computed. */
function ownRows({ parts = 1, first, count }: Share, rows: number): number {
  return rowsBeforePart(rows, parts, first + count) - rowsBeforePart(rows, parts, first);
}

/** Copies an input without the gaps between the rows of its parts. */
function copyRows(
  to: Floats,
  { input, partRows }: Program,
  name: string,
  shape: Shape,
  { parts = 1, first, count }: Share,
  rows: number,
): void {
  const from = input(name);
  if (!isBatch(shape[0])) return to.set(from.subarray(0, sizeOf(shape, rows)));
  const size = sizeOf(shape, 1), before = rowsBeforePart(rows, parts, first);
  for (let part = 0; part < count; part++) {
    const start = part * partRows, own = rowsOfPart(rows, parts, first + part);
    const at = rowsBeforePart(rows, parts, first + part) - before;
    to.set(from.subarray(start * size, (start + own) * size), at * size);
  }
}

/** Where a loss is not finite and no value is found that is not. */
function lossWords({ collective: { size } }: Share): string {
  return size === 1
    ? "the loss, which the reference engine finds finite"
    : "the loss, from samples of another process";
}

/** The layer of a value, its number `at` a position, and how large the layer's weights were. */
function describe(value: Value, graph: Graph, data: Floats, at: number, tensors: readonly Tensor[]): Found {
  const { operation, operands, shape: [height, width] } = value, layer = layerOf(value, graph);
  if (layer === undefined) {
    const name = operation.kind === "input" ? operation.name : operation.kind;
    return { tensor: "value", name, words: `the input of the model, ${name} (${data[at]})` };
  }
  const [weights] = tensors.filter(({ name }) => layerOfParameter(name) === layer);
  const largest = weights.data.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0).toPrecision(3);
  const image = isBatch(height)
    ? `, for sample ${1 + Math.floor(at / (height.batch * (width as number)))} of the batch`
    : "";
  const isLoss = !feedsLayer(value, graph) && !operands.some(isParameter);
  const words = isLoss
    ? `the ${layer === "latent" ? "KL" : "loss"}, computed from layer ${layer} (${
      data[at]
    } under weights up to ${largest})${image}`
    : `layer ${layer} (${data[at]} from its ${operation.kind} under weights up to ${largest})${image}`;
  return { tensor: isLoss ? "loss" : "value", name: layer, words };
}

/** The last layer whose parameters a value was computed with. */
function layerOf(value: Value, { parameters, values }: Graph): string | undefined {
  const last = parameters.findLast((parameter) => madeOf(parameter, values).has(value));
  return last === undefined ? undefined : layerOfParameter(nameOf(last));
}

/** `encoder.0` of `encoder.0.weight`. */
function layerOfParameter(name: string): string {
  return name.slice(0, name.lastIndexOf("."));
}

/** Whether a value is the input of a layer. */
function feedsLayer(value: Value, { values }: Graph): boolean {
  const later = madeOf(value, values);
  return values.some(({ operation, operands }) => operation.kind === "matmul" && later.has(operands[0]));
}

/** A value and all that is computed from it; operands come first. */
function madeOf(source: Value, values: readonly Value[]): Set<Value> {
  const made = new Set([source]);
  for (const value of values) if (value.operands.some((operand) => made.has(operand))) made.add(value);
  return made;
}

function isParameter({ operation }: Value): boolean {
  return operation.kind === "parameter";
}

/** The tensors of a block of all parameters, or of their gradients, in whatever precision the engine has. */
function tensorsOf(spec: ModelSpec, parameters: Floats): Tensor[] {
  return modelTensors({ spec, parameters: parameters as Float32Array });
}

function firstNonFinite(data: Floats): number {
  return data.findIndex((number: number) => !Number.isFinite(number));
}
