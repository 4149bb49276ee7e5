import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { MOST_SOBOL_AXES, sobolBits, sobolPoint } from "../../../src/sweep/samplers/sobol.ts";
import type { Space } from "../../../src/sweep/samplers/space.ts";
import { hasPython, needsPython, python } from "../../support/python.ts";

const unit = { kind: "uniform", low: 0, high: 1, integer: false } as const;

Deno.test("sobolBits() gives the first points of two dimensions, worked out by hand", () => {
  // v of dimension 0: 1/2, 1/4, 1/8; of dimension 1 (1 + x, m_1 = 1): 1/2, 3/4, 5/8. Gray codes of 0 to 4: 0, 1, 11, 10, 110.
  const points = Array.from({ length: 5 }, (_, n) => [0, 1].map((axis) => sobolBits(n, axis) / 2 ** 32));
  deepEqual(points, [[0, 0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75], [0.375, 0.375]]);
});

Deno.test({
  name: `sobolBits() equals scipy.stats.qmc.Sobol in all dimensions ${needsPython("scipy")}`,
  ignore: !hasPython("scipy"),
  fn() {
    const points = 300,
      expected = python(
        `
import json, sys
from scipy.stats import qmc
dimensions, points = map(int, sys.argv[1:])
drawn = qmc.Sobol(dimensions, scramble=False, bits=32).random(points)
print(json.dumps((drawn * 2**32).astype("uint64").tolist()))`,
        String(MOST_SOBOL_AXES),
        String(points),
      );
    deepEqual(
      Array.from(
        { length: points },
        (_, n) => Array.from({ length: MOST_SOBOL_AXES }, (_, axis) => sobolBits(n, axis)),
      ),
      expected,
    );
  },
});

Deno.test("sobolPoint() has one of 64 shifted points in each 64th of every axis, and differs by its seed", () => {
  const space: Space = Array.from({ length: MOST_SOBOL_AXES }, () => unit);
  const points = Array.from({ length: 64 }, (_, trial) => sobolPoint(space, 5, trial));
  for (const axis of space.keys()) {
    equal(new Set(points.map((point) => Math.floor(64 * point[axis]))).size, 64);
  }
  ok(sobolPoint(space, 6, 0).every((share, axis) => share !== points[0][axis] && share > 0 && share < 1));
});
