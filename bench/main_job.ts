/**
 * The main job of the benches: a VAE of 20 latent dimensions on the 60,000 MNIST digits. It stays unchanged while `pipelines/mnist-vae.ts`
 * is improved, so that figures of different days can be compared.
 *
 * @module
 */
import {
  adam,
  cosine,
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

export default pipeline("main-job", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(train(vae({ encoder: [784, 400], latent: 20, activation: "relu" }), {
    optimizer: adam({ learningRate: 2e-3 }),
    schedule: cosine({ warmupEpochs: 1, finalShare: 0.02 }),
    epochs: 24,
    batchSize: 128,
    validationShare: 1 / 12,
    patience: 5,
  }))
  .pipe(evaluate())
  .pipe(interpolate({ from: "3", to: "8", steps: 16, path: "spherical" }))
  .pipe(generate({ count: 100 }))
  .pipe(exportRun());
