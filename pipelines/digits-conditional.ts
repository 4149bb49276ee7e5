/**
 * A conditional VAE of the digits (Sohn, Lee and Yan 2015) with convolutions: encoder and decoder are given the class, so that new digits
 * can be of a chosen one, and the latent dimensions hold the style. One row of generated digits for each class; the share that a nearest
 * neighbour among the train digits takes for its class. Not measured yet; about five minutes on two idle cores.
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
  train,
  vae,
} from "../mod.ts";

export default pipeline("digits-conditional", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(train(
    vae({
      encoder: [conv(32, { kernel: 4, stride: 2 }), conv(64, { kernel: 4, stride: 2 }), dense(256)],
      latent: 16,
      activation: "gelu",
      condition: "label",
    }),
    {
      optimizer: adamw({ learningRate: 1e-3, weightDecay: 0.05 }),
      schedule: cosine({ warmupEpochs: 1, finalShare: 0.01 }),
      epochs: 30,
      batchSize: 128,
      validationShare: 1 / 30,
      ema: 0.999,
    },
  ))
  .pipe(evaluate())
  .pipe(interpolate({ from: { sample: 0 }, to: { sample: 1 }, steps: 16, path: "spherical" }))
  .pipe(generate({ count: 1000, shown: 100 }))
  .pipe(exportRun());
