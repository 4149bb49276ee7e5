/**
 * The VAE of PyTorch's examples: 784-400-20, Adam at 0.001, batches of 128, 10 epochs of all 60,000 digits, nothing held out, weights that
 * start as those of PyTorch's `nn.Linear` (`mnist-vae-initialisers.ts` has chosen them on held-out train digits). The last epoch is at a
 * tenth of the rate. Over five seeds (`mnist-vae-plain-seeds.ts`) that gives 104.72 ± 0.11 nats on the test digits, and the same in PyTorch
 * 104.76 ± 0.11: a tie. The example to the letter, at a constant rate, gives 105.69 ± 0.31 here and 105.59 ± 0.12 in PyTorch: a tie too.
 */
import { adam, evaluate, exportRun, generate, load, mnist, pipeline, stepDecay, train, vae } from "../mod.ts";

export default pipeline("mnist-vae-plain", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(train(vae({ encoder: [784, 400], latent: 20, activation: "relu", initialiser: "pytorch" }), {
    optimizer: adam({ learningRate: 1e-3 }),
    schedule: stepDecay({ everyEpochs: 9, factor: 0.1 }),
    epochs: 10,
    batchSize: 128,
  }))
  .pipe(evaluate())
  .pipe(generate({ count: 100 }))
  .pipe(exportRun());
