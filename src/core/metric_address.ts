/** Addresses of metrics, `evaluate.mse` or `evaluate.train.mse`: the name of a stage has no dot, that of a metric may have some. @module */

/** What an address consists of. */
export interface MetricAddress {
  readonly stage: string;
  /** As in `metrics.json`: `mse`, `train.mse`, `pixelAccuracy@0.3`; empty in an address without a dot. */
  readonly name: string;
}

/** Splits an address at its first dot. */
export function parseMetricAddress(address: string): MetricAddress {
  const dot = address.indexOf(".");
  return dot < 0
    ? { stage: address, name: "" }
    : { stage: address.slice(0, dot), name: address.slice(dot + 1) };
}

/** A metric by its address; `undefined` where it was not measured, or is no finite number. */
export function metricAt(
  metrics: Readonly<Record<string, Readonly<Record<string, number | null>>>> | null | undefined,
  address: string,
): number | undefined {
  const { stage, name } = parseMetricAddress(address), value = metrics?.[stage]?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
