/** Train noise against test noise: a model for each std, evaluated at every std and compared with what is possible there. */
import { adam, cosine, dae, evaluate, glyphs, load, noise, pipeline, sweep, train } from "../mod.ts";

const LEVELS = [0.2, 0.3, 0.4, 0.5, 0.8];

const denoiser = pipeline("glyphs-noise-matrix", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(noise())
  .pipe(train(dae({ encoder: [35, 50, 25], latent: 12, activation: "tanh", loss: "bce" }), {
    optimizer: adam({ learningRate: 3e-3, beta2: 0.99 }),
    schedule: cosine({ warmupEpochs: 3 }),
    epochs: 140,
    repeats: 640,
    batchSize: 128,
    previews: false,
  }))
  .pipe(evaluate({ noise: LEVELS, draws: 500 }));

export default sweep(denoiser, { "noise.std": LEVELS }, {
  seeds: 3,
  metrics: LEVELS.flatMap((
    std,
  ) => [`evaluate.pixelAccuracy@${std}`, `evaluate.pixelAccuracyBelowBest@${std}`]),
});
