/**
 * The metrics of a sweep's trials by their addresses, `stage.metric`, and what they state of themselves.
 *
 * @module
 */
import { INTERVAL_ENDS, type RecordedInfo } from "../../pipeline/metric.ts";
import type { TrialResult } from "../result.ts";

/** What trials state of a metric; `undefined` where two of them state another unit or direction. */
export type MetricInfos = ReadonlyMap<string, RecordedInfo | undefined>;

/** The addresses of all numbers that trials have measured, the ends of intervals included, in the order in which they first appear. */
export function metricAddresses(results: Iterable<TrialResult>): string[] {
  const addresses = new Set<string>();
  for (const { metrics } of results) {
    for (const [stage, own] of Object.entries(metrics)) {
      for (const name of Object.keys(own)) addresses.add(`${stage}.${name}`);
    }
  }
  return [...addresses];
}

/** What trials state of their metrics. */
export function metricInfos(results: Iterable<TrialResult>): MetricInfos {
  const infos = new Map<string, RecordedInfo | undefined>();
  for (const { info } of results) {
    for (const [stage, own] of Object.entries(info)) {
      for (const [name, found] of Object.entries(own)) {
        if (found !== undefined) addInfo(infos, `${stage}.${name}`, found);
      }
    }
  }
  return infos;
}

function addInfo(infos: Map<string, RecordedInfo | undefined>, address: string, found: RecordedInfo): void {
  const before = infos.get(address);
  if (!infos.has(address)) infos.set(address, found);
  else if (before?.unit !== found.unit || before.direction !== found.direction) infos.set(address, undefined);
}

/** The metric that an address is an end of the interval of; `undefined` where it is a metric itself. */
export function intervalOf(address: string, infos: MetricInfos): string | undefined {
  const end = Object.values(INTERVAL_ENDS).find((end) => address.endsWith(end));
  if (end === undefined || infos.has(address)) return undefined;
  const metric = address.slice(0, -end.length);
  return infos.get(metric)?.interval === undefined ? undefined : metric;
}

/** The value of a metric; `undefined` where a trial did not measure it. The stage ends at the first dot. */
export function metricValue(result: TrialResult | undefined, address: string): number | undefined {
  const dot = address.indexOf("."), stage = address.slice(0, dot), name = address.slice(dot + 1);
  const own = result !== undefined && Object.hasOwn(result.metrics, stage) ? result.metrics[stage] : {};
  return Object.hasOwn(own, name) ? own[name] ?? undefined : undefined;
}
