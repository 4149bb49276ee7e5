/** The shipped pipelines, shortened so that each runs in seconds. @module */

/** The short form of the pipelines that evaluate by the importance-weighted bound. */
const WITH_BOUND = {
  settings: [
    "load.source.limit=300",
    "load.source.testLimit=30",
    "train.epochs=1",
    "evaluate.importanceSamples=3",
    "generate.count=9",
  ],
  metrics: ["elbo", "importanceBound", "importanceSamples"],
  files: ["generate.png", "reconstructions.png"],
};

/** The shipped pipelines in a short form, and the expected results of each. */
export const SHORT: readonly {
  readonly name: string;
  readonly settings: readonly string[];
  /** The stage whose metrics are checked. @default {"evaluate"} */
  readonly stage?: string;
  readonly metrics: readonly string[];
  readonly files: readonly string[];
  /** The files of the model. @default {its weights and the one for TensorFlow.js} */
  readonly models?: readonly string[];
}[] = [
  {
    name: "glyphs-ae",
    settings: ["train.epochs=60"],
    metrics: ["mse", "pixelAccuracy", "worstWrongPixels", "train.mse"],
    files: [
      "farthestSample.png",
      "interpolate.png",
      "interpolate.gif",
      "generate.png",
      "generate-manifold.png",
      "latent.png",
      "reconstructions.png",
    ],
  },
  {
    name: "glyphs-ae-small",
    settings: ["train.epochs=60"],
    metrics: ["mse", "bce", "worstWrongPixels"],
    files: ["farthestSample.png", "latent.png", "reconstructions.png"],
  },
  {
    name: "glyphs-dae",
    settings: ["train.epochs=1", "train.repeats=16", "evaluate.draws=5"],
    metrics: [
      "pixelAccuracy@0.2",
      "pixelAccuracy@0.3Low",
      "pixelAccuracyBelowBest@0.5High",
      "pixelAccuracy@0.5",
      "thresholdPixelAccuracy@0.3",
      "bestPixelAccuracy@0.5",
    ],
    files: ["reconstructions.png"],
  },
  {
    name: "glyphs-dae-2d",
    settings: ["train.epochs=1", "train.repeats=16", "evaluate.draws=5"],
    metrics: ["pixelAccuracy@1", "bestPixelAccuracy@0.8"],
    files: ["latent.png", "reconstructions.png"],
  },
  {
    name: "glyphs-flips",
    settings: ["train.epochs=1", "train.repeats=16", "evaluate.draws=5"],
    metrics: [
      "withinOnePixel@flips0.1",
      "withinOnePixel@flips0.15High",
      "bestWithinOnePixel@flips0.2",
      "nearestGlyphExact@flips0.2",
      "repeated.withinOnePixelBelowBest@flips0.2",
    ],
    files: ["reconstructions.png"],
  },
  {
    name: "mnist-vae",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=2",
      "generate.count=9",
    ],
    metrics: ["elbo", "reconstruction", "kl", "activeUnits", "mse", "bce", "pixelAccuracy", "train.elbo"],
    files: ["showSamples.png", "interpolate.gif", "generate.png", "reconstructions.png"],
  },
  {
    name: "mnist-vae-plain",
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=2", "generate.count=9"],
    metrics: ["elbo", "kl", "train.elbo"],
    files: ["generate.png", "reconstructions.png"],
  },
  {
    name: "mnist-iwae",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=50",
      "train.epochs=2",
      "evaluate.importanceSamples=5",
      "generate.count=9",
    ],
    metrics: ["elbo", "importanceBound", "importanceSamples", "importanceImages"],
    files: ["generate.png", "reconstructions.png"],
  },
  {
    name: "mnist-audit",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=2",
      "novelty.count=50",
      "hallucinate.count=50",
    ],
    metrics: ["elbo", "kl"],
    files: [
      "novelty.json",
      "novelty-new.png",
      "hallucinate-inverted.png",
      "hallucinate-constant.png",
      "hallucinate-emoji.png",
      "sharpness.json",
      "sharpness.png",
      "reconstructions.png",
    ],
  },
  {
    name: "mnist-vae-2d",
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=2", "generate.manifold=5"],
    metrics: ["elbo", "kl"],
    files: ["latent.png", "generate-manifold.png"],
  },
  {
    name: "emoji-vae",
    settings: [
      "load.source.limit=200",
      "train.epochs=2",
      "interpolate.to.sample=9",
      "generate.count=30",
      "clusters.k=[2,3]",
      "novelty.count=30",
    ],
    metrics: ["elbo", "kl"],
    files: ["interpolate.gif", "generate.png", "clusters.png", "novelty.json", "reconstructions.png"],
  },
  {
    name: "emoji-deep",
    settings: [
      "load.source.limit=100",
      "train.epochs=1",
      "interpolate.to.sample=9",
      "generate.count=30",
      "clusters.k=[2,3]",
      "novelty.count=30",
    ],
    metrics: ["elbo", "kl"],
    files: ["interpolate.gif", "generate.png", "clusters.png", "novelty.json", "reconstructions.png"],
  },
  {
    name: "faces",
    settings: [
      "load.source.limit=100",
      "train.epochs=1",
      "generate.count=30",
      "clusters.k=[2,3]",
      "novelty.count=30",
    ],
    metrics: ["elbo", "kl"],
    files: ["interpolate.gif", "generate.png", "clusters.png", "novelty.json", "reconstructions.png"],
  },
  {
    name: "mnist-conv-vae",
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=1", "generate.count=9"],
    metrics: ["elbo", "reconstruction", "kl", "train.elbo"],
    files: ["showSamples.png", "interpolate.gif", "generate.png", "reconstructions.png"],
  },
  { name: "mnist-conv-binary", ...WITH_BOUND },
  { name: "mnist-conv-iwae", ...WITH_BOUND },
  {
    name: "digits-conditional",
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=1", "generate.count=20"],
    metrics: ["elbo", "kl"],
    files: ["interpolate.gif", "generate.png", "reconstructions.png"],
    // A model of two inputs is none for TensorFlow.js.
    models: ["model.safetensors"],
  },
  {
    name: "mnist-vqvae",
    settings: ["load.source.limit=600", "load.source.testLimit=200", "train.epochs=1"],
    metrics: ["bce", "mse", "codePerplexity", "usedCodes", "deadCodes", "train.usedCodes"],
    files: ["showSamples.png", "reconstructions.png"],
    // No layer of TensorFlow.js chooses the nearest code.
    models: ["model.safetensors", "onnx/encoder.onnx", "onnx/decoder.onnx"],
  },
  {
    name: "emoji-conv",
    settings: [
      "load.source.limit=100",
      "train.epochs=1",
      "interpolate.to.sample=9",
      "generate.count=30",
      "clusters.k=[2,3]",
      "novelty.count=30",
    ],
    metrics: ["elbo", "kl", "mse"],
    files: ["interpolate.gif", "generate.png", "clusters.png", "novelty.json", "reconstructions.png"],
  },
  {
    name: "faces-conv",
    settings: [
      "load.source.limit=60",
      "train.epochs=1",
      "generate.count=30",
      "clusters.k=[2,3]",
      "novelty.count=30",
    ],
    metrics: ["elbo", "kl", "mse"],
    files: ["interpolate.gif", "generate.png", "clusters.png", "novelty.json", "reconstructions.png"],
  },
  {
    name: "mnist-anomaly",
    stage: "anomaly",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=2",
      "anomaly.baselineImages=20",
    ],
    metrics: ["auroc", "aurocLow", "aurocHigh", "auroc.elbo", "auroc.isolationForest", "auroc.neighbours"],
    files: ["anomaly.png", "anomaly.csv", "anomaly.json", "reconstructions.png"],
  },
  {
    name: "table-anomaly",
    stage: "anomaly",
    settings: ["train.epochs=10"],
    metrics: [
      "auroc",
      "auroc.elbo",
      "auroc.likelihood",
      "aurocDifference.isolationForest",
      "aurocDifference.neighbours",
      "threshold",
      "detectionRate",
      "falseAlarmRateHigh",
    ],
    files: ["anomaly.csv", "anomaly.json", "anomaly-samples.json", "reconstructions.csv"],
  },
  {
    name: "mnist-arithmetic",
    stage: "latentSpace",
    settings: [
      "load.source.limit=600",
      "load.source.testLimit=200",
      "train.epochs=2",
      "arithmetic.images=10",
      "exchange.images=10",
      "latentSpace.paths=5",
      "generate.count=40",
      "clusters.k=[2,3]",
    ],
    metrics: ["neighbourAccuracy", "baselineAccuracy", "baselineMse", "linearStretch", "sphericalWorstStep"],
    files: [
      "arithmetic.png",
      "exchange.png",
      "interpolate.gif",
      "latentSpace.json",
      "clusters.png",
      "clusters.json",
    ],
  },
];
