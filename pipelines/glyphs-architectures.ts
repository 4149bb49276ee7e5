/** Topologies against learning rates: how many of five seeds store all 32 glyphs in at most 600 epochs, and how soon. */
import { adam, ae, cosine, evaluate, glyphs, load, pipeline, sweep, train } from "../mod.ts";

const letters = pipeline("glyphs-architectures", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(train(ae({ encoder: [35, 60, 40, 20], latent: 2, activation: "tanh", loss: "bce" }), {
    optimizer: adam({ beta2: 0.95 }),
    schedule: cosine({ warmupEpochs: 10, finalShare: 0.01 }),
    epochs: 600,
    batchSize: 32,
    until: "worstWrongPixels <= 0",
    previews: false,
  }))
  .pipe(evaluate({ splits: ["test"] }));

export default sweep(letters, {
  "train.model.encoder": [[35, 100, 20, 50, 10], [35, 60, 40, 20], [35, 200, 100], [35, 60]],
  "train.optimizer.learningRate": [0.005, 0.02, 0.05],
}, {
  seeds: 5,
  success: "evaluate.worstWrongPixels <= 0",
  metrics: ["train.epochs", "train.seconds", "evaluate.worstWrongPixels", "evaluate.pixelAccuracy"],
});
