/** A pipeline of four shards, named relative to the working directory, trained on all samples at once. */
import { ae, evaluate, load, npy, pipeline, shards, train } from "../../mod.ts";

export default pipeline("sharded", { seed: 11 })
  .pipe(load(shards([0, 1, 2, 3].map((shard) => npy(`${shard}.npy`)), { test: npy("test.npy") })))
  .pipe(
    train(ae({ encoder: [8, 6], latent: 2, activation: "tanh", loss: "mse", outputActivation: "linear" }), {
      epochs: 12,
      batchSize: 80,
      parts: 4,
      previews: false,
    }),
  )
  .pipe(evaluate());
