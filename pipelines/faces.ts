/**
 * Faces of 70x70 by 4900-500-300-128-64 and its mirror, 500 epochs: 1,000 drawn ones. About three minutes on two idle cores.
 *
 * Small batches and a KL term that comes slowly are what brings eyes and mouths out: in batches of 128 and with the whole KL term from the
 * start all faces have nearly the same.
 */
import {
  adam,
  clusters,
  cosine,
  evaluate,
  exportRun,
  faces,
  generate,
  interpolate,
  klLinear,
  latentSpace,
  load,
  novelty,
  pipeline,
  train,
  vae,
} from "../mod.ts";

const topology = {
  encoder: [4900, 500, 300, 128],
  latent: 64,
  activation: "relu" as const,
  initialiser: "xavier" as const,
};

export default pipeline("faces", { seed: 42 })
  .pipe(load(faces({ labels: "eyes" })))
  .pipe(
    train(vae({ ...topology, klSchedule: klLinear({ epochs: 100 }) }), {
      optimizer: adam({ learningRate: 1e-3 }),
      schedule: cosine({ warmupEpochs: 5, finalShare: 0.02 }),
      epochs: 500,
      batchSize: 32,
    }),
  )
  .pipe(evaluate())
  .pipe(interpolate({ from: { sample: 1 }, to: { sample: 4 }, steps: 16, path: "spherical" }))
  .pipe(latentSpace({ paths: 0 }))
  .pipe(generate({ count: 1000, shown: 64 }))
  .pipe(clusters({ members: 6 }))
  .pipe(novelty({ shown: 24 }))
  .pipe(exportRun());
