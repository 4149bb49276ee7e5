/** How numbers with an interval stand in `metrics.json`. @module */
import type { Estimate } from "../analysis/intervals.ts";

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
