/** Names of estimates and their intervals in `metrics.json`. @module */
import type { Estimate } from "../analysis/statistics/intervals.ts";
import type { Auroc } from "../analysis/anomaly/roc.ts";

/** Adds an estimate under a name, the ends of its interval with Low and High. */
export function addEstimate(
  metrics: Record<string, number>,
  name: string,
  estimate: Estimate | undefined,
  scale = 1,
): void {
  if (estimate === undefined) return;
  metrics[name] = estimate.value * scale;
  if (estimate.low !== undefined) metrics[`${name}Low`] = estimate.low * scale;
  if (estimate.high !== undefined) metrics[`${name}High`] = estimate.high * scale;
}

/** Adds an area below a ROC curve in the same way. */
export function addAuroc(metrics: Record<string, number>, name: string, { value, interval }: Auroc): void {
  addEstimate(metrics, name, { value, low: interval[0], high: interval[1] });
}
