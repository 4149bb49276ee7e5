/** Emoji of 70x70 by 4900-500-300-128-64 and its mirror: what so much variety does to so small a code. A few minutes on two cores. */
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

export default pipeline("emoji-deep", { seed: 42 })
  .pipe(load(emoji({ size: 70 })))
  .pipe(
    train(vae({ encoder: [4900, 500, 300, 128], latent: 64, activation: "relu", initialiser: "xavier" }), {
      optimizer: adam({ learningRate: 1e-3 }),
      schedule: cosine({ warmupEpochs: 2, finalShare: 0.02 }),
      epochs: 100,
      batchSize: 32,
      patience: 20,
    }),
  )
  .pipe(evaluate())
  .pipe(interpolate({ from: { sample: 0 }, to: { sample: 28 }, steps: 16, path: "spherical" }))
  .pipe(latentSpace({ paths: 0 }))
  .pipe(generate({ count: 1000, shown: 64 }))
  .pipe(clusters())
  .pipe(novelty())
  .pipe(exportRun());
