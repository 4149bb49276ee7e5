import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import { ACTIVE_VARIANCE, isActive } from "../../src/core/active_units.ts";
import { meanOf, varianceOf } from "../../src/core/statistics.ts";

Deno.test("meanOf() and varianceOf() are those of a sample", () => {
  deepEqual([meanOf([2, 3, 4]), varianceOf([2, 3, 4])], [3, 1]);
  deepEqual([meanOf(Float32Array.of(5)), varianceOf([1, 1])], [5, 0]);
  ok(Number.isNaN(meanOf([])) && Number.isNaN(varianceOf([1])));
});

Deno.test("isActive() is true above a variance of 0.01, and false at it", () => {
  deepEqual([0, ACTIVE_VARIANCE, 0.0101, NaN].map(isActive), [false, false, true, false]);
});
