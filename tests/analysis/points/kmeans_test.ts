import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import { firstCentres, kMeans, nearestCentres } from "../../../src/analysis/points/kmeans.ts";
import { meanSilhouette, silhouettes } from "../../../src/analysis/points/silhouette.ts";
import { fillNormal } from "../../../src/core/random.ts";
import { assertClose } from "../../support/close.ts";

const KEY = { seed: 3, stream: "analysis", epoch: 0 } as const;
const SIX = [0, 1, 2, 10, 11, 12];

Deno.test("kMeans() finds the two groups of six points on a line", () => {
  const { assignment, centres, sizes, inertia } = kMeans(SIX, 1, { k: 2, key: KEY });
  const first = assignment[0];
  deepEqual([...assignment], [first, first, first, 1 - first, 1 - first, 1 - first]);
  deepEqual([centres[first], centres[1 - first]], [1, 11]);
  deepEqual([...sizes], [3, 3]);
  equal(inertia, 4);
});

Deno.test("kMeans() with one cluster gives the mean, and with as many as points no error", () => {
  const one = kMeans([0, 0, 3, 0, 0, 6], 2, { k: 1, key: KEY });
  deepEqual([...one.centres], [1, 2]);
  equal(one.inertia, 1 + 4 + 4 + 4 + 1 + 16);
  equal(kMeans(SIX, 1, { k: 6, key: KEY }).inertia, 0);
});

Deno.test("kMeans() gets no better by any single move of a point, whatever the seed", () => {
  const points = new Float32Array(400);
  fillNormal(points, 200, 2, Array.from({ length: 200 }, (_, row) => row), {
    seed: 8,
    stream: "noise",
    epoch: 0,
  });
  for (const seed of [1, 2, 3]) {
    const { assignment, centres, sizes, inertia } = kMeans(points, 2, { k: 7, key: { ...KEY, seed } });
    equal(sizes.reduce((sum, size) => sum + size, 0), 200);
    ok(sizes.every((size) => size > 0));
    let total = 0;
    for (let i = 0; i < 200; i++) {
      const distances = Array.from(
        { length: 7 },
        (_, c) => (points[2 * i] - centres[2 * c]) ** 2 + (points[2 * i + 1] - centres[2 * c + 1]) ** 2,
      );
      equal(assignment[i], distances.indexOf(Math.min(...distances)));
      total += distances[assignment[i]];
    }
    assertClose([inertia], [total], { relative: 1e-12 }, "inertia");
  }
});

Deno.test("kMeans() draws from its key: the same parting twice, beginnings of its own for another key", () => {
  deepEqual(kMeans(SIX, 1, { k: 3, key: KEY }), kMeans(SIX, 1, { k: 3, key: KEY }));
  const numbers = (seed: number) => {
    const line = Array.from({ length: 60 }, (_, i) => i ** 1.5);
    return [...kMeans(line, 1, { k: 9, key: { ...KEY, seed }, tries: 1, rounds: 1 }).centres];
  };
  notDeepEqual(numbers(1), numbers(2));
});

Deno.test("kMeans() gives an empty cluster the farthest point", () => {
  // The third centre of these draws would be fine; forced by two equal points far from a third.
  const { sizes } = kMeans([0, 0, 0, 0, 5, 9], 1, { k: 3, key: KEY });
  deepEqual([...sizes].toSorted(), [1, 1, 4]);
});

Deno.test("kMeans() refuses more clusters than distinct points", () => {
  throws(() => kMeans([1, 1, 2, 2], 1, { k: 3, key: KEY }), {
    message: "distinct points must be at least as many as clusters, got 2 for 3 clusters",
  });
});

Deno.test("kMeans() makes fewer clusters than requested where fewer suffice, and none without points", () => {
  const count = (points: number[], k: number) => kMeans(points, 1, { k, fewer: true, key: KEY }).sizes.length;
  deepEqual([count([1, 1, 1, 1], 3), count([1, 2, 1, 2], 5), count([], 5)], [1, 2, 0]);
});

Deno.test("nearestCentres() finds the clusters of the points again, and those of others, a tie to the earlier", () => {
  const points = Float32Array.of(0, 0, 0, 2, 10, 0, 10, 2, 0, 50, 0, 52);
  const { assignment, centres } = kMeans(points, 2, { k: 3, key: KEY, tries: 1 });
  deepEqual(nearestCentres(points, 2, centres), assignment);
  deepEqual([0, 2, 4].map((at) => assignment[at] === assignment[at + 1]), [true, true, true]);
  deepEqual([...centres.subarray(2 * assignment[2], 2 * assignment[2] + 2)], [10, 1]);
  deepEqual([...nearestCentres([4, 5, 6], 1, [10, 0])], [1, 0, 0]);
});

Deno.test("firstCentres() draws each next centre by its squared distance to the nearest so far", () => {
  // First at a quarter of three points: the first. Then squared distances 0, 1, 9: below 0.1 of 10 the second, above it the third.
  deepEqual([...firstCentres([0, 1, 3], 1, [0.25, 0.09])], [0, 1]);
  deepEqual([...firstCentres([0, 1, 3], 1, [0.25, 0.11])], [0, 3]);
});

Deno.test("silhouettes() are (b - a) / max(a, b), worked out by hand", () => {
  // 0 and 1 in one cluster, 4 and 8 in another, 20 alone.
  const given = silhouettes([0, 1, 4, 8, 20], 1, [0, 0, 1, 1, 2]);
  assertClose(
    given,
    [(6 - 1) / 6, (5 - 1) / 5, (3.5 - 4) / 4, (7.5 - 4) / 7.5, 0],
    { absolute: 1e-12 },
    "silhouettes",
  );
  assertClose([meanSilhouette([0, 1, 4, 8, 20], 1, [0, 0, 1, 1, 2])], [given.reduce((a, b) => a + b) / 5], {
    absolute: 1e-12,
  }, "mean");
});

Deno.test("silhouettes() of equal points are 0, and one cluster is refused", () => {
  deepEqual([...silhouettes([5, 5, 5, 5], 1, [0, 0, 1, 1])], [0, 0, 0, 0]);
  throws(() => silhouettes([1, 2], 1, [0, 0]), {
    message: "clusters must be at least 2, got 1",
  });
});

Deno.test("meanSilhouette() is highest at the number of groups that there are", () => {
  const points = new Float32Array(180 * 2);
  fillNormal(points, 180, 2, Array.from({ length: 180 }, (_, row) => row), {
    seed: 8,
    stream: "noise",
    epoch: 0,
  });
  // Clouds at (0, 0), (12, 0), (0, 12), (24, 0) and (0, 24).
  for (let i = 0; i < 180; i++) points[2 * i + (i % 2)] += 12 * (i % 3);
  const best = [2, 3, 4, 5, 6, 7, 8].map((k) =>
    meanSilhouette(points, 2, kMeans(points, 2, { k, key: KEY }).assignment)
  );
  equal(best.indexOf(Math.max(...best)) + 2, 5);
});
