/**
 * How many latent dimensions a digit needs: the same short training with 2, 4, 8, 16, 32 and 64 of them, each compared with as many principal
 * components. About a minute each on two idle cores; longer trainings: `--set train.epochs=30`.
 */
import { adam, cosine, evaluate, latentSpace, load, mnist, pipeline, sweep, train, vae } from "../mod.ts";

const digits = pipeline("mnist-latent", { seed: 42 })
  .pipe(load(mnist()))
  // A fixed number of epochs, so that all sizes have the same.
  .pipe(train(vae({ encoder: [784, 400], latent: 2, activation: "relu" }), {
    optimizer: adam({ learningRate: 2e-3 }),
    schedule: cosine({ warmupEpochs: 1, finalShare: 0.02 }),
    epochs: 10,
    batchSize: 128,
  }))
  .pipe(evaluate())
  .pipe(latentSpace());

export default sweep(digits, { "train.model.latent": [2, 4, 8, 16, 32, 64] }, {
  metrics: [
    "evaluate.elbo",
    "evaluate.mse",
    "latentSpace.baselineMse",
    "latentSpace.neighbourAccuracy",
    "latentSpace.baselineAccuracy",
    "latentSpace.activeUnits",
    "train.seconds",
  ],
});
