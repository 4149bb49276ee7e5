/**
 * Convolutions against dense layers on faces in colour at 70x70, at equal training time (four minutes each) over three seeds: the encoder of
 * `emoji-conv.ts`, that of `faces.ts`, and a dense one with as many parameters as the first. A quarter of the faces is held out;
 * generated ones are audited as shares of what real ones reach. Not measured yet.
 */
import { adam, evaluate, faces, load, novelty, pipeline, sweep, train, vae } from "../mod.ts";
import { encoderOf } from "./emoji-conv.ts";

const pictures = pipeline("faces-conv-vs-dense", { seed: 42 })
  .pipe(load(faces({ color: true, count: 2000, testShare: 0.25 })))
  .pipe(train(vae({ encoder: encoderOf(32), latent: 64, activation: "relu" }), {
    optimizer: adam({ learningRate: 1e-3 }),
    maxSeconds: 240,
    epochs: 10_000,
    batchSize: 32,
    // What is best is chosen on a tenth of the train faces: all of these models would overfit in the time.
    validationShare: 0.1,
    ema: 0.99,
    previews: false,
  }))
  .pipe(evaluate())
  .pipe(novelty({ count: 500 }));

export default sweep(pictures, [
  { label: "convolutional" },
  { label: "dense, as in faces.ts", set: { "train.model.encoder": [500, 300, 128] } },
  { label: "dense, equal parameters", set: { "train.model.encoder": [190, 190] } },
], {
  seeds: 3,
  baseline: "convolutional",
  metrics: [
    "evaluate.mse",
    "evaluate.elbo",
    "novelty.generatedSharpness",
    "novelty.densityOfReal",
    "novelty.coverageOfReal",
    "train.parameters",
    "novelty.nearDuplicates",
    "novelty.offManifold",
    "evaluate.train.mse",
    "train.bestEpoch",
    "train.epochs",
    "train.seconds",
  ],
});
