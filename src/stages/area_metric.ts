/** Areas below ROC curves as metrics. @module */
import type { Auroc } from "../analysis/anomaly/roc.ts";
import { estimated, type Metric, type MetricInfo } from "../pipeline/metric.ts";

/** The metric of an area below a ROC curve, with its interval. */
export function areaMetric(
  { value, interval: [low, high] }: Auroc,
  info: Pick<MetricInfo, "estimator" | "split">,
): Metric {
  return estimated({ value, low, high }, { unit: "share of pairs", direction: "higher", ...info })!;
}
