/** The TensorFlow.js models of a trained model. @module */
import type { SampleShape } from "../../core/shape.ts";
import { tfjsLayersModel } from "../../export/tfjs/model.ts";
import { decoderLayers, encoderLayers, latentShape, type ModelLayer } from "../../models/layers.ts";
import { dense } from "../../models/layers/kinds.ts";
import type { Layer } from "../../models/layers/table.ts";
import { modelTensors, type Tensor } from "../../models/tensors.ts";
import type { TrainedModel } from "../../models/trained.ts";

/**
 * Three layers-models: all of it (a VAE's through its posterior mean), the encoder and the decoder.
 *
 * @throws {RangeError} When TensorFlow.js has no such layer.
 */
export function tfjsExports(
  model: TrainedModel,
): { name: string; modelJson: string; weights: Uint8Array<ArrayBuffer> }[] {
  const shape = latentShape(model.spec), columns = shape.at(-1)!;
  const encoder = withMean(encoderLayers(model.spec), shape), decoder = decoderLayers(model.spec);
  const stacks = { autoencoder: [...encoder, ...decoder], encoder, decoder };
  const tensors = modelTensors(model).map((tensor) => meanOf(tensor, columns));
  return Object.entries(stacks).map(([name, layers]) => ({
    name,
    ...tfjsLayersModel({ name, layers, tensors }),
  }));
}

/** An encoder whose last layer makes as many numbers as the latent has: the means of a VAE. */
function withMean(encoder: readonly ModelLayer[], latent: SampleShape): ModelLayer[] {
  const last = encoder.at(-1)!, columns = latent.at(-1)!;
  const parameters = last.parameters.map(({ shape, ...parameter }) => ({
    ...parameter,
    shape: shape.with(-1, columns),
  }));
  return encoder.with(-1, { ...last, layer: withOutputs(last.layer, columns), output: latent, parameters });
}

/** The latent layer with another number of outputs: dense, or a convolution. */
function withOutputs(layer: Layer, columns: number): Layer {
  return layer.kind === "conv" ? { ...layer, filters: columns } : dense(columns);
}

/** The numbers of the latent layer that make the means: the first of its columns. */
function meanOf({ name, shape, data }: Tensor, columns: number): Pick<Tensor, "name" | "data"> {
  const all = shape.at(-1)!;
  if (!/^latent\./.test(name) || all === columns) return { name, data };
  return { name, data: data.filter((_value, at) => at % all < columns) };
}
