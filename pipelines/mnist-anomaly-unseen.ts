/**
 * Anomalies among digits, one class anomalous: for each of the ten digits a VAE that has seen the nine others looks for it among all ten,
 * with 2 and with 32 latent dimensions. Harder than one class normal: parts of nine digits make most of the tenth. About six minutes on two
 * cores.
 */
import { adam, anomaly, filterClasses, load, mnist, pipeline, sweep, train, vae } from "../mod.ts";

const digit = pipeline("mnist-anomaly-unseen", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(filterClasses({ except: ["0"] }))
  // A fixed number of epochs: nothing of the test split decides when to stop.
  .pipe(train(vae({ encoder: [784, 400], latent: 2, activation: "relu" }), {
    optimizer: adam({ learningRate: 1e-3 }),
    epochs: 10,
    batchSize: 128,
    previews: false,
  }))
  .pipe(anomaly({ protocol: "oneAnomalous", baselines: false }));

const settings = [2, 32].flatMap((latent) =>
  Array.from({ length: 10 }, (_, unseen) => ({
    label: `${latent} latent dimensions, ten digits`,
    set: { "filterClasses.except": [String(unseen)], "train.model.latent": latent },
  }))
);

export default sweep(digit, settings, {
  each: true,
  metrics: [
    "anomaly.auroc",
    "anomaly.auroc.elbo",
    "anomaly.auroc.reconstruction",
    "anomaly.auroc.relative",
    "anomaly.auroc.latentDistance",
    "train.seconds",
  ],
});
