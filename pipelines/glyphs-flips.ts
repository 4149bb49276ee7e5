/**
 * Denoising of flipped pixels through twelve numbers: trained with 15 % flipped, evaluated on 1,000 new draws of each glyph at 10, 15 and 20 %.
 * About a minute on two cores.
 */
import { adam, cosine, dae, evaluate, exportRun, glyphs, load, noise, pipeline, train } from "../mod.ts";

export default pipeline("glyphs-flips", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(noise({ kind: "flips", share: 0.15 }))
  .pipe(train(dae({ encoder: [35, 50, 25], latent: 12, activation: "tanh", loss: "bce" }), {
    optimizer: adam({ learningRate: 4e-3 }),
    schedule: cosine({ warmupEpochs: 240 }),
    epochs: 12_000,
    repeats: 160,
    batchSize: 256,
  }))
  .pipe(evaluate({ flips: [0.1, 0.15, 0.2], draws: 1000, passes: 16, blend: 0.3, inputWeight: 0.4 }))
  .pipe(exportRun());
