/**
 * The VAE of Burda, Grosse and Salakhutdinov 2016 (arXiv:1509.00519: two layers of 200 tanh, 50 latent dimensions) on digits whose pixels
 * are drawn as 0 or 1, trained on the ELBO and evaluated by the importance-weighted bound with 5,000 samples: 87.12 nats/digit on the test split,
 * after 500 epochs (theirs: 86.76 after 3,280). About twenty minutes on two cores, a third of them for the bound.
 */
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
