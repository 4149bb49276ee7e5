/** The best trial of a sweep that is running. @module */
import { metricInfos, metricValue } from "../../sweep/tables/metric_addresses.ts";
import type { SweepOptions } from "../../pipeline/sweep/sweep.ts";
import { type RankedMetric, rankedMetric } from "../../sweep/ranked_metric.ts";
import type { TrialResult } from "../../sweep/result.ts";
import { summarizer } from "../../sweep/tables/trial_summary.ts";
import type { ListedTrial } from "../../sweep/trial.ts";
import { number } from "../../ui/text/text.ts";
import type { HostEnd } from "./trial_host.ts";

/** The best trial so far. */
export interface BestSoFar {
  /** Takes a trial that has ended; its metric and the best one as text, to be added to its line: `, evaluate.mse 0.3; best 0.2 (latent 2, seed 1)`. */
  after(trial: ListedTrial, end: HostEnd): string;
  /** The best trial, the address of the metric, and its value; `undefined` before a complete trial has measured one with a direction. */
  best(): { readonly trial: ListedTrial; readonly metric: string; readonly value: number } | undefined;
}

/** Begins with the trials that have ended before. */
export function bestSoFar(
  options: Pick<SweepOptions, "metric" | "success">,
  trials: readonly ListedTrial[],
  results: ReadonlyMap<string, TrialResult>,
): BestSoFar {
  const summarize = summarizer();
  let metric: RankedMetric | undefined;
  let best: { readonly trial: ListedTrial; readonly value: number } | undefined;
  /** The value of the metric of a trial, which may be the best from now on. */
  function take(trial: ListedTrial, result: TrialResult | undefined): number | undefined {
    if (result?.state !== "complete") return undefined;
    const summary = summarize(result);
    metric ??= rankedMetric(metricInfos([summary]), { ...options });
    const value = metric === undefined ? undefined : metricValue(summary, metric.address);
    if (value === undefined) return undefined;
    const sign = metric!.info.direction === "higher" ? -1 : 1;
    if (best === undefined || sign * value < sign * best.value) best = { trial, value };
    return value;
  }
  for (const trial of trials) take(trial, results.get(trial.id));
  return {
    best: () => best && metric && { ...best, metric: metric.address },
    after(trial, end) {
      const value = take(trial, end.kind === "ended" ? end.result : undefined);
      if (metric === undefined || best === undefined) return "";
      if (best.trial === trial) return `, ${metric.address} ${number(best.value)} (the best so far)`;
      const own = value === undefined ? "" : `, ${metric.address} ${number(value)}`;
      return `${own}; best ${number(best.value)} (${best.trial.label}, seed ${best.trial.seed})`;
    },
  };
}
