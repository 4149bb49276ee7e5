/** How surely and how soon all 32 glyphs are stored: two topologies on ten seeds, to the first epoch with at most one wrong pixel in a glyph, and with none. */
import { adam, ae, cosine, evaluate, glyphs, load, pipeline, sweep, train } from "../mod.ts";

const letters = pipeline("glyphs-seeds", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(train(ae({ encoder: [35, 60, 40, 20], latent: 2, activation: "tanh", loss: "bce" }), {
    optimizer: adam({ learningRate: 0.02, beta2: 0.95 }),
    schedule: cosine({ warmupEpochs: 10, finalShare: 0.01 }),
    epochs: 600,
    batchSize: 32,
    previews: false,
  }))
  .pipe(evaluate({ splits: ["test"] }));

export default sweep(letters, {
  "train.model.encoder": [[35, 60, 40, 20], [35, 200, 100]],
  "train.until": ["worstWrongPixels <= 1", "worstWrongPixels <= 0"],
}, {
  seeds: 10,
  success: "evaluate.worstWrongPixels <= 1",
  metrics: ["train.epochs", "train.seconds", "evaluate.worstWrongPixels", "evaluate.pixelAccuracy"],
});
