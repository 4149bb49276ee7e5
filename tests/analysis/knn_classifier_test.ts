import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { accuracyOf, meanDistances, nearestNeighbours, votes } from "../../src/analysis/knn_classifier.ts";
import { fillNormal } from "../../src/core/random.ts";
import { assertClose } from "../support/close.ts";

Deno.test("nearestNeighbours() finds the nearest known points, a tie to the earlier", () => {
  const { positions, squaredDistances, k } = nearestNeighbours([0, 4, 2, -2, 9], [0, 3], 1, 3);
  equal(k, 3);
  deepEqual([...positions], [0, 2, 3, 1, 2, 0]);
  deepEqual([...squaredDistances], [0, 4, 4, 1, 1, 9]);
});

Deno.test("nearestNeighbours() agrees with sorting all distances, over more columns than it sums up at once", () => {
  const points = new Float32Array(90 * 70);
  fillNormal(points, 90, 70, Array.from({ length: 90 }, (_, row) => row), {
    seed: 1,
    stream: "noise",
    epoch: 0,
  });
  const known = points.subarray(0, 80 * 70), asked = points.subarray(80 * 70);
  const { positions, squaredDistances } = nearestNeighbours(known, asked, 70, 4);
  for (let row = 0; row < 10; row++) {
    const all = Array.from({ length: 80 }, (_, other) => {
      let sum = 0;
      for (let j = 0; j < 70; j++) sum += (known[other * 70 + j] - asked[row * 70 + j]) ** 2;
      return { other, sum };
    }).sort((a, b) => a.sum - b.sum).slice(0, 4);
    deepEqual([...positions.subarray(4 * row, 4 * row + 4)], all.map(({ other }) => other));
    assertClose(squaredDistances.subarray(4 * row, 4 * row + 4), all.map(({ sum }) => sum), {
      relative: 1e-12,
    }, "squares");
  }
});

Deno.test("nearestNeighbours() gives all known points where fewer than k are known", () => {
  const { positions, k } = nearestNeighbours([5, 1], [0], 1, 9);
  deepEqual([k, [...positions]], [2, [1, 0]]);
});

Deno.test("votes() go to the class of most neighbours, a tie to the class of the nearest", () => {
  const neighbours = {
    k: 4,
    positions: Uint32Array.of(0, 1, 2, 3, 1, 0, 3, 2),
    squaredDistances: new Float64Array(8),
  };
  deepEqual([...votes(neighbours, [7, 8, 8, 7])], [7, 8]);
  deepEqual([...votes(neighbours, [7, 8, 8, 8])], [8, 8]);
  equal(accuracyOf([7, 8], [7, 7]), 0.5);
});

Deno.test("meanDistances() are the means of the distances, not of their squares", () => {
  deepEqual([...meanDistances(nearestNeighbours([0, 3, 4], [0, 10], 1, 2))], [1.5, 6.5]);
});
