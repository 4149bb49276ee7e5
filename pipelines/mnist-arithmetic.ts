/**
 * What the latent space of digits is good for: attributes added and exchanged, ways between digits and how even they are, and the groups
 * that generated digits fall into. About a minute on two idle cores.
 */
import {
  adam,
  arithmetic,
  clusters,
  cosine,
  evaluate,
  exportRun,
  generate,
  interpolate,
  latentSpace,
  load,
  mnist,
  pipeline,
  train,
  vae,
} from "../mod.ts";

export default pipeline("mnist-arithmetic", { seed: 42 })
  .pipe(load(mnist()))
  .pipe(train(vae({ encoder: [784, 400], latent: 10, activation: "relu" }), {
    optimizer: adam({ learningRate: 2e-3 }),
    schedule: cosine({ warmupEpochs: 1, finalShare: 0.02 }),
    epochs: 8,
    batchSize: 128,
  }))
  .pipe(evaluate())
  .pipe(arithmetic({ trainImages: 10_000 }))
  .pipe(arithmetic({
    name: "exchange",
    attributes: [{ from: "3", to: "8" }, { from: "4", to: "9" }, { from: "7", to: "1" }],
    trainImages: 10_000,
  }))
  .pipe(interpolate({ from: "4", to: "9", steps: 16, path: "spherical" }))
  .pipe(latentSpace())
  .pipe(generate({ count: 1000 }))
  .pipe(clusters({ of: "generated" }))
  .pipe(exportRun());
