// N = rows of a batch, D = pixels, K = latent size.

/**
 * The training steps that are timed, and what all engines and peers begin with: layers, images and first weights.
 *
 * @module
 */
import { fillNormal } from "../../src/core/random.ts";

/** A dense layer by its sizes. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: "tanh" | "relu" | "linear";
}

/** A training step. */
export interface Case {
  readonly name: "A" | "B" | "C" | "VAE";
  /** A description. */
  readonly title: string;
  readonly layers: readonly Layer[];
  /** How many layers the encoder of a VAE has; its last one makes mean and log-variance. */
  readonly encoderLayers?: number;
  /** Latent dimensions of a VAE. */
  readonly latent?: number;
  /** Rows of a batch. */
  readonly batch: number;
}

/** Images that batches are taken from. */
export const IMAGES = 1024;

/** All steps; the loss is `1/(N D) sum (y - x)^2`, and for the VAE Bernoulli's with the KL term. */
export const CASES: readonly Case[] = [
  chain("A", [35, 50, 25, 2, 25, 50, 35], "tanh", 32, true),
  chain("B", [784, 512, 256, 20, 256, 512, 784], "relu", 128, false),
  chain("C", [4900, 500, 300, 128, 64, 128, 300, 500, 4900], "relu", 100, false),
  {
    name: "VAE",
    title: "784-400-20-400-784 relu, batch 128, Bernoulli and KL",
    layers: [
      { inputs: 784, outputs: 400, activation: "relu" },
      { inputs: 400, outputs: 40, activation: "linear" },
      { inputs: 20, outputs: 400, activation: "relu" },
      { inputs: 400, outputs: 784, activation: "linear" },
    ],
    encoderLayers: 2,
    latent: 20,
    batch: 128,
  },
];

function chain(
  name: "A" | "B" | "C",
  widths: readonly number[],
  activation: "tanh" | "relu",
  batch: number,
  alsoLast: boolean,
): Case {
  const last = widths.length - 2;
  const layers = widths.slice(1).map((outputs, at): Layer => ({
    inputs: widths[at],
    outputs,
    activation: at === last && !alsoLast ? "linear" : activation,
  }));
  return { name, title: `${widths.join("-")} ${activation}, batch ${batch}`, layers, batch };
}

/** Pixels of a case's images. */
export function pixelsOf({ layers }: Case): number {
  return layers[0].inputs;
}

/**
 * Floating-point operations of a step by the usual count, `6 N sum(inputs outputs)`: two for each term of the products forward and
 * of both products backward. It includes the gradient of the images, which is not computed.
 */
export function flopsOf({ layers, batch }: Case): number {
  return 6 * batch * layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
}

/** Images of some structure, one byte per pixel [IMAGES, D]; `peers/pytorch_peer.py` has the same formula. */
export function imagesOf(one: Case): Uint8Array {
  return Uint8Array.from({ length: IMAGES * pixelsOf(one) }, (_, at) => (at * 7919) % 256);
}

/** Weights N(0, 1/inputs) and zero biases, layer by layer: w0 [n0, n1], b0 [1, n1], w1, ... */
export function initialParameters({ layers }: Case): Float32Array[] {
  return layers.flatMap(({ inputs, outputs }, layer) => {
    const weight = new Float32Array(inputs * outputs);
    const rows = Uint32Array.from({ length: inputs }, (_, row) => row);
    const key = { seed: 42, stream: "initial", epoch: layer } as const;
    fillNormal(weight, inputs, outputs, rows, key, Math.sqrt(1 / inputs));
    return [weight, new Float32Array(outputs)];
  });
}

/** Where the batch of a step begins: the images are visited in turn, whole batches only. */
export function batchStart({ batch }: Case, step: number): number {
  return (step % Math.floor(IMAGES / batch)) * batch;
}

/** The learning rate and Adam's constants, for all. */
export const ADAM = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
