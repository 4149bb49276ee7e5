/**
 * The known metrics: meaning, unit with its reduction, direction, and whether it belongs to a data split. A new metric is one line.
 *
 * @module
 */

/** Which direction is better; `none` for descriptive numbers. */
export type Direction = "lower" | "higher" | "none";

/** A metric's description, by its base name. */
export interface MetricInfo {
  /** Its meaning in a few words. */
  readonly meaning: string;
  /** The unit with its reduction; `loss` for the unit of the training's loss. */
  readonly unit: string;
  readonly better: Direction;
  /** Whether it is a share, which is shown in percent. */
  readonly share?: boolean;
  /** Whether it compares two others, so that 0 is no difference. */
  readonly isDifference?: boolean;
  /** Whether it was measured on a data split. */
  readonly ofSplit?: boolean;
}

const nats = "nats/sample (sum over pixels and latent dimensions, mean over samples)";
const perSplit = (
  meaning: string,
  unit: string,
  better: Direction,
  share = false,
): MetricInfo => ({ meaning, unit, better, share, ofSplit: true });

/** All known metrics, by base name. */
export const METRICS: Readonly<Record<string, MetricInfo>> = {
  mse: perSplit("squared error", "squared error/pixel (mean over pixels and samples)", "lower"),
  bce: perSplit("binary cross-entropy", "nats/sample (sum over pixels, mean over samples)", "lower"),
  pixelAccuracy: perSplit(
    "pixels that are right after thresholding at 0.5",
    "share of all pixels",
    "higher",
    true,
  ),
  worstWrongPixels: perSplit("wrong pixels of the worst sample", "pixels", "lower"),
  exactShare: perSplit("samples with no wrong pixel", "share of samples", "higher", true),
  elbo: perSplit("evidence lower bound, one latent sample per image", nats, "higher"),
  elboAtMean: perSplit(
    "ELBO at the posterior mean in place of a sample (not a valid bound)",
    nats,
    "higher",
  ),
  bitsPerDimension: perSplit(
    "negative evidence lower bound, one latent sample per image",
    "bits/pixel (mean over pixels and samples)",
    "lower",
  ),
  reconstruction: perSplit(
    "negative log-likelihood of the pixels, one latent sample per image",
    "nats/sample (sum over pixels, mean over samples)",
    "lower",
  ),
  kl: perSplit(
    "KL(posterior || prior)",
    "nats/sample (sum over latent dimensions, mean over samples)",
    "none",
  ),
  activeUnits: perSplit(
    "latent dimensions whose mean varies (variance above 0.01)",
    "latent dimensions",
    "none",
  ),
  thresholdPixelAccuracy: perSplit(
    "reference: the noisy input thresholded at 0.5",
    "share of all pixels",
    "higher",
    true,
  ),
  bestPixelAccuracy: perSplit(
    "limit: posterior mean over the train images",
    "share of all pixels",
    "higher",
    true,
  ),
  normalImages: perSplit("normal images", "images", "none"),
  anomalousImages: perSplit("anomalous images", "images", "none"),
  ratio: perSplit("squared error relative to that of the test images", "ratio", "none"),
  share: perSplit(
    "changed images that are classified as the target class",
    "share of images",
    "higher",
    true,
  ),
  shareBefore: perSplit("the same share before the change", "share of images", "none", true),
  changedImages: perSplit("images that were changed", "images", "none"),
  classifierAccuracy: perSplit(
    "images that the classifier gets right",
    "share of samples",
    "higher",
    true,
  ),
  sharpness: perSplit("sharpness of reconstructions relative to the originals", "ratio", "higher"),
  spearman: perSplit(
    "rank correlation of sharpness with the distance from the class centre",
    "from -1 to 1",
    "none",
  ),
  spearmanWithin: perSplit("the same within classes", "from -1 to 1", "none"),
  distance: {
    meaning: "distance of the farthest sample to the nearest training latent",
    unit: "latent units",
    better: "none",
  },
  differingPixels: {
    meaning: "pixels that differ from the nearest training image, both thresholded at 0.5",
    unit: "pixels",
    better: "none",
  },
  mseToNearest: {
    meaning: "squared error to the nearest training image",
    unit: "squared error/pixel (mean over pixels)",
    better: "none",
  },
  size: { meaning: "images of a group", unit: "images", better: "none" },
  k: { meaning: "groups", unit: "groups", better: "none" },
  silhouette: { meaning: "mean silhouette", unit: "from -1 to 1", better: "higher" },
  inertia: { meaning: "squared distance to the group's centre", unit: "sum over images", better: "lower" },
  auroc: perSplit("area under the ROC curve", "share of pairs in the right order", "higher", true),
  aurocDifference: {
    ...perSplit(
      "area under the ROC curve minus that of a baseline on the same images",
      "difference of areas",
      "higher",
    ),
    isDifference: true,
  },
  importanceBound: perSplit("importance-weighted bound", nats, "higher"),
  importanceSamples: perSplit("latent samples per image of that bound (k)", "samples", "none"),
  importanceImages: perSplit("images of that bound", "images", "none"),
  neighbourAccuracy: perSplit(
    "classification by the nearest latents of the train split",
    "share of samples",
    "higher",
    true,
  ),
  baselineAccuracy: perSplit(
    "the same with as many principal components",
    "share of samples",
    "higher",
    true,
  ),
  baselineMse: perSplit(
    "reference: squared error of reconstructions from as many principal components",
    "squared error/pixel (mean over pixels and samples)",
    "none",
  ),
  meanPictureMse: perSplit(
    "reference: squared error of the mean train image in place of each",
    "squared error/pixel (mean over pixels and samples)",
    "none",
  ),
  explained: perSplit(
    "variance about the mean train image that the model reconstructs",
    "share of it",
    "higher",
    true,
  ),
  baselineExplained: perSplit(
    "reference: the same by as many principal components",
    "share of it",
    "none",
    true,
  ),
  withinOnePixel: perSplit("samples with at most one wrong pixel", "share of samples", "higher", true),
  pixelAccuracyBelowBest: perSplit(
    "pixel accuracy below the best possible on the same draws",
    "share of all pixels",
    "lower",
    true,
  ),
  withinOnePixelBelowBest: perSplit(
    "samples with at most one wrong pixel, below the best rule for it on the same draws",
    "share of samples",
    "lower",
    true,
  ),
  bestWithinOnePixel: perSplit(
    "limit: the rule that is best for at most one wrong pixel",
    "share of samples",
    "higher",
    true,
  ),
  posteriorMeanWithinOnePixel: perSplit(
    "reference: posterior mean over the train images, thresholded at 0.5, at most one pixel wrong",
    "share of samples",
    "higher",
    true,
  ),
  nearestGlyphExact: perSplit(
    "reference: the nearest glyph is the right one",
    "share of samples",
    "higher",
    true,
  ),
  nearestGlyphWithinOnePixel: perSplit(
    "reference: the nearest glyph has at most one pixel wrong",
    "share of samples",
    "higher",
    true,
  ),
  largestMean: perSplit("aggregate posterior: the mean farthest from 0", "latent units", "lower"),
  leastVariance: perSplit(
    "aggregate posterior: the least variance (1 under the prior)",
    "latent units squared",
    "none",
  ),
  largestVariance: perSplit(
    "aggregate posterior: the largest variance (1 under the prior)",
    "latent units squared",
    "none",
  ),
  largestCorrelation: perSplit("aggregate posterior: the largest correlation", "from 0 to 1", "lower"),
  gapToPrior: perSplit("aggregate posterior against N(0, I), as Gaussians", "nats", "lower"),
  linearStretch: perSplit(
    "length of the straight path between images, in pixels, relative to its chord",
    "ratio",
    "lower",
  ),
  linearWorstStep: perSplit("largest step of a straight path relative to the mean step", "ratio", "lower"),
  sphericalStretch: perSplit(
    "length of the spherical path between images, in pixels, relative to its chord",
    "ratio",
    "lower",
  ),
  sphericalWorstStep: perSplit(
    "largest step of a spherical path relative to the mean step",
    "ratio",
    "lower",
  ),
  samples: { meaning: "audited generated images", unit: "images", better: "none" },
  nearDuplicates: {
    meaning: "generated images nearer to a training image than held-out ones are",
    unit: "images",
    better: "lower",
  },
  offManifold: {
    meaning: "generated images farther from every real one than held-out ones are",
    unit: "images",
    better: "lower",
  },
  novel: { meaning: "generated images that are neither", unit: "images", better: "higher" },
  nearThreshold: {
    meaning: "distance below which an image is a near-duplicate",
    unit: "Euclidean, pixels in [0, 1]",
    better: "none",
  },
  farThreshold: {
    meaning: "distance above which an image is off the manifold",
    unit: "Euclidean, pixels in [0, 1]",
    better: "none",
  },
  generatedSharpness: {
    meaning: "mean gradient of generated images relative to that of held-out ones",
    unit: "ratio",
    better: "higher",
  },
  densityOfReal: {
    meaning:
      "density relative to that of real images: 1 is ideal, far above 1 images are too similar, as blurred ones are",
    unit: "ratio",
    better: "none",
  },
  coverageOfReal: {
    meaning: "coverage relative to that of real images: 1 is ideal",
    unit: "ratio",
    better: "higher",
  },
  authPct: { meaning: "authentic images (Alaa et al. 2022)", unit: "percent", better: "higher" },
  density: {
    meaning: "density (Naeem et al. 2020; equal sets give about 1)",
    unit: "ratio",
    better: "higher",
  },
  coverage: { meaning: "coverage (Naeem et al. 2020)", unit: "share of real images", better: "higher" },
  realAuthPct: {
    meaning: "AuthPct of real images: the ideal value",
    unit: "percent",
    better: "none",
  },
  realDensity: {
    meaning: "density of real images: the ideal value",
    unit: "ratio",
    better: "none",
  },
  realCoverage: {
    meaning: "coverage of real images: the ideal value",
    unit: "share of real images",
    better: "none",
  },
  cT: {
    meaning: "data copying (Meehan et al. 2020): far below 0 is copying, far above is off the manifold",
    unit: "z",
    better: "none",
  },
  cTCells: { meaning: "cells of C_T", unit: "cells", better: "none" },
  epochs: { meaning: "epochs trained", unit: "epochs", better: "none" },
  bestEpoch: { meaning: "epoch of the best weights", unit: "epoch", better: "none" },
  bestLoss: { meaning: "best monitored loss", unit: "loss", better: "lower" },
  lastLoss: { meaning: "training loss of the last epoch", unit: "loss", better: "lower" },
  parameters: { meaning: "learnable parameters", unit: "parameters", better: "none" },
  seconds: { meaning: "time", unit: "seconds", better: "lower" },
  samplesPerSecond: { meaning: "speed of training", unit: "samples/s", better: "higher" },
};
