/** First weights (He, Xavier, N(0, 0.01)) across activations: how many of five seeds store all 32 glyphs in at most 600 epochs, and how soon. */
import { adam, ae, cosine, evaluate, glyphs, load, pipeline, sweep, train } from "../mod.ts";

const letters = pipeline("glyphs-initialisers", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(train(ae({ encoder: [35, 60, 40, 20], latent: 2, activation: "tanh", loss: "bce" }), {
    optimizer: adam({ learningRate: 0.02, beta2: 0.95 }),
    schedule: cosine({ warmupEpochs: 10, finalShare: 0.01 }),
    epochs: 600,
    batchSize: 32,
    until: "worstWrongPixels <= 0",
    previews: false,
  }))
  .pipe(evaluate({ splits: ["test"] }));

export default sweep(letters, {
  "train.model.activation": ["tanh", "sigmoid", "relu"],
  "train.model.initialiser": ["auto", "he", "xavier", "normal"],
}, {
  seeds: 5,
  success: "evaluate.worstWrongPixels <= 0",
  metrics: ["train.epochs", "evaluate.worstWrongPixels", "evaluate.pixelAccuracy"],
});
