/**
 * Emoji of 70x70 by 4900-500-300-128-64 and its mirror: what so much variety does to so small a code. One to two minutes on two cores. What
 * could help is tried in emoji-cures.ts.
 */
import {
  adam,
  clusters,
  cosine,
  emoji,
  evaluate,
  exportRun,
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

export default pipeline("emoji-deep", { seed: 42 })
  .pipe(load(emoji({ size: 70 })))
  .pipe(
    train(vae({ ...topology, klSchedule: klLinear({ epochs: 30 }) }), {
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
