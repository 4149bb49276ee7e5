/** Denoising through two numbers: trained at std 0.4 to 0.55, evaluated on 1,000 new draws of each glyph at 0.2 to 1. */
import { adam, cosine, dae, evaluate, exportRun, glyphs, load, noise, pipeline, train } from "../mod.ts";

export default pipeline("glyphs-dae-2d", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(noise({ std: [0.4, 0.55] }))
  .pipe(train(dae({ encoder: [35, 50, 25], latent: 2, activation: "tanh", loss: "bce" }), {
    optimizer: adam({ learningRate: 3e-3, beta2: 0.99 }),
    schedule: cosine({ warmupEpochs: 240 }),
    epochs: 12_000,
    repeats: 160,
    batchSize: 128,
  }))
  .pipe(evaluate({ noise: [0.2, 0.3, 0.4, 0.5, 0.8, 1], draws: 1000 }))
  .pipe(exportRun());
