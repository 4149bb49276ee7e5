import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { accuracyOf, meanDistances, votes } from "../../../src/analysis/points/knn_classifier.ts";
import { nearestNeighbours } from "../../../src/analysis/points/neighbours.ts";
import { valuePoints } from "../../../src/analysis/points/points.ts";
import { wasm } from "../hand_models.ts";

Deno.test("votes() go to the class of most neighbours, a tie to the class of the nearest", () => {
  const neighbours = {
    k: 4,
    positions: Uint32Array.of(0, 1, 2, 3, 1, 0, 3, 2),
  };
  deepEqual([...votes(neighbours, [7, 8, 8, 7])], [7, 8]);
  deepEqual([...votes(neighbours, [7, 8, 8, 8])], [8, 8]);
  equal(accuracyOf([7, 8], [7, 7]), 0.5);
});

Deno.test("meanDistances() are the means of the distances, not of their squares", () => {
  const [points, queries] = [[0, 3, 4], [0, 10]].map((values) => valuePoints(Float32Array.from(values), 1));
  deepEqual([...meanDistances(nearestNeighbours({ engine: wasm, queries, points, k: 2 }))], [1.5, 6.5]);
});
