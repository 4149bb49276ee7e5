/** A small VAE of the digits, and an audit: what it generates, what it hallucinates, how sharply it reconstructs. */
import {
  adam,
  cosine,
  emoji,
  evaluate,
  exportRun,
  generate,
  hallucinate,
  load,
  mnist,
  novelty,
  pipeline,
  sharpness,
  train,
  vae,
} from "../mod.ts";

export default pipeline("mnist-audit", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(train(vae({ encoder: [784, 400], latent: 20, activation: "relu" }), {
    optimizer: adam({ learningRate: 2e-3 }),
    schedule: cosine({ warmupEpochs: 1, finalShare: 0.02 }),
    epochs: 24,
    batchSize: 128,
    validationShare: 1 / 12,
    patience: 5,
  }))
  .pipe(evaluate())
  .pipe(generate({ count: 100 }))
  .pipe(novelty({ count: 1000 }))
  .pipe(hallucinate({ inputs: ["inverted", "glyphs", "noise", "constant", emoji()] }))
  .pipe(sharpness())
  .pipe(exportRun());
