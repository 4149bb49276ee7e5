import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { metricAt, parseMetricAddress } from "../../src/core/metric_address.ts";

Deno.test("parseMetricAddress() ends the stage at the first dot", () => {
  deepEqual(parseMetricAddress("evaluate.mse"), { stage: "evaluate", name: "mse" });
  deepEqual(parseMetricAddress("evaluate.train.pixelAccuracy@0.3"), {
    stage: "evaluate",
    name: "train.pixelAccuracy@0.3",
  });
  deepEqual(parseMetricAddress("evaluate"), { stage: "evaluate", name: "" });
});

Deno.test("metricAt() has a metric that was measured, and nothing else", () => {
  const metrics = { evaluate: { mse: 0.5, "train.mse": 0.25, elbo: null, kl: Infinity } };
  const found = [
    "evaluate.mse",
    "evaluate.train.mse",
    "evaluate.elbo",
    "evaluate.kl",
    "train.mse",
    "evaluate",
  ]
    .map((address) => metricAt(metrics, address));
  deepEqual(found, [0.5, 0.25, undefined, undefined, undefined, undefined]);
  equal(metricAt(undefined, "evaluate.mse"), undefined);
  equal(metricAt({}, "constructor.name"), undefined);
});
