/** The VAE of Burda et al. 2016 on digits drawn as 0 or 1, held to the importance-weighted bound. */
import {
  adam,
  cosine,
  evaluate,
  exportRun,
  generate,
  klLinear,
  load,
  mnist,
  pipeline,
  train,
  vae,
} from "../mod.ts";

export default pipeline("mnist-iwae", { seed: 42 })
  .pipe(load(mnist(), { binarise: "resampled" }))
  .pipe(train(
    vae({
      encoder: [784, 200, 200],
      latent: 50,
      activation: "tanh",
      klSchedule: klLinear({ epochs: 20 }),
    }),
    {
      optimizer: adam({ learningRate: 2e-3 }),
      schedule: cosine({ warmupEpochs: 1, finalShare: 0.01 }),
      epochs: 500,
      batchSize: 128,
      validationShare: 1 / 60,
    },
  ))
  .pipe(evaluate({ importanceSamples: 5000 }))
  .pipe(generate({ count: 100 }))
  .pipe(exportRun());
