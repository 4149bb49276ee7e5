/**
 * The results of many trials in little memory: 100,000 trials with 100 metrics each are 10 million numbers.
 *
 * @module
 */
import { parseMetricAddress } from "../../core/metric_address.ts";
import type { RecordedInfo } from "../../pipeline/metric.ts";
import type { SweepRecord } from "../folder.ts";
import type { TrialResult } from "../result.ts";

/** What a metric states of itself, in all trials with the same metrics. */
export interface SummaryInfo extends Pick<RecordedInfo, "unit" | "direction" | "split"> {
  /** Whether it has a confidence interval, whose ends are metrics named `NAMELow` and `NAMEHigh`. */
  readonly hasInterval: boolean;
}

/** The metrics of trials, without their values; trials share it. */
export interface MetricLayout {
  /** The addresses, `stage.metric`, to the places of their values. */
  readonly places: ReadonlyMap<string, number>;
  /** What they state, by the address; the end of an interval states nothing. */
  readonly infos: ReadonlyMap<string, SummaryInfo>;
}

/** The result of a trial as tables need it. */
export interface TrialSummary
  extends
    Pick<TrialResult, "trial" | "state" | "reason" | "epochs" | "seconds" | "run" | "folder" | "resources"> {
  readonly layout: MetricLayout;
  /** The values of its metrics; NaN: not measured. */
  readonly values: readonly number[];
}

/** The metrics of a trial by stage and name. */
export function metricsOf({ layout, values }: TrialSummary): Record<string, Record<string, number>> {
  const metrics: Record<string, Record<string, number>> = {};
  for (const [address, place] of layout.places) {
    const { stage, name } = parseMetricAddress(address);
    (metrics[stage] ??= {})[name] = values[place];
  }
  return metrics;
}

/** A sweep with what its trials came to. */
export interface PooledSweep {
  readonly plan: SweepRecord;
  /** By the trial's id, in the order of the plan. A trial that has not ended for good has none. */
  readonly results: ReadonlyMap<string, TrialSummary>;
}

/** Returns a function that summarizes results. Its summaries share what is equal. */
export function summarizer(): (result: TrialResult) => TrialSummary {
  const layouts: KnownLayout[] = [], resourcesOf = new Map<string, TrialResult["resources"]>();
  return ({ trial, state, reason, epochs, seconds, run, folder, resources, metrics, info }) => {
    let layout = layouts.findLast((known) => fits(known, { metrics, info }));
    if (layout === undefined) layouts.push(layout = layoutOf({ metrics, info }));
    const key = JSON.stringify(resources);
    if (!resourcesOf.has(key)) resourcesOf.set(key, resources);
    const values: number[] = [];
    for (const stage in metrics) for (const name in metrics[stage]) values.push(metrics[stage][name] ?? NaN);
    return {
      trial,
      state,
      reason,
      epochs,
      seconds,
      run,
      folder,
      resources: resourcesOf.get(key)!,
      layout,
      values,
    };
  };
}

/** A sweep with results that are in memory. */
export function poolOf(plan: SweepRecord, results: Iterable<TrialResult>): PooledSweep {
  const summarize = summarizer(), byId = new Map<string, TrialSummary>();
  for (const result of results) byId.set(result.trial, summarize(result));
  return {
    plan,
    results: new Map(plan.trials.flatMap(({ id }) => byId.has(id) ? [[id, byId.get(id)!]] : [])),
  };
}

type Measured = Pick<TrialResult, "metrics" | "info">;

/** A layout with its metrics in their order. */
interface KnownLayout extends MetricLayout {
  readonly metrics: readonly { readonly stage: string; readonly name: string; readonly info?: SummaryInfo }[];
}

function layoutOf({ metrics, info }: Measured): KnownLayout {
  const list = Object.entries(metrics).flatMap(([stage, own]) =>
    Object.keys(own).map((name) => ({ stage, name, info: infoAt(info, stage, name) }))
  );
  const addressed = list.map(({ stage, name, info }) => ({ address: `${stage}.${name}`, info }));
  return {
    metrics: list,
    places: new Map(addressed.map(({ address }, place) => [address, place])),
    infos: new Map(addressed.flatMap(({ address, info }) => info === undefined ? [] : [[address, info]])),
  };
}

function infoAt(info: Measured["info"], stage: string, name: string): SummaryInfo | undefined {
  const found = recordedAt(info, stage, name);
  if (found === undefined) return undefined;
  const { unit, direction, split, interval } = found;
  return { unit, direction, split, hasInterval: interval !== undefined };
}

function recordedAt(info: Measured["info"], stage: string, name: string): RecordedInfo | undefined {
  const own = Object.hasOwn(info, stage) ? info[stage] : undefined;
  return own !== undefined && Object.hasOwn(own, name) ? own[name] : undefined;
}

/** Whether a result has the metrics of a layout, in the same order, and they state the same. */
function fits(known: KnownLayout, { metrics, info }: Measured): boolean {
  let place = 0;
  for (const stage in metrics) {
    for (const name in metrics[stage]) {
      const expected = known.metrics[place++];
      if (expected?.stage !== stage || expected.name !== name) return false;
      if (!statesSame(recordedAt(info, stage, name), expected.info)) return false;
    }
  }
  return place === known.metrics.length;
}

function statesSame(found: RecordedInfo | undefined, known: SummaryInfo | undefined): boolean {
  return found?.unit === known?.unit && found?.direction === known?.direction &&
    found?.split === known?.split &&
    (found?.interval !== undefined) === (known?.hasInterval ?? false);
}
