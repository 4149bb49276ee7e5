/**
 * The best trial of a sweep.
 *
 * @module
 */
import { nearest, UsageError } from "../../core/errors.ts";
import { parseCondition } from "../../core/condition.ts";
import { type Direction, unitInfo } from "../../pipeline/metric.ts";
import type { TrialResult } from "../result.ts";
import { intervalOf, metricAddresses, metricInfos, metricValue } from "../tables/metric_addresses.ts";
import type { PooledSweep } from "../tables/pooled_sweep.ts";

/** A metric by which trials are ranked. */
interface RankedMetric {
  readonly address: string;
  readonly direction: Exclude<Direction, "none">;
}

/** The best trial, and by what. */
export interface BestTrial extends RankedMetric {
  readonly trial: string;
  readonly value: number;
}

/**
 * The complete trial with the best value, of equal ones the first in the order of the plan. The metric is the wanted one, else that of the
 * sweep's options, else the one of its rule of success, else the first with a direction that an evaluation measured, else the first of all
 * that does not depend on the machine. `undefined` where no complete trial has one.
 *
 * @throws {UsageError} When the wanted metric is unknown, or has no direction.
 */
export function bestTrial(sweep: PooledSweep, wanted?: string): BestTrial | undefined {
  const complete = sweep.plan.trials.flatMap(({ id }) => {
    const result = sweep.results.get(id);
    return result?.state === "complete" ? [result] : [];
  });
  const metric = rankedMetric(complete, sweep.plan.options, wanted);
  if (metric === undefined) return undefined;
  const sign = metric.direction === "lower" ? 1 : -1;
  let best: BestTrial | undefined;
  for (const result of complete) {
    const value = metricValue(result, metric.address);
    if (value === undefined || (best !== undefined && sign * value >= sign * best.value)) continue;
    best = { address: metric.address, direction: metric.direction, trial: result.trial, value };
  }
  return best;
}

function rankedMetric(
  results: readonly TrialResult[],
  { metric, success }: Readonly<Record<string, unknown>>,
  wanted: string | undefined,
): RankedMetric | undefined {
  const infos = metricInfos(results);
  const addresses = metricAddresses(results).filter((address) => intervalOf(address, infos) === undefined);
  const ranked = addresses.flatMap((address) => {
    const { direction = "none", unit = "" } = infos.get(address) ?? {};
    return direction === "none"
      ? []
      : [{ address, direction, isOfMachine: unitInfo(unit).isOfMachine === true }];
  });
  const at = (address: unknown) => ranked.find((one) => one.address === address);
  if (wanted !== undefined) return at(wanted) ?? refuse(wanted, addresses, ranked);
  const ofSuccess = typeof success === "string" ? parseCondition(success)?.what : undefined;
  const ofModel = ranked.filter(({ isOfMachine }) => !isOfMachine);
  return at(metric) ?? at(ofSuccess) ?? ofModel.find(({ address }) => address.startsWith("evaluate.")) ??
    ofModel[0];
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
