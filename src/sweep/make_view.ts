/**
 * Makes the view of a sweep from its plan and results.
 *
 * @module
 */
import { SEED_PATH } from "../pipeline/sweep/axes.ts";
import { isListOfSettings, type Sweep } from "../pipeline/sweep/sweep.ts";
import type { SweepRecord } from "./folder.ts";
import { trialsInTheEnd } from "./proposal_log.ts";
import { rankedMetric } from "./ranked_metric.ts";
import type { TrialResult } from "./result.ts";
import { type MetricInfos, metricInfos } from "./tables/metric_addresses.ts";
import { metricsOf, type PooledSweep, type TrialSummary } from "./tables/trial_summary.ts";
import type { ListedTrial } from "./trial.ts";
import type { SweepView, TrialView } from "./view.ts";

/** A trial that nobody has started. */
export function waitingTrial({ id, label, settings, seed, cost }: ListedTrial, number: number): TrialView {
  return {
    ...{ id, number, label, settings, seed, cost, state: "waiting" },
    ...{ run: null, folder: null, reason: null, metrics: null, training: null, seconds: null },
  };
}

/** What a view shows of a result. */
type ShownResult = Pick<
  TrialResult,
  "state" | "run" | "folder" | "reason" | "metrics" | "epochs" | "seconds"
>;

/**
 * A trial with its result.
 *
 * @param before The trial until now, for what its result does not hold.
 * @param runs The folder of runs.
 */
export function endedTrial(before: TrialView, result: ShownResult, runs: string): TrialView {
  const { state, run = null, folder, reason = null, metrics, epochs, seconds } = result;
  // A complete trial has metrics, which say more.
  const best = state === "complete" ? null : before.training?.best ?? null;
  return {
    ...before,
    state,
    run,
    folder: folder === undefined ? null : `${runs}/${folder}`,
    reason,
    metrics: metrics as TrialView["metrics"],
    training: epochs === 0 ? null : { epoch: epochs, epochs: 0, best, secondsLeft: null },
    seconds,
  };
}

/**
 * A sweep with its trials.
 *
 * @param infos What the metrics of complete trials state of themselves.
 * @param chosen How many settings a sampler has chosen by results.
 * @param wanted The metric to rank by. @default {that of the sweep}
 */
export function sweepView(
  record: SweepRecord,
  trials: readonly TrialView[],
  infos: MetricInfos,
  { chosen, wanted }: { readonly chosen: number; readonly wanted?: string },
): SweepView {
  const { sweep, pipeline, axes, options } = record;
  return {
    sweep,
    pipeline,
    trials,
    planned: plannedTrials(record, chosen),
    // The settings of a list have names of their own.
    paths: isListOfSettings(axes as Sweep["axes"])
      ? []
      : Object.keys(axes).filter((path) => path !== SEED_PATH),
    metric: rankedMetric(infos, { ...options, ...(wanted === undefined ? {} : { metric: wanted }) }) ?? null,
  };
}

/**
 * How many trials a sweep has in the end; a sampler that chooses by results lists them one after the other. A merged sweep lists trials
 * without the settings that were chosen, and chooses none.
 */
function plannedTrials({ sampler, axes, options, trials }: SweepRecord, count: number): number {
  const isMerged = count === 0 && trials.length > 0;
  if (sampler !== "tpe" || typeof options.trials !== "number" || isMerged) return trials.length;
  const listed = (axes as Readonly<Record<string, unknown>>)[SEED_PATH];
  const seeds = Array.isArray(listed) ? listed.length : typeof options.seeds === "number" ? options.seeds : 1;
  return trialsInTheEnd({ settings: options.trials, count, seeds }, trials.length);
}

/** The view of a sweep whose results have been read. */
export function pooledView({ plan, results }: PooledSweep, runs: string, wanted?: string): SweepView {
  const trials = plan.trials.map((trial, at) => {
    const waiting = waitingTrial(trial, at + 1), result = results.get(trial.id);
    return result === undefined ? waiting : summarizedTrial(waiting, result, runs);
  });
  return sweepView(plan, trials, metricInfos(results.values()), { chosen: 0, wanted });
}

/** A trial with its result, whose metrics are made when they are asked for: those of all trials of a large sweep take much memory. */
function summarizedTrial(waiting: TrialView, result: TrialSummary, runs: string): TrialView {
  return Object.defineProperty({ ...endedTrial(waiting, { ...result, metrics: {} }, runs) }, "metrics", {
    get: () => metricsOf(result),
    enumerable: true,
  });
}
