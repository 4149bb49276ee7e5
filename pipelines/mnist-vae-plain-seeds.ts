/**
 * The VAE of PyTorch's examples (`mnist-vae-plain.ts`) over five seeds with two sets of initial weights: `pytorch` draws them as
 * `nn.Linear` does. The last setting is the example to the letter, with a constant learning rate; the others have a tenth of it in the last
 * epoch. `bench/pytorch_example.ts` trains the same in PyTorch. About three minutes on two idle cores.
 */
import { adam, constant, evaluate, load, mnist, pipeline, stepDecay, sweep, train, vae } from "../mod.ts";

const digits = pipeline("mnist-vae-plain-seeds", { seed: 1 })
  .pipe(load(mnist()))
  .pipe(train(vae({ encoder: [784, 400], latent: 20, activation: "relu" }), {
    optimizer: adam({ learningRate: 1e-3 }),
    schedule: stepDecay({ everyEpochs: 9, factor: 0.1 }),
    epochs: 10,
    batchSize: 128,
    previews: false,
  }))
  .pipe(evaluate());

const initialiser = "train.model.initialiser";

export default sweep(digits, [
  { label: "initialiser auto" },
  { label: "initialiser pytorch", set: { [initialiser]: "pytorch" } },
  {
    label: "initialiser pytorch, constant rate",
    set: { [initialiser]: "pytorch", "train.schedule": constant() },
  },
], {
  seeds: 5,
  baseline: "initialiser auto",
  each: true,
  metrics: ["evaluate.train.elbo", "evaluate.elbo", "train.epochs"],
});
