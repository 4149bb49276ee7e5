/**
 * Writes a stack of dense layers as a TensorFlow.js layers-model: `model.json` and one file of weights, which
 * `tf.loadLayersModel` opens.
 *
 * @module
 */

import type { Activation } from "../models/activations.ts";

/** A dense layer with its weights. */
export interface ExportedLayer {
  /** Its unique name: letters, digits, `_`, `-` and `.`. */
  readonly name: string;
  /** The number of its outputs. */
  readonly units: number;
  readonly activation: Activation;
  /** The slope of `leakyRelu` below 0. @default {0.01} */
  readonly slope?: number;
  /** Shape [inputs, units], row-major. */
  readonly kernel: Float32Array;
  /** Shape [units]. */
  readonly bias: Float32Array;
}

/** A stack of dense layers. */
export interface ExportedStack {
  /** The model's name. */
  readonly name: string;
  /** The number of values of a sample. */
  readonly inputs: number;
  readonly layers: readonly ExportedLayer[];
  /** The name of the file with the weights, next to `model.json`. @default {"weights.bin"} */
  readonly weightsFile?: string;
}

/** A layer of the model as TensorFlow.js names it, with the names of the layers that it reads. */
interface Node {
  readonly type: string;
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly reads: readonly string[];
}

const DEFAULT_SLOPE = 0.01;
const INPUT = "input";

/** The tanh form of gelu as `x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3))`: Hendrycks and Gimpel 2016 (arXiv:1606.08415). */
function geluNodes(x: string): Node[] {
  // TensorFlow.js 4.22 has this form as "gelu_new" but cannot load it: on reading it turns the name into "geluNew".
  // Nor may a layer read another twice, as the first use disposes of the numbers: hence the copy.
  return [
    { type: "Rescaling", name: `${x}_copy`, config: { scale: 1, offset: 0 }, reads: [x] },
    { type: "Rescaling", name: `${x}_small`, config: { scale: 0.044715, offset: 0 }, reads: [x] },
    { type: "Multiply", name: `${x}_cube`, reads: [x, `${x}_copy`, `${x}_small`] },
    { type: "Add", name: `${x}_sum`, reads: [x, `${x}_cube`] },
    {
      type: "Rescaling",
      name: `${x}_scaled`,
      config: { scale: 2 * Math.sqrt(2 / Math.PI), offset: 0 },
      reads: [`${x}_sum`],
    },
    { type: "Activation", name: `${x}_gate`, config: { activation: "sigmoid" }, reads: [`${x}_scaled`] },
    { type: "Multiply", name: `${x}_gelu`, reads: [x, `${x}_gate`] },
  ];
}

/** silu as `x sigmoid(x)`; TensorFlow.js 4.22 has no such activation that it can load. */
function siluNodes(x: string): Node[] {
  return [
    { type: "Activation", name: `${x}_gate`, config: { activation: "sigmoid" }, reads: [x] },
    { type: "Multiply", name: `${x}_silu`, reads: [x, `${x}_gate`] },
  ];
}

/** The activation of the dense layer, and the layers that follow it, for each activation. */
const ACTIVATIONS: Readonly<
  Record<Activation, { dense: string; after?: (dense: string, slope: number) => Node[] }>
> = {
  linear: { dense: "linear" },
  relu: { dense: "relu" },
  leakyRelu: {
    dense: "linear",
    after: (dense, slope) => [
      { type: "LeakyReLU", name: `${dense}_leaky`, config: { alpha: slope }, reads: [dense] },
    ],
  },
  tanh: { dense: "tanh" },
  sigmoid: { dense: "sigmoid" },
  gelu: { dense: "linear", after: geluNodes },
  silu: { dense: "linear", after: siluNodes },
};

function check(stack: ExportedStack): void {
  let inputs = stack.inputs;
  for (const [index, { name, units, activation, kernel, bias }] of stack.layers.entries()) {
    const layer = `layer "${name}" of the TensorFlow.js model`;
    if (!(activation in ACTIVATIONS)) {
      const known = Object.keys(ACTIVATIONS).join(", ");
      throw new RangeError(
        `${layer}: activation must be one of ${known}, got "${activation}"`,
      );
    }
    if (
      !/^[\w.-]+$/.test(name) || stack.layers.findIndex((other) => other.name === name) !== index ||
      name === INPUT
    ) {
      throw new RangeError(
        `${layer}: name must be unique, of letters, digits and _-., and not "${INPUT}"`,
      );
    }
    if (kernel.length !== inputs * units || bias.length !== units) {
      throw new RangeError(
        `${layer}: kernel and bias must have [${inputs}, ${units}] and [${units}] values, ` +
          `got ${kernel.length} and ${bias.length}`,
      );
    }
    inputs = units;
  }
}

/** The model as a chain of layers from the input on. */
function nodesOf({ inputs, layers }: ExportedStack): Node[] {
  const input = { batch_input_shape: [null, inputs], dtype: "float32", sparse: false };
  const nodes: Node[] = [{ type: "InputLayer", name: INPUT, config: input, reads: [] }];
  for (const { name, units, activation, slope = DEFAULT_SLOPE } of layers) {
    const { dense, after } = ACTIVATIONS[activation];
    const config = { units, activation: dense, use_bias: true };
    nodes.push({ type: "Dense", name, config, reads: [nodes.at(-1)!.name] }, ...(after?.(name, slope) ?? []));
  }
  return nodes;
}

/** The model in Keras's JSON format. */
function topology(stack: ExportedStack) {
  const nodes = nodesOf(stack);
  const layers = nodes.map(({ type, name, config, reads }) => ({
    class_name: type,
    name,
    config: { name, ...config },
    inbound_nodes: reads.length === 0 ? [] : [reads.map((read) => [read, 0, 0, {}])],
  }));
  const config = {
    name: stack.name,
    layers,
    input_layers: [[INPUT, 0, 0]],
    output_layers: [[nodes.at(-1)!.name, 0, 0]],
  };
  return { class_name: "Model", config, keras_version: "tfjs-layers 4.22.0", backend: "tensor_flow.js" };
}

/** The two files of a layers-model: the text of `model.json`, and the weights that it names. Throws a RangeError on wrong sizes. */
export function tfjsLayersModel(
  stack: ExportedStack,
): { modelJson: string; weights: Uint8Array<ArrayBuffer> } {
  check(stack);
  const tensors = stack.layers.flatMap(({ name, units, kernel, bias }) => [
    { name: `${name}/kernel`, shape: [kernel.length / units, units], data: kernel },
    { name: `${name}/bias`, shape: [units], data: bias },
  ]);
  const weights = new Uint8Array(tensors.reduce((sum, { data }) => sum + data.byteLength, 0));
  let position = 0;
  for (const { data } of tensors) {
    weights.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  const model = {
    format: "layers-model",
    generatedBy: "Hourglass",
    convertedBy: null,
    modelTopology: topology(stack),
    weightsManifest: [{
      paths: [stack.weightsFile ?? "weights.bin"],
      weights: tensors.map(({ name, shape }) => ({ name, shape, dtype: "float32" })),
    }],
  };
  return { modelJson: JSON.stringify(model, null, 2) + "\n", weights };
}
