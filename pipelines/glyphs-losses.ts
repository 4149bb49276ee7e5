/** Squared error through a sigmoid, squared error of a linear output and cross-entropy on the source's own topology, 1,000 epochs on five seeds. */
import { adam, ae, cosine, evaluate, glyphs, load, pipeline, sweep, train } from "../mod.ts";

const topology = { encoder: [35, 100, 20, 50, 10], latent: 2, activation: "tanh" as const };
const models = [
  ae({ ...topology, loss: "mse" }),
  ae({ ...topology, loss: "mse", outputActivation: "linear" }),
  ae({ ...topology, loss: "bce" }),
];

const letters = pipeline("glyphs-losses", { seed: 42 })
  .pipe(load(glyphs()))
  .pipe(train(models[0], {
    optimizer: adam({ learningRate: 0.01, beta2: 0.95 }),
    schedule: cosine({ warmupEpochs: 10, finalShare: 0.01 }),
    epochs: 1000,
    batchSize: 32,
    until: "worstWrongPixels <= 0",
    previews: false,
  }))
  .pipe(evaluate({ splits: ["test"] }));

export default sweep(letters, { "train.model": models }, {
  seeds: 5,
  success: "evaluate.worstWrongPixels <= 0",
  metrics: ["train.epochs", "train.seconds", "evaluate.worstWrongPixels", "evaluate.pixelAccuracy"],
});
