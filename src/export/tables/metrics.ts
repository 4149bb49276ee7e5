/**
 * `metrics.csv`: a row per metric of each stage.
 *
 * @module
 */
import type { RunEvent } from "../../pipeline/events.ts";
import type { RecordedMetric } from "../../pipeline/metric.ts";
import { csv } from "./csv.ts";

/** The metrics of a run as a table; an empty cell where a metric does not state it. A stage that ran again has the later metrics. */
export function metricsCsv(events: readonly RunEvent[]): string {
  const stages = new Map<string, Readonly<Record<string, RecordedMetric>>>();
  for (const event of events) {
    if (event.type === "stage" && event.metrics !== undefined) stages.set(event.stage, event.metrics);
  }
  return csv(
    ["stage", "metric", "value", "unit", "direction", "split", "low", "high", "estimator"],
    [...stages].flatMap(([stage, metrics]) =>
      Object.entries(metrics).map(([name, { value, unit, direction, split, interval, estimator }]) => [
        ...[stage, name, value, unit, direction, split],
        ...[interval?.low, interval?.high, estimator],
      ])
    ),
  );
}
