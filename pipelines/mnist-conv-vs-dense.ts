/**
 * Convolutions against dense layers on the digits, at equal training time (five minutes each) over three seeds: the model of
 * `mnist-conv-vae.ts`, that of `mnist-vae.ts`, and a dense one with as many parameters as the first. Constant rates and averaged weights, so
 * that no schedule has to know how many epochs the time allows. Measured: dense layers are better, -94.8 and -94.9 nats against -103.7:
 * the convolutional model ends 4 epochs in the time, the dense ones 54 and 33.
 */
import { adamw, evaluate, load, mnist, pipeline, sweep, train, vae } from "../mod.ts";
import { ENCODER } from "./mnist-conv-vae.ts";

const digits = pipeline("mnist-conv-vs-dense", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(train(vae({ encoder: ENCODER, latent: 32, activation: "gelu" }), {
    optimizer: adamw({ learningRate: 1e-3, weightDecay: 0.05 }),
    maxSeconds: 300,
    epochs: 10_000,
    batchSize: 128,
    validationShare: 1 / 30,
    ema: 0.999,
    previews: false,
  }))
  .pipe(evaluate());

export default sweep(digits, [
  { label: "convolutional" },
  { label: "dense, as in mnist-vae.ts", set: { "train.model.encoder": [512, 256] } },
  { label: "dense, equal parameters", set: { "train.model.encoder": [763, 400] } },
], {
  seeds: 3,
  baseline: "convolutional",
  metrics: [
    "evaluate.elbo",
    "evaluate.mse",
    "evaluate.train.elbo",
    "train.parameters",
    "train.epochs",
    "train.seconds",
  ],
});
