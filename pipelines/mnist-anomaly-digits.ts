/**
 * Anomalies among digits, one class normal: for each of the ten digits a VAE that has seen it alone judges all ten. About five minutes on
 * two cores; `mnist-anomaly.ts` is one of them with all that can be looked at.
 */
import { adam, anomaly, load, mnist, only, pipeline, sweep, train, vae } from "../mod.ts";

const digit = pipeline("mnist-anomaly-digits", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(only({ labels: ["0"] }))
  // A fixed number of epochs: nothing of the test split decides when to stop.
  .pipe(train(vae({ encoder: [784, 400], latent: 10, activation: "relu" }), {
    optimizer: adam({ learningRate: 1e-3 }),
    epochs: 60,
    batchSize: 128,
    previews: false,
  }))
  .pipe(anomaly());

const settings = Array.from({ length: 10 }, (_, normal) => ({
  label: "one digit normal, ten digits",
  set: { "only.labels": [String(normal)] },
}));

export default sweep(digit, settings, {
  each: true,
  metrics: [
    "anomaly.auroc",
    "anomaly.auroc.smoothedNeighbours",
    "anomaly.auroc.neighbours",
    "anomaly.auroc.smoothedIsolationForest",
    "anomaly.auroc.isolationForest",
    "train.seconds",
    "anomaly.aurocDifference.smoothedNeighbours",
    "anomaly.aurocDifference.smoothedIsolationForest",
  ],
});
