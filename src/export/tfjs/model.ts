/**
 * Writes a stack of layers as a TensorFlow.js layers-model: `model.json` and one file of weights, which `tf.loadLayersModel` opens.
 *
 * @module
 */
import { isSameShape, sampleSize } from "../../core/shape.ts";
import type { ModelLayer } from "../../models/layers.ts";
import type { Tensor } from "../../models/tensors.ts";
import type { TfjsNode, TfjsValue } from "../../models/layers/tfjs.ts";
import { type ModelWriter, type Weights, writeLayer } from "./layers.ts";

/** A stack of layers. */
export interface ExportedStack {
  /** The model's name. */
  readonly name: string;
  readonly layers: readonly ModelLayer[];
  /** The numbers of all parameters of the layers. */
  readonly tensors: readonly Pick<Tensor, "name" | "data">[];
  /** The name of the file with the weights, next to `model.json`. @default {"weights.bin"} */
  readonly weightsFile?: string;
}

const INPUT = "input";

/** The layers from the input on, and their weights. Input and output are rows of values, [batch, values]. */
function nodesOf({ layers, tensors }: ExportedStack): { nodes: TfjsNode[]; weights: Weights[] } {
  const nodes: TfjsNode[] = [], weights: Weights[] = [];
  const byName = new Map(tensors.map(({ name, data }) => [name, data]));
  const writer: ModelWriter = {
    chain: (x, ...added) =>
      added.reduce((last, { reads = [last], ...node }) => {
        nodes.push({ ...node, reads });
        return node.name;
      }, x),
    weights: (...added) => void weights.push(...added),
    tensor: (name) => byName.get(name)!,
  };
  const inputs = sampleSize(layers[0].input);
  const config = { batch_input_shape: [null, inputs], dtype: "float32", sparse: false };
  nodes.push({ type: "InputLayer", name: INPUT, config, reads: [] });
  const input: TfjsValue = { name: INPUT, shape: [inputs] };
  const output = layers.reduce((x, layer) => writeLayer(writer, layer, x), input);
  const rows = [sampleSize(output.shape)];
  if (!isSameShape(output.shape, rows)) {
    writer.chain(output.name, { type: "Reshape", name: "rows", config: { target_shape: rows } });
  }
  return { nodes, weights };
}

/** The model in Keras's JSON format. */
function topology(name: string, nodes: readonly TfjsNode[]) {
  const layers = nodes.map(({ type, name, config, reads }) => ({
    class_name: type,
    name,
    config: { name, ...config },
    inbound_nodes: reads.length === 0 ? [] : [reads.map((read) => [read, 0, 0, {}])],
  }));
  const config = {
    name,
    layers,
    input_layers: [[INPUT, 0, 0]],
    output_layers: [[nodes.at(-1)!.name, 0, 0]],
  };
  return { class_name: "Model", config, keras_version: "tfjs-layers 4.22.0", backend: "tensor_flow.js" };
}

/**
 * The two files of a layers-model: the text of `model.json`, and the weights that it names.
 *
 * @throws {RangeError} When TensorFlow.js has no such layer.
 */
export function tfjsLayersModel(
  stack: ExportedStack,
): { modelJson: string; weights: Uint8Array<ArrayBuffer> } {
  const { nodes, weights: tensors } = nodesOf(stack);
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
    modelTopology: topology(stack.name, nodes),
    weightsManifest: [{
      paths: [stack.weightsFile ?? "weights.bin"],
      weights: tensors.map(({ name, shape }) => ({ name, shape, dtype: "float32" })),
    }],
  };
  return { modelJson: JSON.stringify(model, null, 2) + "\n", weights };
}
