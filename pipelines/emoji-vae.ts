/** Emoji of 28x28: a VAE of 32 latent dimensions on 2,465 pictures of all kinds. About half a minute on two cores. */
import {
  adam,
  clusters,
  cosine,
  emoji,
  evaluate,
  exportRun,
  generate,
  interpolate,
  latentSpace,
  load,
  novelty,
  pipeline,
  train,
  vae,
} from "../mod.ts";

export default pipeline("emoji-vae", { seed: 42 })
  .pipe(load(emoji()))
  .pipe(train(vae({ encoder: [784, 512, 256], latent: 32, activation: "relu", initialiser: "xavier" }), {
    optimizer: adam({ learningRate: 2e-3 }),
    schedule: cosine({ warmupEpochs: 2, finalShare: 0.02 }),
    epochs: 100,
    batchSize: 64,
    patience: 20,
  }))
  .pipe(evaluate())
  .pipe(interpolate({ from: { sample: 0 }, to: { sample: 28 }, steps: 16, path: "spherical" }))
  .pipe(latentSpace({ paths: 0 }))
  .pipe(generate({ count: 1000, shown: 100 }))
  .pipe(clusters())
  .pipe(novelty())
  .pipe(exportRun());
