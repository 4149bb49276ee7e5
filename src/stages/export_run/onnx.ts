// N = batch, D = values of a sample, K = latent dimensions.

/** A trained model as ONNX files. @module */
import { type Graph, parameterCount } from "../../graph/graph.ts";
import { encodeOnnx } from "../../graph/onnx.ts";
import { decoderGraph, encoderGraph, reconstructionGraph } from "../../models/graphs.ts";
import type { TrainedModel } from "../../models/trained.ts";

/** A file and what it is. */
export interface OnnxExport {
  readonly part: "autoencoder" | "encoder" | "decoder";
  readonly bytes: Uint8Array;
}

/**
 * Three files, with all parameters inside and the size of the batch left open (a dimension called `batch`):
 *
 * - `autoencoder`: `input` [N, D] to `output` [N, D], the mean of the likelihood, and `latent` [N, K] (a VAE's through its posterior mean);
 *   where the variance of the loss `gaussian` is learned also `outputLogVariance` ([N, 1] if shared, [1, D] of features, [N, D] of pixels),
 *   with `continuousBernoulli` `outputLogits` [N, D], with `discretisedLogistic` `outputLocation` [N, D] and `outputLogScale` ([N, 1], [N, D]);
 * - `encoder`: `input` [N, D] to `latent` [N, K], for a VAE also `logVariance` [N, K];
 * - `decoder`: `latent` [N, K] to `output` [N, D].
 *
 * D are the values of a sample in row-major order, as the model sees them: `(x - shift) / divisor` by its scale (pixels divided by 255).
 * The metadata of each file hold, as JSON, `hourglass.model`, the model, `hourglass.shape`, the shape of a sample, `hourglass.scale`,
 * and of vectors with names `hourglass.features`.
 */
export function onnxExports({ spec, parameters, shape, scale, featureNames }: TrainedModel): OnnxExport[] {
  const metadata = {
    "hourglass.model": JSON.stringify(spec),
    "hourglass.shape": JSON.stringify(shape),
    "hourglass.scale": JSON.stringify(scale),
    ...(featureNames && { "hourglass.features": JSON.stringify(featureNames) }),
  };
  const encode = (part: OnnxExport["part"], graph: Graph, from: number): OnnxExport => {
    const own = parameters.subarray(from, from + parameterCount(graph));
    return { part, bytes: encodeOnnx(graph, { parameters: own, metadata }) };
  };
  const decoder = decoderGraph(spec);
  return [
    encode("autoencoder", reconstructionGraph(spec), 0),
    encode("encoder", encoderGraph(spec), 0),
    encode("decoder", decoder, parameters.length - parameterCount(decoder)),
  ];
}
