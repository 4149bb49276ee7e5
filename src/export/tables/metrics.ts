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

/** The metrics of all stages of a run; an empty cell where an event does not state it. */
export function metricsCsv(events: readonly RunEvent[]): string {
  // A stage that ran again in a resumed run has the later metrics.
  const last = new Map<string, EventOf<"stage">>();
  for (const event of events) {
    if (event.type === "stage" && event.metrics !== undefined) last.set(event.stage, event);
  }
  return csv(
    ["stage", "metric", "value", "unit", "direction", "split", "low", "high"],
    [...last.values()].flatMap(metricRows).map((
      { stage, metric, value, unit, direction, split, interval },
    ) => [stage, metric, value, unit, direction, split, interval?.low, interval?.high]),
  );
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
