import { deepStrictEqual as deepEqual, notDeepStrictEqual as notDeepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  drawPoints,
  evenGrid,
  linearPath,
  meanPoint,
  moments,
  quantileGrid,
  sphericalPath,
} from "../../../src/analysis/latent/latent_space.ts";
import { assertClose } from "../../support/close.ts";

const KEY = { seed: 1, stream: "generation", epoch: 0 } as const;
const lengths = (path: number[][]) => path.map((point) => Math.hypot(...point));

Deno.test("linearPath takes even steps from one end to the other, both included", () => {
  deepEqual(linearPath([0, 10], [4, 2], 5), [[0, 10], [1, 8], [2, 6], [3, 4], [4, 2]]);
  deepEqual(linearPath([1, 2], [3, 4], 2), [[1, 2], [3, 4]]);
  deepEqual(linearPath([1, 2], [3, 4], 1), [[1, 2]]);
});

Deno.test("sphericalPath turns by even angles on the circle between two directions", () => {
  const path = sphericalPath([1, 0], [0, 1], 4);
  const expected = [0, 30, 60, 90].flatMap((degrees) => {
    const angle = degrees * Math.PI / 180;
    return [Math.cos(angle), Math.sin(angle)];
  });
  assertClose(path.flat(), expected, { absolute: 1e-12 }, "the quarter circle");
});

Deno.test("sphericalPath changes the length evenly where a straight line would pass near the middle", () => {
  const ends: [number[], number[]] = [[2, 0, 0], [-3, 0.5, 1]];
  const [from, to] = [2, Math.hypot(3, 0.5, 1)];
  const even = [0, 1, 2, 3, 4].map((step) => from + (to - from) * step / 4);
  assertClose(lengths(sphericalPath(...ends, 5)), even, { relative: 1e-12 }, "lengths");
  ok(Math.min(...lengths(linearPath(...ends, 5))) < 1);
});

Deno.test("sphericalPath takes the straight line where there is no one circle: parallel, opposite and zero ends", () => {
  for (const [from, to] of [[[1, 2], [2, 4]], [[1, 2], [-1, -2]], [[0, 0], [1, 2]], [[3, 4], [3, 4]]]) {
    deepEqual(sphericalPath(from, to, 5), linearPath(from, to, 5));
  }
});

Deno.test("linearPath and sphericalPath begin and end at their ends, whatever they are", () => {
  const point = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(point, point, fc.integer({ min: 2, max: 9 }), (from, to, steps) => {
      for (const path of [linearPath(from, to, steps), sphericalPath(from, to, steps)]) {
        ok(path.length === steps);
        assertClose(path[0], from, { absolute: 1e-9 }, "from");
        assertClose(path.at(-1)!, to, { absolute: 1e-9 }, "to");
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("meanPoint means the chosen rows only", () => {
  const points = Float32Array.from([1, 2, 100, 200, 3, 6]);
  deepEqual(meanPoint(points, 2, [0, 2]), [2, 4]);
  deepEqual(meanPoint(points, 2, [1]), [100, 200]);
});

Deno.test("moments are the mean, variance and standard deviation of each dimension", () => {
  deepEqual(moments(Float32Array.from([1, 5, 3, 5, 5, 5, 7, 5]), 2), {
    mean: [4, 5],
    variance: [5, 0],
    std: [Math.sqrt(5), 0],
  });
});

Deno.test("drawPoints draws the same points from the same key, with the wanted moments", () => {
  const wanted = { mean: [1, -2], std: [0.5, 3] };
  const points = drawPoints(4000, wanted, KEY);
  deepEqual(drawPoints(4000, wanted, KEY), points);
  notDeepEqual(drawPoints(4000, wanted, { ...KEY, seed: 2 }), points);
  // More points begin with the same ones.
  deepEqual(drawPoints(10, wanted, KEY), points.slice(0, 20));
  const { mean, std } = moments(points, 2);
  assertClose(mean, wanted.mean, { absolute: 0.2 }, "mean");
  assertClose(std, wanted.std, { relative: 0.05 }, "std");
});

Deno.test("quantileGrid of the standard normal is symmetric about its centre, the top row highest", () => {
  const side = 5, grid = quantileGrid(side, { mean: [0, 0], std: [1, 1] });
  const at = (
    row: number,
    column: number,
  ) => [...grid.subarray(2 * (row * side + column), 2 * (row * side + column) + 2)];
  assertClose(at(2, 2), [0, 0], { absolute: 1e-6 }, "centre");
  // The middle of the outermost fifth: the quantile of 0.1.
  assertClose(at(0, 0), [-1.2815516, 1.2815516], { absolute: 1e-5 }, "top left");
  assertClose(at(4, 4), [1.2815516, -1.2815516], { absolute: 1e-5 }, "bottom right");
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [x, y] = at(row, column);
      assertClose(at(side - 1 - row, side - 1 - column), [-x, -y], { absolute: 1e-6 }, `${row}, ${column}`);
      assertClose(at(column, row), [-y, -x], { absolute: 1e-6 }, `${row}, ${column} across the diagonal`);
    }
  }
});

Deno.test("quantileGrid is moved and stretched with the distribution", () => {
  const plain = quantileGrid(4, { mean: [0, 0], std: [1, 1] });
  const moved = quantileGrid(4, { mean: [10, -20], std: [2, 3] });
  const expected = plain.map((value, at) => at % 2 === 0 ? 10 + 2 * value : -20 + 3 * value);
  assertClose(moved, expected, { relative: 1e-6 }, "grid");
});

Deno.test("evenGrid has the middles of even cells, row by row from the top left", () => {
  const grid = evenGrid(2, { centre: [1, 3], half: [2, 4] });
  deepEqual([...grid], [0, 5, 2, 5, 0, 1, 2, 1]);
});
