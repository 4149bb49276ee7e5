/** The metrics of an evaluation: what was measured of reconstructions and of the evidence lower bound, with units and directions. @module */
import type { BoundMeasures, ReconstructionMeasures } from "../../analysis/reconstruction/measure.ts";
import type { SampleNouns } from "../../core/shape.ts";
import { inputSize, type ModelSpec } from "../../models/spec.ts";
import { estimated, type Metric, metric, type MetricInfo, type Metrics } from "../../pipeline/metric.ts";

/** The units and directions of what is measured of reconstructions; of vectors the squared error is that of a feature. */
const RECONSTRUCTION: { readonly [Name in keyof ReconstructionMeasures]-?: MetricInfo } = {
  mse: { unit: "squared error/pixel", direction: "lower" },
  bce: { unit: "nats/sample", direction: "lower" },
  gaussian: { unit: "nats/sample", direction: "lower" },
  pixelAccuracy: { unit: "share of pixels", direction: "higher" },
  worstWrongPixels: { unit: "pixels", direction: "lower" },
  withinOnePixel: { unit: "share of samples", direction: "higher" },
};

/** Where and how something was measured. */
type MeasuredOn = Pick<MetricInfo, "split" | "estimator">;

/** What was measured of reconstructions, as metrics. */
export function reconstructionMetrics(
  measures: ReconstructionMeasures,
  { values }: SampleNouns,
  source: MeasuredOn,
): Metrics {
  const known = values === "pixels"
    ? RECONSTRUCTION
    : { ...RECONSTRUCTION, mse: { unit: "squared error/feature", direction: "lower" } } as const;
  return Object.fromEntries(
    Object.entries(measures as unknown as Record<keyof ReconstructionMeasures, number>).map((
      [name, value],
    ) => [name, metric(value, { ...known[name as keyof ReconstructionMeasures], ...source })]),
  );
}

const DISTRIBUTIONS: Readonly<Record<ModelSpec["loss"], string>> = {
  mse: "Gaussian",
  bce: "Bernoulli",
  gaussian: "Gaussian",
};

/** The distribution of a value, given the model's output: `Bernoulli pixels`, `Gaussian features with learned variances`. */
export function distributionText({ loss }: Pick<ModelSpec, "loss">, { values }: SampleNouns): string {
  return `${DISTRIBUTIONS[loss]} ${values}${loss === "gaussian" ? " with learned variances" : ""}`;
}

/** The evidence lower bound and what it is made of, as metrics. */
export function boundMetrics(
  { elbo, elboLow, elboHigh, reconstruction, kl, activeUnits }: BoundMeasures,
  spec: ModelSpec,
  nouns: SampleNouns,
  split: MetricInfo["split"],
): { readonly [Name in "elbo" | "reconstruction" | "kl" | "activeUnits"]: Metric } {
  const estimator = `${distributionText(spec, nouns)}, one latent sample per ${nouns.one}`;
  return {
    elbo: estimated(
      { value: elbo, low: elboLow, high: elboHigh },
      { unit: "nats/sample", direction: "higher", split, estimator },
    )!,
    reconstruction: metric(reconstruction, { unit: "nats/sample", direction: "lower", split, estimator }),
    kl: metric(kl, { unit: "nats/sample", direction: "none", split }),
    activeUnits: metric(activeUnits, { unit: "latent dimensions", direction: "none", split }),
  };
}

/**
 * `elboAtMean`: the bound with the posterior mean in place of a sample, which is no bound at all. `bitsPerDimension`: `-elbo / (D log 2)`, of Bernoulli values.
 */
export function boundVariants(
  spec: ModelSpec,
  { elbo, kl }: BoundMeasures,
  { mse, bce, gaussian }: ReconstructionMeasures,
  nouns: SampleNouns,
  split: MetricInfo["split"],
): Metrics {
  const pixels = inputSize(spec);
  const atMean = (value: number) =>
    metric(value, {
      unit: "nats/sample",
      direction: "higher",
      split,
      estimator: `${distributionText(spec, nouns)}, posterior mean in place of a sample`,
    });
  if (gaussian !== undefined) return { elboAtMean: atMean(-gaussian - kl) };
  if (spec.loss === "mse" || bce === undefined) return { elboAtMean: atMean(-0.5 * mse * pixels - kl) };
  return {
    elboAtMean: atMean(-bce - kl),
    bitsPerDimension: metric(-elbo / (pixels * Math.LN2), {
      unit: "bits/pixel",
      direction: "lower",
      split,
      estimator: `${distributionText(spec, nouns)}, one latent sample per ${nouns.one}`,
    }),
  };
}

/** The same metrics under other names. */
export function renamed(metrics: Metrics, nameOf: (name: string) => string): Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, one]) => [nameOf(name), one]));
}
