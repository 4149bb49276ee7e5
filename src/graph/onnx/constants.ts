/**
 * The constants of an ONNX file, each stored once under a name that says what is in it.
 *
 * @module
 */
import { integerTensor, tensor } from "./messages.ts";
import type { OnnxWriter } from "./lowering.ts";

/** Constants that are added when a node first needs them. */
export interface Constants extends Pick<OnnxWriter, "integers" | "filled"> {
  /** Numbers of `sizes` (-1: what is left) with their axes in another order; `name` is that of the numbers. */
  permuted(name: string, numbers: Float32Array, sizes: readonly number[], order: readonly number[]): string;
  /** All constants as messages, in the order of their first use. */
  tensors(): Uint8Array[];
}

/** Starts with no constants. */
export function constantsOf(): Constants {
  const messages = new Map<string, Uint8Array>();
  const stored = (name: string, message: () => Uint8Array): string => {
    if (!messages.has(name)) messages.set(name, message());
    return name;
  };
  return {
    integers(numbers, given) {
      const name = given ?? `integers:${numbers.join(",")}`;
      return stored(name, () => integerTensor(name, numbers));
    },
    filled(shape, number) {
      const name = `number:${shape.join("x")}:${Object.is(number, -0) ? "-0" : number}`;
      const size = shape.reduce((product, length) => product * length, 1);
      return stored(name, () => tensor(name, shape, new Float32Array(size).fill(number)));
    },
    permuted(of, numbers, sizes, order) {
      const known = sizes.reduce((product, size) => size < 0 ? product : product * size, 1);
      const all = sizes.map((size) => size < 0 ? numbers.length / known : size);
      const name = `${of}:${all.join("x")}:${order.join("")}`, shape = order.map((axis) => all[axis]);
      return stored(name, () => tensor(name, shape, permuted(numbers, all, order)));
    },
    tensors: () => [...messages.values()],
  };
}

/** Numbers of some dimensions with their axes in another order. */
function permuted(numbers: Float32Array, sizes: readonly number[], order: readonly number[]): Float32Array {
  const strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, size) => product * size, 1));
  const shape = order.map((axis) => sizes[axis]), steps = order.map((axis) => strides[axis]);
  return Float32Array.from(numbers, (_, at) => {
    let rest = at, from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += (rest % shape[axis]) * steps[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return numbers[from];
  });
}
