/** Two latent numbers, for the pictures: where the digits lie, and the plane between them. */
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

export default pipeline("mnist-vae-2d", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(train(vae({ encoder: [784, 400, 100], latent: 2, activation: "relu" }), {
    optimizer: adam({ learningRate: 1e-3 }),
    schedule: cosine({ warmupEpochs: 1, finalShare: 0.02 }),
    epochs: 20,
    batchSize: 128,
    validationShare: 1 / 12,
    patience: 5,
  }))
  .pipe(evaluate())
  .pipe(interpolate({ from: "3", to: "8", steps: 16 }))
  .pipe(generate({ count: 100, manifold: 20 }))
  .pipe(exportRun());
