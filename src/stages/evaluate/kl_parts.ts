/** The parts of the KL divergence as metrics. @module */
import { aggregateKlParts } from "../../analysis/latent/kl_parts.ts";
import { encodePosteriors } from "../../analysis/reconstruction/inference.ts";
import { countText } from "../../core/amounts.ts";
import type { SampleNouns } from "../../core/shape.ts";
import type { Split } from "../../data/dataset.ts";
import { firstOfSplit } from "../../data/parts.ts";
import type { Engine } from "../../engine/engine.ts";
import { inputSize } from "../../models/spec.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { metric, type MetricInfo, type Metrics } from "../../pipeline/metric.ts";

/** At most how many samples an aggregate posterior is of, and how many draws are compared with them. */
const SAMPLES = 10_000, DRAWS = 500;

/** Of a VAE whose KL term is split: mutual information, total correlation and KL of each dimension, over the first samples of a split. */
export function klPartMetrics(
  { engine, model, split, seed }: {
    readonly engine: Engine;
    readonly model: TrainedModel;
    readonly split: Split;
    readonly seed: number;
  },
  { samples }: SampleNouns,
  name: MetricInfo["split"],
): Metrics {
  const { spec } = model;
  if (spec.kind !== "vae" || spec.totalCorrelation === undefined) return {};
  const first = firstOfSplit(split, inputSize(spec), SAMPLES), draws = Math.min(DRAWS, first.count);
  const parts = aggregateKlParts({
    ...encodePosteriors(engine, model, first),
    latent: spec.latent,
    draws,
    key: { seed, stream: "evaluationLatent", epoch: 2 },
  });
  const estimator = `aggregate posterior of ${countText(first.count)} ${samples}, ${draws} draws`;
  const info = { unit: "nats/sample", direction: "none", split: name, estimator } as const;
  return {
    mutualInformation: metric(parts.mutualInformation, info),
    totalCorrelation: metric(parts.totalCorrelation, { ...info, direction: "lower" }),
    dimensionKl: metric(parts.dimensionKl, info),
  };
}
