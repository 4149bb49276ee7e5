/**
 * The metrics of a sweep's trials by their addresses, `stage.metric`, and what they state of themselves.
 *
 * @module
 */
import { INTERVAL_ENDS } from "../../pipeline/metric.ts";
import type { MetricLayout, SummaryInfo, TrialSummary } from "./trial_summary.ts";

/** What trials state of a metric; `undefined` where two of them state another unit or direction. */
export type MetricInfos = ReadonlyMap<string, SummaryInfo | undefined>;

/** The addresses of all numbers that trials have measured, the ends of intervals included, in the order in which they first appear. */
export function metricAddresses(results: Iterable<TrialSummary>): string[] {
  return [...new Set(layoutsOf(results).flatMap(({ places }) => [...places.keys()]))];
}

/** What trials state of their metrics. */
export function metricInfos(results: Iterable<TrialSummary>): MetricInfos {
  const infos = new Map<string, SummaryInfo | undefined>();
  for (const layout of layoutsOf(results)) {
    for (const [address, found] of layout.infos) {
      const before = infos.get(address);
      if (!infos.has(address)) infos.set(address, found);
      else if (before?.unit !== found.unit || before.direction !== found.direction) {
        infos.set(address, undefined);
      }
    }
  }
  return infos;
}

function layoutsOf(results: Iterable<TrialSummary>): MetricLayout[] {
  const layouts = new Set<MetricLayout>();
  for (const { layout } of results) layouts.add(layout);
  return [...layouts];
}

/** The metric that an address is an end of the interval of; `undefined` where it is a metric itself. */
export function intervalOf(address: string, infos: MetricInfos): string | undefined {
  const end = Object.values(INTERVAL_ENDS).find((end) => address.endsWith(end));
  if (end === undefined || infos.has(address)) return undefined;
  const metric = address.slice(0, -end.length);
  return infos.get(metric)?.hasInterval === true ? metric : undefined;
}

/** The value of a metric; `undefined` where a trial did not measure it. */
export function metricValue(result: TrialSummary | undefined, address: string): number | undefined {
  const value = result?.values[result.layout.places.get(address) ?? -1];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
