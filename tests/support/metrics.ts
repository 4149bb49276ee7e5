/** Metrics for tests: values with units and directions as the stages state them. @module */
import type { Metric, MetricInfo, Metrics } from "../../src/pipeline/metric.ts";

const shares = { unit: "share of pixels", direction: "higher", split: "test" } as const;
const nats = { unit: "nats/sample", direction: "higher", split: "test" } as const;
const area = { unit: "share of pairs", direction: "higher", split: "test" } as const;

/** What metrics of these tests state of themselves, by the part of the name that is known. */
const INFOS: Readonly<Record<string, MetricInfo>> = {
  mse: { unit: "squared error/pixel", direction: "lower", split: "test" },
  pixelAccuracy: shares,
  bestPixelAccuracy: shares,
  thresholdPixelAccuracy: shares,
  pixelAccuracyBelowBest: { ...shares, direction: "lower" },
  explained: { unit: "share of variance", direction: "higher", split: "test" },
  elbo: { ...nats, estimator: "Bernoulli pixels, one latent sample per image" },
  reconstruction: { ...nats, direction: "lower" },
  kl: { ...nats, direction: "none" },
  activeUnits: { unit: "latent dimensions", direction: "none", split: "test" },
  worstWrongPixels: { unit: "pixels", direction: "lower", split: "test" },
  auroc: area,
  aurocDifference: { unit: "share difference", direction: "higher", split: "test" },
  epochs: { unit: "epochs", direction: "none" },
  bestEpoch: { unit: "epoch", direction: "none" },
  bestLoss: { unit: "nats/sample", direction: "lower", split: "train" },
  seconds: { unit: "seconds", direction: "lower" },
};

/** What a metric states of itself; one that no stage has is a ratio that only describes. */
export function infoFor(name: string): MetricInfo {
  const stem = name.replace(/^train\./, "").replace(/@.*$/, "");
  const known = [stem, stem.split(".")[0], stem.split(".").at(-1)!].find((part) =>
    Object.hasOwn(INFOS, part)
  );
  return known === undefined ? { unit: "ratio", direction: "none" } : INFOS[known];
}

/** Metrics of these values. */
export function metricsOf(values: Readonly<Record<string, number>>): Metrics {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, Metric] => [name, { value, ...infoFor(name) }]),
  );
}

/** The content of `metrics.json` with these values; a pair of `NAMELow` and `NAMEHigh` becomes the interval of its metric. */
export function metricsFile(stages: Readonly<Record<string, Readonly<Record<string, unknown>>>>): object {
  const infos = Object.entries(stages).filter(([stage]) => !stage.startsWith("$")).map(([stage, values]) => {
    const isEnd = (name: string) => /(Low|High)$/.test(name) && name.replace(/(Low|High)$/, "") in values;
    const own = Object.keys(values).filter((name) => !isEnd(name)).map((name) => {
      const low = values[`${name}Low`], high = values[`${name}High`];
      return [name, { ...infoFor(name), ...low === undefined ? {} : { interval: { low, high } } }];
    });
    return [stage, Object.fromEntries(own)];
  });
  return { $info: Object.fromEntries(infos), ...stages };
}
