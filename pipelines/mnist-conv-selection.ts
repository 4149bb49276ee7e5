/**
 * Model selection for `mnist-conv-vae.ts`: convolutional VAEs trained for the same time on 50,000 of the train digits and measured on the
 * other 10,000. No test digit is read. Not measured yet.
 */
import {
  adamw,
  conv,
  convTranspose,
  dense,
  evaluate,
  groupNorm,
  load,
  mnist,
  pipeline,
  reshape,
  residual,
  sweep,
  train,
  vae,
} from "../mod.ts";
import { ENCODER } from "./mnist-conv-vae.ts";

const digits = pipeline("mnist-conv-selection", { seed: 42 })
  .pipe(load(mnist({ heldOut: 10_000 })))
  .pipe(train(vae({ encoder: ENCODER, latent: 32, activation: "gelu" }), {
    optimizer: adamw({ learningRate: 1e-3, weightDecay: 0.05 }),
    // A constant rate and averaged weights: a schedule would have to know how many epochs the time allows.
    maxSeconds: 300,
    epochs: 10_000,
    batchSize: 128,
    ema: 0.999,
    previews: false,
  }))
  .pipe(evaluate({ splits: ["test"] }));

const strided = (kernel: number, filters = [32, 64]) =>
  filters.map((count) => conv(count, { kernel, stride: 2 }));
const encoder = (label: string, layers: unknown[]) => ({ label, set: { "train.model.encoder": layers } });

export default sweep(digits, [
  { label: "as it is" },
  encoder("kernel 3, no residual block", [...strided(3), dense(256)]),
  encoder("kernel 4, no residual block", [...strided(4), dense(256)]),
  encoder("kernel 5, no residual block", [...strided(5), dense(256)]),
  encoder("half the filters", [...strided(4, [16, 32]), residual([conv(32), conv(32)]), dense(256)]),
  encoder("a residual block at 14x14, too", [
    conv(32, { kernel: 4, stride: 2 }),
    residual([conv(32), conv(32)]),
    conv(64, { kernel: 4, stride: 2 }),
    residual([conv(64), conv(64)]),
    dense(256),
  ]),
  {
    label: "a residual block at 14x14, in the decoder alone",
    set: {
      "train.model.decoder": [
        256,
        dense(7 * 7 * 64),
        reshape([7, 7, 64]),
        residual([conv(64), conv(64)]),
        convTranspose(32, { kernel: 4, stride: 2 }),
        residual([conv(32), conv(32)]),
        convTranspose(1, { kernel: 4, stride: 2 }),
      ],
    },
  },
  encoder("128 more filters at 4x4", [...strided(4, [32, 64, 128]), dense(256)]),
  encoder("with group norm", [
    conv(32, { kernel: 4, stride: 2, activation: "linear" }),
    groupNorm(8, { activation: "gelu" }),
    conv(64, { kernel: 4, stride: 2, activation: "linear" }),
    groupNorm(8, { activation: "gelu" }),
    residual([conv(64), conv(64)]),
    dense(256),
  ]),
  encoder("512 dense units", [...ENCODER.slice(0, 3), dense(512)]),
  { label: "20 latent dimensions", set: { "train.model.latent": 20 } },
  { label: "four times the weight decay", set: { "train.optimizer.weightDecay": 0.2 } },
  { label: "twice the rate", set: { "train.optimizer.learningRate": 2e-3 } },
  { label: "half the batch", set: { "train.batchSize": 64 } },
], {
  baseline: "as it is",
  metrics: [
    "evaluate.elbo",
    "evaluate.reconstruction",
    "evaluate.kl",
    "train.parameters",
    "train.epochs",
    "train.seconds",
  ],
});
