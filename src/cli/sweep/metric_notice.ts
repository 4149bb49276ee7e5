/** What a sweep says where the metric that its settings are ranked by was not measured. @module */
import { nearest } from "../../core/errors.ts";
import type { SweepOptions } from "../../pipeline/sweep/sweep.ts";
import { directedMetrics, rankedMetric } from "../../sweep/ranked_metric.ts";
import { metricInfos } from "../../sweep/tables/metric_addresses.ts";
import type { PooledSweep } from "../../sweep/tables/trial_summary.ts";

/** That another metric ranks the settings than the one that is wanted; `undefined` where it does, or no trial is complete. */
export function metricNotice({ results }: PooledSweep, options: SweepOptions): string | undefined {
  const complete = [...results.values()].filter(({ state }) => state === "complete"), { metric } = options;
  if (metric == null || complete.length === 0) return undefined;
  const infos = metricInfos(complete), known = directedMetrics(infos).map(({ address }) => address);
  if (known.includes(metric)) return undefined;
  const near = nearest(metric, known), used = rankedMetric(infos, { ...options })?.address;
  const remedy = near === undefined ? `there are ${known.join(", ") || "none"}` : `did you mean ${near}?`;
  return `the metric of a sweep must be one that its trials measure, lower or higher is better, got ${metric} (${remedy})` +
    (used === undefined ? "" : `: settings are ranked by ${used}`);
}
