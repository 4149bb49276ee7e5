/** Small whole models that together use every option of a spec. @module */
import {
  conv,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  groupNorm,
  layerNorm,
  reshape,
  residual,
  upsample,
} from "../../src/models/layers/kinds.ts";
import { type Activation, ModelSpec } from "../../src/models/spec.ts";

/** All activation functions; a new one does not type-check until it is listed here. */
export const ACTIVATIONS = Object.keys(
  { relu: 1, leakyRelu: 1, tanh: 1, sigmoid: 1, gelu: 1, silu: 1, linear: 1 } satisfies Record<Activation, 1>,
) as Activation[];

const encoder = [35, 9, 6];

/** A sentence's worth of a model to its spec. */
export const MODELS: Readonly<Record<string, ModelSpec>> = Object.fromEntries(
  Object.entries({
    ...Object.fromEntries(
      ACTIVATIONS.flatMap((activation) => [
        [`ae of ${activation}, mse`, { kind: "ae", encoder, latent: 2, activation }],
        [`vae of ${activation}, bce`, { kind: "vae", encoder, latent: 3, activation }],
      ]),
    ),
    "ae of one hidden layer, bce, tanh latent": {
      kind: "ae",
      encoder: [35, 7],
      latent: 1,
      latentActivation: "tanh",
      loss: "bce",
    },
    "ae without hidden layers, linear output": {
      kind: "ae",
      encoder: [5],
      latent: 5,
      outputActivation: "linear",
    },
    "dae, mse": { kind: "dae", encoder, latent: 2, activation: "tanh" },
    "dae, bce": { kind: "dae", encoder, latent: 12, activation: "relu", loss: "bce" },
    "vae, mse, linear output": { kind: "vae", encoder, latent: 2, loss: "mse", outputActivation: "linear" },
    "vae, gaussian with learned variances": {
      kind: "vae",
      encoder,
      latent: 2,
      loss: "gaussian",
      outputActivation: "linear",
      activation: "tanh",
    },
    "ae, gaussian with learned variances": {
      kind: "ae",
      encoder,
      latent: 2,
      loss: "gaussian",
      outputActivation: "linear",
    },
    "dae, gaussian with learned variances, sigmoid output": {
      kind: "dae",
      encoder: [35, 7],
      latent: 2,
      loss: "gaussian",
    },
    "vae, mse, sigmoid output": { kind: "vae", encoder, latent: 2, loss: "mse" },
    "vae with free bits": { kind: "vae", encoder, latent: 4, activation: "tanh", freeBits: 0.6 },
    "vae held to a capacity": {
      kind: "vae",
      encoder,
      latent: 3,
      activation: "tanh",
      klSchedule: { kind: "capacity", nats: 4, epochs: 2 },
    },
    "dae with layer normalisation and activations of layers": {
      kind: "dae",
      input: [7, 5, 1],
      encoder: [dense(9, { activation: "tanh" }), layerNorm(), 6],
      latent: 3,
      loss: "bce",
    },
    "ae of convolutions, mirrored": {
      kind: "ae",
      input: [7, 5, 1],
      encoder: [conv(4, { stride: 2 }), conv(3, { kernel: [2, 3], padding: "valid", activation: "tanh" }), 6],
      latent: 2,
    },
    "vae of convolutions in colour, with group normalisation, dropout and its own decoder": {
      kind: "vae",
      input: [4, 4, 3],
      encoder: [
        conv(4, { stride: [1, 2], padding: 1, activation: "linear" }),
        groupNorm(2, { activation: "silu" }),
        dropout(0.25),
        flatten(),
        5,
      ],
      latent: 3,
      decoder: [8, reshape([2, 2, 2]), upsample(2, { mode: "bilinear" }), conv(3)],
    },
    "dae of residual blocks": {
      kind: "dae",
      input: [5, 4, 1],
      encoder: [
        conv(3),
        layerNorm(),
        residual([conv(4, { stride: 2 }), dropout(0.1), conv(4)], { activation: "gelu" }),
        residual([conv(4, { kernel: 1 })]),
        globalAveragePool(),
      ],
      latent: 2,
      loss: "bce",
    },
    "ae that enlarges before it divides": {
      kind: "ae",
      input: [2, 3, 2],
      encoder: [upsample(2), conv(3, { kernel: 4, stride: 3 }), residual([4, 5])],
      latent: 3,
      activation: "leakyRelu",
    },
    "vae of convolutions conditional on three classes": {
      kind: "vae",
      input: [5, 4, 1],
      encoder: [conv(3, { stride: 2 })],
      latent: 2,
      condition: "label",
      classes: ["a", "b", "d"].map((name, at) => ({ name, label: at === 2 ? 3 : at })),
    },
    "vae conditional on three classes": {
      kind: "vae",
      encoder,
      latent: 2,
      activation: "tanh",
      condition: "label",
      classes: ["a", "b", "d"].map((name, at) => ({ name, label: at === 2 ? 3 : at })),
    },
    "vae with beta and its own decoder": { kind: "vae", encoder, latent: 3, decoder: [11, 13, 35], beta: 4 },
  }).map(([name, options]) => [name, ModelSpec.parse(options)]),
);
