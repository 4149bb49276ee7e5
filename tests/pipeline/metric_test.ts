import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import {
  directionArrow,
  estimated,
  infoOf,
  measuredMetrics,
  metric,
  metricValues,
  RecordedMetric,
  unitInfo,
  UNITS,
} from "../../src/pipeline/metric.ts";
import type { StageResult } from "../../src/pipeline/stage.ts";

const share = { unit: "share of samples", direction: "higher", split: "test" } as const;

Deno.test("StageResult takes no metric without a unit and a direction that there are", () => {
  // @ts-expect-error: a bare number.
  ({ outputs: {}, metrics: { mse: 0.5 } }) satisfies StageResult<object>;
  // @ts-expect-error: no unit.
  ({ outputs: {}, metrics: { mse: { value: 0.5, direction: "lower" } } }) satisfies StageResult<object>;
  // @ts-expect-error: no direction.
  ({ outputs: {}, metrics: { mse: { value: 0.5, unit: "pixels" } } }) satisfies StageResult<object>;
  // @ts-expect-error: no direction.
  metric(0.5, { unit: "pixels" });
  // @ts-expect-error: no unit.
  metric(0.5, { direction: "lower" });
  // @ts-expect-error: a misspelt unit.
  metric(0.5, { unit: "pixel", direction: "lower" });
  // @ts-expect-error: a misspelt direction.
  metric(0.5, { unit: "pixels", direction: "down" });
  const right: StageResult<object> = {
    outputs: {},
    metrics: { mse: metric(0.5, { unit: "pixels", direction: "lower" }) },
  };
  equal(right.metrics?.mse.value, 0.5);
});

Deno.test("metricValues() gives values by name, each followed by the ends of its interval", () => {
  const metrics = measuredMetrics({
    accuracy: estimated({ value: 0.9, low: 0.8, high: 0.95 }, share),
    few: estimated({ value: 0.5 }, share),
    none: estimated(undefined, share),
  });
  deepEqual(Object.entries(metricValues(metrics)), [
    ["accuracy", 0.9],
    ["accuracyLow", 0.8],
    ["accuracyHigh", 0.95],
    ["few", 0.5],
  ]);
});

Deno.test("infoOf() states the unit of a metric and of the ends of its interval, which have no direction", () => {
  const metrics = {
    accuracy: metric(0.9, { ...share, interval: { low: 0.8, high: 1 } }),
    few: metric(1, share),
  };
  equal(infoOf(metrics, "accuracy")?.direction, "higher");
  deepEqual([infoOf(metrics, "accuracyLow")?.unit, infoOf(metrics, "accuracyLow")?.direction], [
    "share of samples",
    "none",
  ]);
  for (const name of ["fewLow", "Low", "toString", "other"]) equal(infoOf(metrics, name), undefined, name);
});

Deno.test("RecordedMetric reads every metric that is written, and a unit of another version", () => {
  for (const unit of Object.keys(UNITS) as (keyof typeof UNITS)[]) {
    const one = metric(0.5, { unit, direction: "none", split: "train", estimator: "a mean" });
    deepEqual(RecordedMetric.parse(JSON.parse(JSON.stringify(one))), one);
  }
  equal(RecordedMetric.parse({ value: null, unit: "reams", direction: "lower" }).unit, "reams");
  equal(RecordedMetric.safeParse({ value: 1, unit: "pixels" }).success, false);
  equal(RecordedMetric.safeParse(1).success, false);
});

Deno.test("unitInfo() has a long form of every unit, an unknown one included", () => {
  for (const unit of Object.keys(UNITS)) equal(unitInfo(unit).long.length >= 1, true, unit);
  deepEqual(unitInfo("reams"), { long: "reams" });
  deepEqual(unitInfo("toString"), { long: "toString" });
  deepEqual(["lower", "higher", "none"].map((one) => directionArrow(one as "lower")), ["↓", "↑", ""]);
});
