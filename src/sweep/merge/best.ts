/**
 * The best trial of a sweep.
 *
 * @module
 */
import { nearest, UsageError } from "../../core/errors.ts";
import type { Direction } from "../../pipeline/metric.ts";
import { directedMetrics, type RankedMetric, rankedMetric } from "../ranked_metric.ts";
import { intervalOf, metricAddresses, metricInfos, metricValue } from "../tables/metric_addresses.ts";
import type { PooledSweep, TrialSummary } from "../tables/trial_summary.ts";

/** The best trial, and by what. */
export interface BestTrial {
  readonly address: string;
  readonly direction: Exclude<Direction, "none">;
  readonly trial: string;
  readonly value: number;
}

/**
 * The complete trial with the best value, of equal ones the first in the order of the plan. The metric is the wanted one, else
 * {@link rankedMetric}. `undefined` where no complete trial has one.
 *
 * @throws {UsageError} When the wanted metric is unknown, or has no direction.
 */
export function bestTrial(sweep: PooledSweep, wanted?: string): BestTrial | undefined {
  const complete = [...sweep.results.values()].filter(({ state }) => state === "complete");
  const metric = metricOf(complete, sweep.plan.options, wanted);
  if (metric === undefined) return undefined;
  const { address, info: { direction } } = metric, sign = direction === "lower" ? 1 : -1;
  let best: BestTrial | undefined;
  for (const result of complete) {
    const value = metricValue(result, address);
    if (value === undefined || (best !== undefined && sign * value >= sign * best.value)) continue;
    best = { address, direction, trial: result.trial, value };
  }
  return best;
}

/** @throws {UsageError} */
function metricOf(
  results: readonly TrialSummary[],
  options: Readonly<Record<string, unknown>>,
  wanted: string | undefined,
): RankedMetric | undefined {
  const infos = metricInfos(results);
  if (wanted === undefined) return rankedMetric(infos, options);
  const ranked = directedMetrics(infos);
  const addresses = metricAddresses(results).filter((address) => intervalOf(address, infos) === undefined);
  return ranked.find(({ address }) => address === wanted) ?? refuse(wanted, addresses, ranked);
}

function refuse(wanted: string, addresses: readonly string[], ranked: readonly RankedMetric[]): never {
  if (addresses.includes(wanted)) {
    throw new UsageError(
      `--metric must be a metric with one direction (lower or higher is better), got ${wanted}, which has none`,
    );
  }
  const known = ranked.map(({ address }) => address), near = nearest(wanted, known);
  throw new UsageError(
    `--metric must be a metric that the trials measured, got "${wanted}" (${
      near === undefined ? `there are ${known.join(", ") || "none"}` : `did you mean "${near}"?`
    })`,
  );
}
