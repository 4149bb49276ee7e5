/** What a kind of layer is in PyTorch: texts of Python. @module */
import type { SampleShape } from "../../core/shape.ts";
import { axesOf, type AxisSizes, type Convolution } from "./convolution.ts";

/** An expression of Python, and whether its value is a map [n, c, h, w] rather than rows [n, values]. */
export interface Expression {
  readonly text: string;
  readonly isMap: boolean;
}

/** A layer inside another, in PyTorch. */
export interface InnerModule {
  /** Its name within the outer layer: `layers.0`. */
  readonly name: string;
  /** The module that holds its parameters. */
  readonly module: string;
  /** Its output for x, with its activation. `self` is the module. */
  call(x: Expression, self: string): Expression;
}

/** A layer at its position in a model. */
export interface PytorchPlace<Spec> {
  readonly spec: Spec;
  /** The shape of a sample before and after it. */
  readonly input: SampleShape;
  readonly output: SampleShape;
  readonly inner: readonly InnerModule[];
}

/** A kind of layer in PyTorch. */
export interface PytorchLayer<Spec> {
  /** The module that holds its parameters. */
  module(place: PytorchPlace<Spec>): string;
  /** Its output for x, without its activation. `self` is the module. */
  call(x: Expression, self: string, place: PytorchPlace<Spec>): Expression;
}

/** x as rows, whatever its shape. */
export function asPythonRows({ text, isMap }: Expression): string {
  return isMap ? `rows(${text})` : text;
}

/** x as a map. */
export function asPythonMap({ text, isMap }: Expression, [height, width, channels]: SampleShape): string {
  return isMap ? text : `maps(${text}, ${height}, ${width}, ${channels})`;
}

/** A module of rows [n, values]. */
export function rowsModule<Spec>(module: PytorchLayer<Spec>["module"]): PytorchLayer<Spec> {
  return { module, call: (x, self) => ({ text: `${self}(${asPythonRows(x)})`, isMap: false }) };
}

/** A layer without parameters that leaves the order of values as it is in rows. */
export const VIEW_MODULE: PytorchLayer<unknown> = {
  module: () => "nn.Identity()",
  call: (x) => ({ text: asPythonRows(x), isMap: false }),
};

/** A size along both axes as an argument: `3`, `(3, 2)`. */
export function pythonSizes(given: AxisSizes | readonly [number, number]): string {
  const [height, width] = axesOf(given as AxisSizes);
  return height === width ? `${height}` : `(${height}, ${width})`;
}

/** The arguments of PyTorch's convolutions that both kinds have. */
export function convolutionArguments(
  { spec: { kernel, stride }, input, output }: PytorchPlace<Convolution>,
): string {
  return `${input[2]}, ${output[2]}, ${pythonSizes(kernel)}, stride=${pythonSizes(stride)}`;
}
