import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { attributeText, attributeVector, movedBy, shareInterval } from "../../src/analysis/arithmetic.ts";
import { assertClose } from "../support/close.ts";

Deno.test("attributeVector() leads from the mean of those without to the mean of those with", () => {
  const points = Float32Array.of(0, 0, 2, 2, 5, 1, 7, 3);
  deepEqual(attributeVector(points, 2, [2, 3], [0, 1]), [6 - 1, 2 - 1]);
  equal(attributeVector(points, 2, [], [0]), undefined);
  equal(attributeVector(points, 2, [0], []), undefined);
});

Deno.test("movedBy() adds the vector to every point, as strongly as it is told", () => {
  deepEqual([...movedBy(Float32Array.of(0, 1, 2, 3), [10, -1], 0.5)], [5, 0.5, 7, 2.5]);
});

Deno.test("attributeText() names a label, or the way between two", () => {
  deepEqual([attributeText("7"), attributeText({ from: "3", to: "8" })], ["7", "3 to 8"]);
});

Deno.test("shareInterval() is Wilson's: 0 to 0.278 for none of ten, symmetric, and as published for 81 of 263", () => {
  assertClose(shareInterval(0, 10), [0, 0.27753], { absolute: 1e-5 }, "0 of 10");
  assertClose(shareInterval(10, 10), [1 - 0.27753, 1], { absolute: 1e-5 }, "10 of 10");
  // Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3.
  assertClose(shareInterval(81, 263), [0.2553, 0.3662], { absolute: 5e-5 }, "81 of 263");
});
