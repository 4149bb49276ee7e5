/** The source's own: 32 glyphs of 7x5 pixels through two numbers and back, by 35-100-20-50-10-2 and its mirror, squared error. */
import {
  adam,
  ae,
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

export default pipeline("glyphs-ae", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(train(
    // A linear output: squared error through a sigmoid hardly moves a pixel that is wrong for certain.
    ae({
      encoder: [35, 100, 20, 50, 10],
      latent: 2,
      activation: "tanh",
      outputActivation: "linear",
      loss: "mse",
    }),
    {
      optimizer: adam({ learningRate: 0.01, beta2: 0.95 }),
      epochs: 100_000,
      batchSize: 32,
      patience: 1000,
      until: "worstWrongPixels <= 0",
    },
  ))
  .pipe(evaluate())
  .pipe(interpolate({ from: "a", to: "g", steps: 16 }))
  .pipe(generate({ count: 36 }))
  .pipe(farthestSample())
  .pipe(exportRun());
