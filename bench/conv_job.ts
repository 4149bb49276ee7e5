/**
 * The convolutional job of the benches: the model of `pipelines/mnist-conv-vae.ts` on the 60,000 MNIST digits. It stays unchanged
 * while that pipeline is improved, so that figures of different days can be compared.
 *
 * Its losses can be compared after 3 epochs or more: validation losses of six seeds here and three in PyTorch lay between 102.1 and 103.5
 * nats/digit then. After a single epoch those of two and three lay between 118.6 and 124.3, further apart than the bench allows.
 *
 * @module
 */
import {
  adamw,
  conv,
  cosine,
  dense,
  evaluate,
  exportRun,
  generate,
  interpolate,
  load,
  mnist,
  pipeline,
  residual,
  train,
  vae,
} from "../mod.ts";

export default pipeline("conv-job", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(train(
    vae({
      encoder: [
        conv(32, { kernel: 4, stride: 2 }),
        conv(64, { kernel: 4, stride: 2 }),
        residual([conv(64), conv(64)]),
        dense(256),
      ],
      latent: 32,
      activation: "gelu",
    }),
    {
      optimizer: adamw({ learningRate: 2e-3, weightDecay: 0.05 }),
      schedule: cosine({ finalShare: 0.01 }),
      epochs: 22,
      batchSize: 128,
      validationShare: 1 / 30,
      patience: 10,
    },
  ))
  .pipe(evaluate())
  .pipe(interpolate({ from: "3", to: "8", steps: 16, path: "spherical" }))
  .pipe(generate({ count: 100 }))
  .pipe(exportRun());
