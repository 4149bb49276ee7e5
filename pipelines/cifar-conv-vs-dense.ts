/**
 * Convolutions against dense layers on CIFAR-10, at equal training time (two minutes each) over three seeds: the model of
 * `cifar-conv-vae.ts`, whose latent is a feature map, a dense one with the widths of `mnist-vae.ts`, and a dense one with about as many
 * parameters as the first. The folder is given as for `cifar-conv-vae.ts`. Not measured yet.
 */
import { adamw, cifar10, discretisedLogistic, evaluate, load, pipeline, sweep, train, vae } from "../mod.ts";
import { MODEL } from "./cifar-conv-vae.ts";

const pictures = pipeline("cifar-conv-vs-dense", { seed: 42 })
  .pipe(load(cifar10("cifar-10-batches-bin")))
  .pipe(train(MODEL, {
    optimizer: adamw({ learningRate: 1e-3, weightDecay: 0.01 }),
    maxSeconds: 120,
    epochs: 10_000,
    batchSize: 16,
    validationShare: 0.04,
    ema: 0.999,
    previews: false,
  }))
  .pipe(evaluate());

const dense = (encoder: number[], latent: number) =>
  vae({
    encoder,
    latent,
    activation: "gelu",
    initialiser: "pytorch",
    loss: discretisedLogistic({ scale: "pixel" }),
  });

export default sweep(pictures, [
  { label: "convolutional" },
  { label: "dense, as in mnist-vae.ts", set: { "train.model": dense([512, 256], 256) } },
  { label: "dense, equal parameters", set: { "train.model": dense([17], 64) } },
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
