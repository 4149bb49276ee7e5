// I = inputs, O = outputs of a layer, kh, kw = kernel of a convolution.

/**
 * The names and layouts of a model's tensors in PyTorch.
 *
 * Names are those of our own files, but for what PyTorch calls otherwise: the gain of a normalisation is its `weight`. The weight of a dense
 * layer is [O, I] where ours is [I, O]; that of a convolution [O, I, kh, kw] where ours is [kh, kw, I, O]; that of a transposed one
 * [I, O, kh, kw] where ours is [kh, kw, O, I]. All others are alike.
 *
 * @module
 */
import type { NamedTensor } from "../../core/safetensors.ts";
import { modelTensors } from "../tensors.ts";
import type { TrainedModel } from "../trained.ts";

/** The name in a `state_dict` of a tensor. */
export function pytorchName(name: string): string {
  return name.replace(/\.gain$/, ".weight");
}

/** The dimensions of a tensor of ours in the order in which PyTorch has them, by how many there are; of others it is the same. */
const ORDERS: Readonly<Record<number, readonly number[]>> = { 2: [1, 0], 4: [3, 2, 0, 1] };

function orderOf(shape: readonly number[]): readonly number[] {
  return ORDERS[shape.length] ?? shape.map((_, axis) => axis);
}

/** The shape in PyTorch of a tensor that has some shape here. */
export function pytorchShape(shape: readonly number[]): number[] {
  return orderOf(shape).map((axis) => shape[axis]);
}

/** The dimensions of a tensor of PyTorch in the order in which ours of a shape has them. */
export function axesFromPytorch(shape: readonly number[]): number[] {
  const order = orderOf(shape);
  return order.map((_, axis) => order.indexOf(axis));
}

/** The numbers of a tensor of PyTorch as ours of a shape has them. */
export function fromPytorch(data: Float32Array, shape: readonly number[]): Float32Array {
  return permuted(data, pytorchShape(shape), axesFromPytorch(shape));
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
    data: permuted(data, shape, orderOf(shape)),
  }));
}
