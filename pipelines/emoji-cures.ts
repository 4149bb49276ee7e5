/**
 * What helps against so much variety: faces alone, more latent dimensions, a longer training, the last two or all three at once? Each is held,
 * over five seeds, against a plain training of all kinds. About five minutes on two idle cores.
 *
 * A quarter of the pictures is held out, and every rebuilding is measured on the same held-out ones, seed by seed: first on all kinds
 * (`evaluate`, `latentSpace`), then on the faces among them (`faceImages`, `faceSpace`). What is generated is audited against its own kinds
 * (`novelty`), as shares of what real pictures of those kinds reach.
 */
import {
  adam,
  cosine,
  emoji,
  evaluate,
  filterClasses,
  latentSpace,
  load,
  novelty,
  pipeline,
  sweep,
  train,
  vae,
} from "../mod.ts";

const both: ("train" | "test")[] = ["train", "test"];

const emojis = pipeline("emoji-cures", { seed: 42 })
  .pipe(load(emoji({ labels: "subgroup", testShare: 0.25 })))
  .pipe(filterClasses({ name: "trainedOn", labels: ["*"] }))
  .pipe(train(vae({ encoder: [784, 400, 200], latent: 32, activation: "relu", initialiser: "xavier" }), {
    optimizer: adam({ learningRate: 2e-3 }),
    schedule: cosine({ warmupEpochs: 1, finalShare: 0.02 }),
    epochs: 40,
    batchSize: 64,
    previews: false,
  }))
  .pipe(evaluate())
  .pipe(latentSpace({ paths: 0 }))
  .pipe(filterClasses({ name: "auditedOn", labels: ["*"], splits: both }))
  .pipe(novelty({ count: 500 }))
  .pipe(filterClasses({ name: "faces", labels: ["face-*"], splits: both }))
  .pipe(evaluate({ name: "faceImages" }))
  .pipe(latentSpace({ name: "faceSpace", paths: 0 }));

/** Faces alone, with as many steps as all kinds have in their 40 epochs: 29 steps an epoch against 2. */
const faces = { "trainedOn.labels": ["face-*"], "auditedOn.labels": ["face-*"], "train.epochs": 580 };
const latent = { "train.model.latent": 128 };

export default sweep(emojis, [
  { label: "all kinds" },
  { label: "faces only", set: faces },
  { label: "larger latent", set: latent },
  { label: "longer training", set: { "train.epochs": 160 } },
  // A larger code has more to learn: does it need the time?
  { label: "larger latent, longer training", set: { ...latent, "train.epochs": 160 } },
  { label: "all three", set: { ...faces, ...latent, "train.epochs": 2320 } },
], {
  seeds: 5,
  baseline: "all kinds",
  metrics: [
    "evaluate.mse",
    "latentSpace.explained",
    "faceImages.mse",
    "faceSpace.explained",
    "novelty.generatedSharpness",
    "novelty.nearDuplicates",
    "novelty.offManifold",
    "novelty.coverageOfReal",
    "novelty.densityOfReal",
    "evaluate.elbo",
    "faceImages.elbo",
    "latentSpace.baselineExplained",
    "faceSpace.baselineExplained",
    "latentSpace.activeUnits",
    "train.seconds",
  ],
});
