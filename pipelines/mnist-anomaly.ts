/**
 * Anomalies among digits: a VAE trained on one digit scores all ten. Another digit: `--set filterClasses.labels='["3"]'`.
 * One digit unseen instead: `--set filterClasses.labels=null --set filterClasses.except='["3"]' --set anomaly.protocol=oneAnomalous`.
 * About a minute on two cores.
 */
import { adam, anomaly, exportRun, filterClasses, load, mnist, pipeline, train, vae } from "../mod.ts";

export default pipeline("mnist-anomaly", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(filterClasses({ labels: ["8"] }))
  // A fixed number of epochs: nothing of the test split decides when to stop.
  .pipe(train(vae({ encoder: [784, 400], latent: 10, activation: "relu" }), {
    optimizer: adam({ learningRate: 1e-3 }),
    epochs: 60,
    batchSize: 128,
  }))
  .pipe(anomaly())
  .pipe(exportRun());
