/** Gradient descent, momentum and Adam on the source's own topology and loss, full batch, each until all 32 glyphs are exact. */
import { adam, ae, evaluate, glyphs, load, momentum, pipeline, sgd, sweep, train } from "../mod.ts";

const letters = pipeline("glyphs-optimizers", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(train(
    ae({
      encoder: [35, 100, 20, 50, 10],
      latent: 2,
      activation: "tanh",
      outputActivation: "linear",
      loss: "mse",
    }),
    {
      epochs: 100_000,
      batchSize: 32,
      patience: 1000,
      until: "worstWrongPixels <= 0",
      previews: false,
    },
  ))
  .pipe(evaluate({ splits: ["test"] }));

export default sweep(letters, {
  "train.optimizer": [
    sgd({ learningRate: 1 }),
    momentum({ learningRate: 0.3 }),
    adam({ learningRate: 0.01, beta2: 0.95 }),
  ],
}, {
  seeds: 5,
  success: "evaluate.worstWrongPixels <= 0",
  metrics: ["train.epochs", "train.seconds", "evaluate.worstWrongPixels", "evaluate.mse"],
});
