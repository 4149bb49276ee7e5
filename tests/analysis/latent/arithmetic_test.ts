import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { attributeText, attributeVector, movedBy } from "../../../src/analysis/latent/arithmetic.ts";

Deno.test("attributeVector() leads from the mean of those without to the mean of those with", () => {
  const points = Float32Array.of(0, 0, 2, 2, 5, 1, 7, 3);
  deepEqual(attributeVector(points, 2, [2, 3], [0, 1]), [6 - 1, 2 - 1]);
  equal(attributeVector(points, 2, [], [0]), undefined);
  equal(attributeVector(points, 2, [0], []), undefined);
});

Deno.test("movedBy() adds the vector to every point, as strongly as requested", () => {
  deepEqual([...movedBy(Float32Array.of(0, 1, 2, 3), [10, -1], 0.5)], [5, 0.5, 7, 2.5]);
});

Deno.test("attributeText() names a label, or the way between two", () => {
  deepEqual([attributeText("7"), attributeText({ from: "3", to: "8" })], ["7", "3 to 8"]);
});
