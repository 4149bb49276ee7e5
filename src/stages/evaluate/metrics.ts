/** The metrics of an evaluation: what was measured of reconstructions and of the evidence lower bound, with units and directions. @module */
import type { BoundMeasures, ReconstructionMeasures } from "../../analysis/reconstruction/measure.ts";
import { inputSize, type ModelSpec } from "../../models/spec.ts";
import { estimated, type Metric, metric, type MetricInfo, type Metrics } from "../../pipeline/metric.ts";

/** The units and directions of what is measured of reconstructions. */
const RECONSTRUCTION: { readonly [Name in keyof ReconstructionMeasures]-?: MetricInfo } = {
  mse: { unit: "squared error/pixel", direction: "lower" },
  bce: { unit: "nats/sample", direction: "lower" },
  pixelAccuracy: { unit: "share of pixels", direction: "higher" },
  worstWrongPixels: { unit: "pixels", direction: "lower" },
  withinOnePixel: { unit: "share of samples", direction: "higher" },
};

/** Where and how something was measured. */
type MeasuredOn = Pick<MetricInfo, "split" | "estimator">;

/** What was measured of reconstructions, as metrics. */
export function reconstructionMetrics(measures: ReconstructionMeasures, source: MeasuredOn): Metrics {
  return Object.fromEntries(
    Object.entries(measures as unknown as Record<keyof ReconstructionMeasures, number>).map((
      [name, value],
    ) => [name, metric(value, { ...RECONSTRUCTION[name as keyof ReconstructionMeasures], ...source })]),
  );
}

/** The distribution of a pixel, given the model's output. */
export function pixelsText({ loss }: Pick<ModelSpec, "loss">): string {
  return `${loss === "mse" ? "Gaussian" : "Bernoulli"} pixels`;
}

/** The evidence lower bound and what it is made of, as metrics. */
export function boundMetrics(
  { elbo, elboLow, elboHigh, reconstruction, kl, activeUnits }: BoundMeasures,
  spec: ModelSpec,
  split: MetricInfo["split"],
): { readonly [Name in "elbo" | "reconstruction" | "kl" | "activeUnits"]: Metric } {
  const estimator = `${pixelsText(spec)}, one latent sample per image`;
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
 * `elboAtMean`: the bound with the posterior mean in place of a sample, which is no bound at all. `bitsPerDimension`: `-elbo / (D log 2)`, of Bernoulli pixels.
 */
export function boundVariants(
  spec: ModelSpec,
  { elbo, kl }: BoundMeasures,
  { mse, bce }: ReconstructionMeasures,
  split: MetricInfo["split"],
): Metrics {
  const pixels = inputSize(spec);
  const atMean = (value: number) =>
    metric(value, {
      unit: "nats/sample",
      direction: "higher",
      split,
      estimator: `${pixelsText(spec)}, posterior mean in place of a sample`,
    });
  if (spec.loss === "mse" || bce === undefined) return { elboAtMean: atMean(-0.5 * mse * pixels - kl) };
  return {
    elboAtMean: atMean(-bce - kl),
    bitsPerDimension: metric(-elbo / (pixels * Math.LN2), {
      unit: "bits/pixel",
      direction: "lower",
      split,
      estimator: `${pixelsText(spec)}, one latent sample per image`,
    }),
  };
}

/** The same metrics under other names. */
export function renamed(metrics: Metrics, nameOf: (name: string) => string): Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, one]) => [nameOf(name), one]));
}
