import { deepStrictEqual as deepEqual, strictEqual as equal, throws } from "node:assert/strict";
import { directionOf, observationOf } from "../../src/sweep/history.ts";
import type { TrialResult } from "../../src/sweep/result.ts";

/** A complete trial. */
const complete = (mse: number | null, direction: string = "lower") =>
  ({
    state: "complete",
    metrics: { evaluate: { "mse.digit": mse } },
    info: { evaluate: { "mse.digit": { unit: "ratio", direction } } },
  }) as unknown as TrialResult;
const stopped = (epoch: number, value: number | null) =>
  ({ state: "stoppedEarly", stopped: { epoch, value } }) as unknown as TrialResult;
const failed = { state: "failed", metrics: {}, info: {} } as unknown as TrialResult;
/** Stopped by hand, so without a decision of the sweep. */
const byHand = { state: "stoppedEarly", metrics: {}, info: {} } as unknown as TrialResult;

const METRIC = "evaluate.mse.digit", point = [1];
const of = (...results: (TrialResult | undefined)[]) => observationOf({ point, results }, METRIC);

Deno.test("observationOf() takes the mean over seeds, and failed seeds only where all have failed", () => {
  deepEqual(of(complete(2), complete(4)), { point, state: "complete", value: 3 });
  deepEqual(of(complete(2), failed), { point, state: "complete", value: 2 });
  deepEqual(of(complete(null)), { point, state: "complete", value: NaN });
  deepEqual(of(failed, failed), { point, state: "failed" });
  deepEqual(of(byHand), { point, state: "failed" });
});

Deno.test("observationOf() counts a setting as running while a seed is, and as stopped early once a seed was", () => {
  deepEqual(of(complete(2), undefined), { point, state: "running" });
  deepEqual(of(complete(2), stopped(10, 7), stopped(30, 5)), {
    point,
    state: "stoppedEarly",
    epochs: 20,
    value: 6,
  });
  deepEqual(of(stopped(10, null)), { point, state: "stoppedEarly", epochs: 10, value: NaN });
});

Deno.test("directionOf() is what complete trials state, and refuses metrics that none has or that have no direction", () => {
  equal(directionOf([failed, complete(1, "higher")], METRIC), "higher");
  equal(directionOf([complete(1)], METRIC), "lower");
  equal(directionOf([failed], METRIC), "lower");
  throws(
    () => directionOf([complete(1)], "evaluate.mse"),
    /got "evaluate\.mse", which no complete trial has/,
  );
  throws(() => directionOf([complete(1, "none")], METRIC), /which has no direction/);
});
