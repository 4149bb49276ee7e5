/** Denoising: glyphs under Gaussian noise of std 0.2 to 0.5 through twelve numbers, judged on 200 fresh draws of each glyph. */
import { adam, cosine, dae, evaluate, exportRun, glyphs, load, noise, pipeline, train } from "../mod.ts";

export default pipeline("glyphs-dae", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(noise({ std: [0.2, 0.5] }))
  .pipe(train(dae({ encoder: [35, 50, 25], latent: 12, activation: "tanh", loss: "bce" }), {
    optimizer: adam({ learningRate: 3e-3 }),
    schedule: cosine({ warmupEpochs: 125 }),
    epochs: 15000,
    copies: 16,
    batchSize: 128,
  }))
  .pipe(evaluate({ noise: [0.2, 0.3, 0.4, 0.5], draws: 200 }))
  .pipe(exportRun());
