/** The metrics of an evaluation: what was measured of reconstructions and of the evidence lower bound, with units and directions. @module */
import type { BoundMeasures, ReconstructionMeasures } from "../../analysis/reconstruction/measure.ts";
import type { SampleNouns } from "../../core/shape.ts";
import {
  describeLikelihood,
  errorOf,
  isDiscrete,
  likelihoodOf,
  OWN_LIKELIHOODS,
  type OwnLikelihood,
} from "../../models/likelihoods/table.ts";
import { inputSize, type ModelSpec } from "../../models/spec.ts";
import type { Estimate } from "../../analysis/statistics/intervals.ts";
import {
  estimated,
  measuredMetrics,
  type Metric,
  metric,
  type MetricInfo,
  type Metrics,
} from "../../pipeline/metric.ts";

const NATS: MetricInfo = { unit: "nats/sample", direction: "lower" };

/** The units and directions of what is measured of reconstructions; of vectors the squared error is that of a feature. */
const RECONSTRUCTION: { readonly [Name in keyof ReconstructionMeasures]-?: MetricInfo } = {
  mse: { unit: "squared error/pixel", direction: "lower" },
  bce: NATS,
  ...Object.fromEntries(OWN_LIKELIHOODS.map((name) => [name, NATS])) as Record<OwnLikelihood, MetricInfo>,
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

/** The distribution of a value, given the model's output: `Bernoulli pixels`, `Gaussian features with learned variances`. */
export function distributionText(spec: Pick<ModelSpec, "loss">, { values }: SampleNouns): string {
  return describeLikelihood(spec, values);
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
 * `elboAtMean`: the bound with the posterior mean in place of a sample, which is no bound at all. `bitsPerDimension`: `-elbo / (D log 2)`, of
 * values that are discrete, with the interval of the bound.
 */
export function boundVariants(
  spec: ModelSpec,
  { elbo, elboLow, elboHigh, kl }: BoundMeasures,
  measures: ReconstructionMeasures,
  nouns: SampleNouns,
  split: MetricInfo["split"],
): Metrics {
  const estimatorOf = (how: string) => `${distributionText(spec, nouns)}, ${how}`;
  const { kind } = likelihoodOf(spec);
  const reconstruction = errorOf(spec).nats *
    (kind === "mse" ? measures.mse * inputSize(spec) : measures[kind]!);
  return measuredMetrics({
    elboAtMean: metric(-reconstruction - kl, {
      unit: "nats/sample",
      direction: "higher",
      split,
      estimator: estimatorOf("posterior mean in place of a sample"),
    }),
    bitsPerDimension: bitsPerDimension(spec, { value: elbo, low: elboLow, high: elboHigh }, {
      split,
      estimator: estimatorOf(`one latent sample per ${nouns.one}`),
    }),
  });
}

/** A bound on the log-probability of a sample, in nats, as bits per dimension: `-bound / (D log 2)`; of values that are discrete. */
export function bitsPerDimension(
  spec: ModelSpec,
  { value, low, high }: Estimate,
  source: MeasuredOn,
): Metric | undefined {
  if (!isDiscrete(spec)) return undefined;
  const bits = (nats: number | undefined) =>
    nats === undefined ? undefined : -nats / (inputSize(spec) * Math.LN2);
  const estimate = { value: bits(value)!, low: bits(high), high: bits(low) };
  return estimated(estimate, { unit: "bits/dimension", direction: "lower", ...source });
}

/** The same metrics under other names. */
export function renamed(metrics: Metrics, nameOf: (name: string) => string): Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, one]) => [nameOf(name), one]));
}
