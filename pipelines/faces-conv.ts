/**
 * A convolutional VAE of faces in colour at 70x70, and 1,000 new faces. `faces.ts` is the dense model in grey; compared with dense models in
 * `faces-conv-vs-dense.ts`. Not measured yet.
 */
import {
  adam,
  clusters,
  cosine,
  evaluate,
  exportRun,
  faces,
  gaussian,
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
import { encoderOf } from "./emoji-conv.ts";

export default pipeline("faces-conv", { seed: 42 })
  .pipe(load(faces({ color: true, labels: "eyes", count: 2000 })))
  .pipe(train(
    vae({
      encoder: encoderOf(32),
      latent: 64,
      activation: "gelu",
      loss: gaussian({ variance: "shared" }),
      klSchedule: klLinear({ epochs: 30 }),
    }),
    {
      optimizer: adam({ learningRate: 1e-3 }),
      schedule: cosine({ warmupEpochs: 2, finalShare: 0.02 }),
      epochs: 120,
      batchSize: 32,
      ema: 0.99,
    },
  ))
  .pipe(evaluate())
  .pipe(interpolate({ from: { sample: 1 }, to: { sample: 4 }, steps: 16, path: "spherical" }))
  .pipe(latentSpace({ paths: 0 }))
  .pipe(generate({ count: 1000, shown: 64 }))
  .pipe(clusters({ members: 6 }))
  .pipe(novelty({ shown: 24 }))
  .pipe(exportRun());
