/** The source's own: 32 glyphs of 7x5 pixels through two numbers and back, by 35-100-20-50-10-2 and its mirror. */
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

export default pipeline("glyphs-ae", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(train(ae({ encoder: [35, 100, 20, 50, 10], latent: 2, activation: "tanh", loss: "bce" }), {
    optimizer: adam({ learningRate: 5e-3 }),
    schedule: cosine({ warmupEpochs: 50, finalShare: 0.01 }),
    epochs: 3000,
    batchSize: 32,
    patience: 1000,
  }))
  .pipe(evaluate())
  .pipe(interpolate({ from: "a", to: "g", steps: 16 }))
  .pipe(generate({ count: 36 }))
  .pipe(exportRun());
