/**
 * Which initial weights suit the VAE of PyTorch's examples (`mnist-vae-plain.ts`)? Each is compared with the default over five seeds, by the
 * loss on 5,000 train digits that are held out: the test digits have no part in the choice. About two minutes on two idle cores.
 */
import { adam, load, mnist, pipeline, stepDecay, sweep, train, vae } from "../mod.ts";

const digits = pipeline("mnist-vae-initialisers", { seed: 1 })
  .pipe(load(mnist()))
  .pipe(train(vae({ encoder: [784, 400], latent: 20, activation: "relu" }), {
    optimizer: adam({ learningRate: 1e-3 }),
    schedule: stepDecay({ everyEpochs: 9, factor: 0.1 }),
    epochs: 10,
    batchSize: 128,
    validationShare: 1 / 12,
    previews: false,
  }));

export default sweep(
  digits,
  ["auto", "pytorch"].map((initialiser) => ({
    label: `initialiser ${initialiser}`,
    set: { "train.model.initialiser": initialiser },
  })),
  { seeds: 5, baseline: "initialiser auto", each: true, metrics: ["train.bestLoss"] },
);
