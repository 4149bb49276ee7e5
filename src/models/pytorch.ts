// I = inputs, O = outputs of a layer, kh, kw = kernel of a convolution.

/**
 * The names and layouts of a model's tensors in PyTorch.
 *
 * Names are those of our own files, but for what PyTorch calls otherwise: the gain of a normalisation is its `weight`. The weight of a dense
 * layer is [O, I] where ours is [I, O]; that of a convolution [O, I, kh, kw] where ours is [kh, kw, I, O]; that of a transposed one
 * [I, O, kh, kw] where ours is [kh, kw, O, I].
 *
 * @module
 */
import type { NamedTensor } from "../core/safetensors.ts";
import { modelTensors } from "./tensors.ts";
import type { TrainedModel } from "./trained.ts";

/** The name in a `state_dict` of a tensor. */
export function pytorchName(name: string): string {
  return name.replace(/\.gain$/, ".weight");
}

/** The dimensions of a tensor of ours in the order in which PyTorch has them, by how many there are. */
const ORDERS: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [3, 2, 0, 1] };

/** The shape in PyTorch of a tensor that has some shape here. */
export function pytorchShape(shape: readonly number[]): number[] {
  return ORDERS[shape.length].map((axis) => shape[axis]);
}

/** The numbers of a tensor of PyTorch as ours of a shape has them. */
export function fromPytorch(data: Float32Array, shape: readonly number[]): Float32Array {
  const order = ORDERS[shape.length];
  return permuted(data, pytorchShape(shape), order.map((_, axis) => order.indexOf(axis)));
}

/** The numbers of a tensor of some shape with its dimensions in another order, which lists where each new one was. */
function permuted(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((step, size) => step * size, 1));
  const out = new Float32Array(data.length), index = order.map(() => 0);
  for (let at = 0; at < out.length; at++) {
    out[at] = data[order.reduce((place, axis, position) => place + index[position] * strides[axis], 0)];
    for (let position = index.length - 1; position >= 0; position--) {
      if (++index[position] < shape[order[position]]) break;
      index[position] = 0;
    }
  }
  return out;
}

/** The `state_dict` of a model. */
export function pytorchTensors(model: TrainedModel): NamedTensor[] {
  return modelTensors(model).map(({ name, shape, data }) => ({
    name: pytorchName(name),
    shape: pytorchShape(shape),
    data: permuted(data, shape, ORDERS[shape.length]),
  }));
}
