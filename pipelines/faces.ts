/** Faces of 70x70 by 4900-500-300-128-64 and its mirror, 500 epochs: 1,000 drawn ones. About five minutes on two cores. */
import {
  adam,
  clusters,
  cosine,
  evaluate,
  exportRun,
  faces,
  generate,
  interpolate,
  latentSpace,
  load,
  novelty,
  pipeline,
  train,
  vae,
} from "../mod.ts";

export default pipeline("faces", { seed: 42 })
  .pipe(load(faces({ labels: "eyes" })))
  .pipe(
    train(vae({ encoder: [4900, 500, 300, 128], latent: 64, activation: "relu", initialiser: "xavier" }), {
      optimizer: adam({ learningRate: 2e-3 }),
      schedule: cosine({ warmupEpochs: 5, finalShare: 0.02 }),
      epochs: 500,
      batchSize: 128,
    }),
  )
  .pipe(evaluate())
  .pipe(interpolate({ from: { sample: 1 }, to: { sample: 4 }, steps: 16, path: "spherical" }))
  .pipe(latentSpace({ paths: 0 }))
  .pipe(generate({ count: 1000, shown: 64 }))
  .pipe(clusters())
  .pipe(novelty())
  .pipe(exportRun());
