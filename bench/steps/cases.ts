// N = rows of a batch, D = pixels, K = latent size.

/**
 * The training steps that are timed, and what all engines and peers begin with: layers, images and first weights.
 *
 * @module
 */
import { fillNormal } from "../../src/core/random.ts";
import {
  type ConvLayer,
  type ConvTransposeLayer,
  type DenseLayer,
  inputsOf,
  type Layer,
  type LayerActivation,
  weightsOf,
} from "./layers.ts";

/** A training step. */
export interface Case {
  readonly name: "A" | "B" | "C" | "D" | "E" | "F" | "VAE";
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
    name: "D",
    title: "28x28, conv 32 and 64 (kernel 3, stride 2), dense 128-20, mirrored, relu, batch 128",
    layers: [
      conv(28, 1, 32, 3, 2),
      conv(14, 32, 64, 3, 2),
      ...[
        dense(3136, 128, "relu"),
        dense(128, 20, "linear"),
        dense(20, 128, "relu"),
        dense(128, 3136, "relu"),
      ],
      convTranspose(14, 64, 32, 3, 2),
      convTranspose(28, 32, 1, 3, 2, "linear"),
    ],
    batch: 128,
  },
  {
    name: "E",
    title: "64x64x3, conv 32-64-128-256 (kernel 4, stride 2), dense 128, mirrored, relu, batch 64",
    layers: [
      ...[conv(64, 3, 32, 4, 2), conv(32, 32, 64, 4, 2), conv(16, 64, 128, 4, 2), conv(8, 128, 256, 4, 2)],
      ...[dense(4096, 128, "linear"), dense(128, 4096, "relu")],
      ...[
        convTranspose(8, 256, 128, 4, 2),
        convTranspose(16, 128, 64, 4, 2),
        convTranspose(32, 64, 32, 4, 2),
      ],
      convTranspose(64, 32, 3, 4, 2, "linear"),
    ],
    batch: 64,
  },
  {
    name: "F",
    title: "28x28, conv 32, two residual blocks of 32 channels (kernel 3, stride 1), conv 1, relu, batch 64",
    layers: [
      conv(28, 1, 32, 3, 1),
      { kind: "residual", size: 28, channels: 32, kernel: 3 },
      { kind: "residual", size: 28, channels: 32, kernel: 3 },
      conv(28, 32, 1, 3, 1, "linear"),
    ],
    batch: 64,
  },
  {
    name: "VAE",
    title: "784-400-20-400-784 relu, batch 128, Bernoulli and KL",
    layers: [
      dense(784, 400, "relu"),
      dense(400, 40, "linear"),
      dense(20, 400, "relu"),
      dense(400, 784, "linear"),
    ],
    encoderLayers: 2,
    latent: 20,
    batch: 128,
  },
];

function dense(inputs: number, outputs: number, activation: LayerActivation): DenseLayer {
  return { kind: "dense", inputs, outputs, activation };
}

function conv(
  size: number,
  channels: number,
  outputs: number,
  kernel: number,
  stride: number,
  activation: LayerActivation = "relu",
): ConvLayer {
  return { kind: "conv", size, channels, outputs, kernel, stride, activation };
}

function convTranspose(
  size: number,
  inputs: number,
  channels: number,
  kernel: number,
  stride: number,
  activation: LayerActivation = "relu",
): ConvTransposeLayer {
  return { kind: "convTranspose", size, inputs, channels, kernel, stride, activation };
}

function chain(
  name: "A" | "B" | "C",
  widths: readonly number[],
  activation: "tanh" | "relu",
  batch: number,
  alsoLast: boolean,
): Case {
  const last = widths.length - 2;
  const layers = widths.slice(1).map((outputs, at) =>
    dense(widths[at], outputs, at === last && !alsoLast ? "linear" : activation)
  );
  return { name, title: `${widths.join("-")} ${activation}, batch ${batch}`, layers, batch };
}

/** A case of dense layers alone, which every peer can run. */
export interface DenseCase extends Case {
  readonly layers: readonly DenseLayer[];
}

/** Whether a case has dense layers alone. */
export function isDense(one: Case): one is DenseCase {
  return one.layers.every(({ kind }) => kind === "dense");
}

/** Pixels of a case's images. */
export function pixelsOf({ layers }: Case): number {
  return inputsOf(layers[0]);
}

/**
 * Floating-point operations of a step by the usual count, `6 N sum(places rows columns)` over all matrices: two for each term of the
 * products forward and of both products backward. It includes the gradient of the images, which is not computed.
 */
export function flopsOf({ layers, batch }: Case): number {
  const products = layers.flatMap(weightsOf).map(({ rows, columns, places }) => rows * columns * places);
  return 6 * batch * products.reduce((sum, product) => sum + product, 0);
}

/** Images of some structure, one byte per pixel [IMAGES, D]; `peers/pytorch_peer.py` has the same formula. */
export function imagesOf(one: Case): Uint8Array {
  return Uint8Array.from({ length: IMAGES * pixelsOf(one) }, (_, at) => (at * 7919) % 256);
}

/** Weights N(0, 1/rows) and zero biases, matrix by matrix: w0 [rows, columns], b0 [1, columns], w1, ... */
export function initialParameters({ layers }: Case): Float32Array[] {
  return layers.flatMap(weightsOf).flatMap(({ rows, columns, bias }, at) => {
    const weight = new Float32Array(rows * columns);
    const order = Uint32Array.from({ length: rows }, (_, row) => row);
    const key = { seed: 42, stream: "initial", epoch: at } as const;
    fillNormal(weight, rows, columns, order, key, Math.sqrt(1 / rows));
    return [weight, new Float32Array(bias)];
  });
}

/** Where the batch of a step begins: the images are visited in turn, whole batches only. */
export function batchStart({ batch }: Case, step: number): number {
  return (step % Math.floor(IMAGES / batch)) * batch;
}

/** The learning rate and Adam's constants, for all. */
export const ADAM = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
