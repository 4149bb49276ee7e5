import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { farthestPoint } from "../../../src/analysis/latent/farthest_point.ts";
import { assertClose } from "../../support/close.ts";

const KEY = { seed: 1, stream: "generation", epoch: 1 } as const;

Deno.test("farthestPoint of the corners of a square is its middle", () => {
  const { point, distance } = farthestPoint(Float32Array.of(0, 0, 2, 0, 0, 2, 2, 2), 2, KEY);
  assertClose(point, [1, 1], { absolute: 1e-4 }, "point");
  assertClose([distance], [Math.SQRT2], { absolute: 1e-4 }, "distance");
});

Deno.test("farthestPoint stays within the range of the points, and names the nearest", () => {
  // On 0, 1 and 10 the widest gap has its middle at 5.5; the point at 0 is not the nearest.
  const { point, distance, nearest } = farthestPoint(Float32Array.of(0, 1, 10), 1, KEY);
  assertClose([point[0], distance], [5.5, 4.5], { absolute: 1e-4 }, "middle");
  ok(nearest > 0);
  // Of three corners the fourth is the farthest, at the edge of the range: sqrt(1 + 1) is more than any inner point has.
  const corner = farthestPoint(Float32Array.of(0, 0, 1, 0, 0, 1), 2, KEY);
  assertClose([...corner.point, corner.distance], [1, 1, 1], { absolute: 1e-4 }, "corner");
});

Deno.test("farthestPoint of one point is that point", () => {
  const { point, distance, nearest } = farthestPoint(Float32Array.of(3, -4, 5), 3, KEY);
  deepEqual([point, distance, nearest], [[3, -4, 5], 0, 0]);
});

Deno.test("farthestPoint follows from the key", () => {
  const points = Float32Array.from({ length: 24 }, (_, at) => Math.sin(at * at));
  deepEqual(farthestPoint(points, 3, KEY), farthestPoint(points, 3, KEY));
  const [first, other] = [1, 2].map((seed) => farthestPoint(points, 3, { ...KEY, seed }).distance);
  equal(Math.abs(first - other) < 0.05 * first, true, `${first} and ${other}`);
});
