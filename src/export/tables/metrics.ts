/**
 * `metrics.csv`: a row per metric of each stage.
 *
 * @module
 */
import type { EventOf, RunEvent } from "../../pipeline/events.ts";
import { csv } from "./csv.ts";

/** A metric with what its event states of it. */
export interface MetricRow {
  readonly stage: string;
  readonly metric: string;
  /** `null`: not finite. */
  readonly value: number | null;
  readonly unit?: string;
  readonly direction?: string;
  readonly split?: string;
  /** The ends of its 95 % confidence interval. */
  readonly interval?: { readonly low: number; readonly high: number };
}

/** The metrics of all stages of a run. A stage that ran again in a resumed run has the later ones. */
export function metricsOf(events: readonly RunEvent[]): MetricRow[] {
  const last = new Map<string, EventOf<"stage">>();
  for (const event of events) {
    if (event.type === "stage" && event.metrics !== undefined) last.set(event.stage, event);
  }
  return [...last.values()].flatMap(metricRows);
}

/** The metrics as a table; an empty cell where an event does not state it. */
export function metricsCsv(events: readonly RunEvent[]): string {
  return csv(
    ["stage", "metric", "value", "unit", "direction", "split", "low", "high"],
    metricsOf(events).map((
      { stage, metric, value, unit, direction, split, interval },
    ) => [stage, metric, value, unit, direction, split, interval?.low, interval?.high]),
  );
}

/** The values alone, by stage and name, without any that is not finite: what `dvc metrics show` reads. */
export function metricValues(events: readonly RunEvent[]): Record<string, Record<string, number>> {
  const values: Record<string, Record<string, number>> = {};
  for (const { stage, metric, value } of metricsOf(events)) {
    if (value !== null) (values[stage] ??= {})[metric] = value;
  }
  return values;
}

/** The metrics of one stage. */
export function metricRows({ stage, metrics = {} }: EventOf<"stage">): MetricRow[] {
  return Object.entries(metrics as Readonly<Record<string, Recorded>>).map(([metric, recorded]) =>
    typeof recorded === "object" && recorded !== null
      ? { stage, metric, ...recorded }
      : { stage, metric, value: recorded }
  );
}

/** A metric in an event: a number alone, or with what is known of it. */
type Recorded = number | null | Omit<MetricRow, "stage" | "metric">;
