/** Layers of a model as layers of TensorFlow.js. @module */
import { type Activation, ACTIVATIONS } from "../../models/activations.ts";
import type { ModelLayer } from "../../models/layers.ts";
import { layers as table } from "../../models/layers/table.ts";
import { tfjsLacks, type TfjsNode, type TfjsPlace, type TfjsValue } from "../../models/layers/tfjs.ts";

/** The numbers of a layer: `<layer>/<what Keras calls them>`. */
export interface Weights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A model as far as it is written. */
export interface ModelWriter {
  readonly chain: TfjsPlace<unknown>["chain"];
  weights(...weights: readonly Weights[]): void;
  /** The numbers of a parameter by its full name. */
  tensor(name: string): Float32Array;
}

/** Adds a layer that reads x. @throws {RangeError} When TensorFlow.js has no such layer. */
export function writeLayer(writer: ModelWriter, layer: ModelLayer, x: TfjsValue): TfjsValue {
  const { name, layer: spec, activation, parameters, inner } = layer, kind = table.tfjsOf(spec);
  if (kind === undefined) throw tfjsLacks(name, spec.kind);
  const { tfjs } = ACTIVATIONS[activation], isOwn = kind.hasActivation === true && typeof tfjs === "string";
  const made = kind.write({
    ...layer,
    spec,
    x,
    activation: isOwn ? tfjs : "linear",
    inner: inner.map((each) => (value) => writeLayer(writer, each, value)),
    chain: writer.chain,
    weights: (names = {}) =>
      writer.weights(...parameters.map((parameter) => ({
        name: `${name}/${names[parameter.name] ?? parameter.name}`,
        shape: parameter.shape,
        data: writer.tensor(`${name}.${parameter.name}`),
      }))),
  });
  const after = isOwn ? [] : activationNodes(activation, made.name, name);
  return { ...made, name: writer.chain(made.name, ...after) };
}

/** What an activation adds after a layer of Keras. */
function activationNodes(activation: Activation, x: string, layer: string): readonly TfjsNode[] {
  const { tfjs } = ACTIVATIONS[activation];
  if (activation === "linear") return [];
  if (tfjs === undefined) throw tfjsLacks(layer, `the activation ${activation}`);
  if (typeof tfjs !== "string") return tfjs(x);
  return [{ type: "Activation", name: `${x}_${activation}`, config: { activation: tfjs }, reads: [x] }];
}
