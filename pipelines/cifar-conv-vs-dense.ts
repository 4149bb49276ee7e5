/**
 * Convolutions against dense layers on CIFAR-10, at equal training time (ten minutes each) over three seeds: the model of
 * `cifar-conv-vae.ts`, a dense one, and a dense one with as many parameters as the first. The folder is given as for `cifar-conv-vae.ts`.
 * Not measured yet.
 */
import { adamw, cifar10, discretisedLogistic, evaluate, load, pipeline, sweep, train, vae } from "../mod.ts";
import { ENCODER } from "./cifar-conv-vae.ts";

const loss = discretisedLogistic({ scale: "pixel" });

const pictures = pipeline("cifar-conv-vs-dense", { seed: 42 })
  .pipe(load(cifar10("cifar-10-batches-bin")))
  .pipe(train(vae({ encoder: ENCODER, latent: 512, activation: "gelu", loss }), {
    optimizer: adamw({ learningRate: 1e-3, weightDecay: 0.01 }),
    maxSeconds: 600,
    epochs: 10_000,
    batchSize: 128,
    validationShare: 0.04,
    ema: 0.999,
    previews: false,
  }))
  .pipe(evaluate());

export default sweep(pictures, [
  { label: "convolutional" },
  { label: "dense, as in mnist-vae.ts", set: { "train.model.encoder": [512, 256] } },
  { label: "dense, equal parameters", set: { "train.model.encoder": [1202, 600] } },
], {
  seeds: 3,
  baseline: "convolutional",
  metrics: [
    "evaluate.bitsPerDimension",
    "evaluate.mse",
    "evaluate.elbo",
    "train.parameters",
    "train.epochs",
    "train.seconds",
  ],
});
