/** What a sampler learns from the trials of a sweep that have ended. @module */
import { RunError } from "../core/errors.ts";
import { metricAt, parseMetricAddress } from "../core/metric_address.ts";
import { meanOf } from "../core/statistics.ts";
import type { TrialResult } from "./result.ts";
import type { Directions, Observation } from "./samplers/tpe.ts";
import type { Point } from "./samplers/space.ts";

/** A setting that was proposed, with the results of its trials, one for each seed; `undefined`: it has not ended. */
export interface ProposedSetting {
  readonly point: Point;
  readonly results: readonly (TrialResult | undefined)[];
}

/**
 * What became of a setting: its metric is the mean over its seeds. One of which a seed has not ended is running; one of which a seed was
 * stopped early counts as stopped early; failed seeds count only where all have failed.
 *
 * @param metric As in `evaluate.mse`.
 */
export function observationOf({ point, results }: ProposedSetting, metric: string): Observation {
  const ended = results.filter((result) => result !== undefined);
  if (ended.length < results.length) return { point, state: "running" };
  const stopped = ended.flatMap(({ stopped }) => stopped ?? []);
  if (stopped.length > 0) {
    return {
      point,
      state: "stoppedEarly",
      epochs: meanOf(stopped.map(({ epoch }) => epoch)),
      value: meanOf(stopped.map(({ value }) => value ?? NaN)),
    };
  }
  const complete = ended.filter(({ state }) => state === "complete");
  if (complete.length === 0) return { point, state: "failed" };
  return {
    point,
    state: "complete",
    value: meanOf(complete.map(({ metrics }) => metricAt(metrics, metric) ?? NaN)),
  };
}

/**
 * Which way the metric is better, as the results state it.
 *
 * @throws {RunError} When complete trials do not have the metric, or it has no direction.
 */
export function directionOf(results: readonly TrialResult[], metric: string): Directions["complete"] {
  const complete = results.filter(({ state }) => state === "complete");
  if (complete.length === 0) return "lower";
  const { stage, name } = parseMetricAddress(metric),
    info = complete.find(({ info }) => info[stage]?.[name] !== undefined)
      ?.info[stage][name];
  if (info?.direction === "lower" || info?.direction === "higher") return info.direction;
  throw new RunError(
    `sweep.options.metric must be a metric that is better when it is lower or higher, got "${metric}", ${
      info === undefined ? "which no complete trial has" : "which has no direction"
    }`,
  );
}
