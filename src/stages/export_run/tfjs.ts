/** The TensorFlow.js models of a trained model. @module */
import { tfjsLayersModel } from "../../export/tfjs/model.ts";
import { decoderLayers, encoderLayers, type ModelLayer } from "../../models/layers.ts";
import { dense } from "../../models/layers/kinds.ts";
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
  const encoder = withMean(encoderLayers(model.spec), model.spec.latent), decoder = decoderLayers(model.spec);
  const stacks = { autoencoder: [...encoder, ...decoder], encoder, decoder };
  const tensors = modelTensors(model).map((tensor) => meanOf(tensor, model.spec.latent));
  return Object.entries(stacks).map(([name, layers]) => ({
    name,
    ...tfjsLayersModel({ name, layers, tensors }),
  }));
}

/** An encoder whose last layer makes as many numbers as the latent has: the means of a VAE. */
function withMean(encoder: readonly ModelLayer[], latent: number): ModelLayer[] {
  const last = encoder.at(-1)!,
    parameters = last.parameters.map(({ shape, ...parameter }) => ({
      ...parameter,
      shape: shape.with(-1, latent),
    }));
  return encoder.with(-1, { ...last, layer: dense(latent), output: [latent], parameters });
}

/** The numbers of the latent layer that make the means: its first columns. */
function meanOf({ name, shape, data }: Tensor, latent: number): Pick<Tensor, "name" | "data"> {
  const columns = shape.at(-1)!;
  if (!/^latent\./.test(name) || columns === latent) return { name, data };
  return { name, data: data.filter((_value, at) => at % columns < latent) };
}
