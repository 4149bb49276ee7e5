import { deepStrictEqual as deepEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { nearestNeighbours } from "../../../src/analysis/points/neighbours.ts";
import { imagePoints, type Points, readPoints, valuePoints } from "../../../src/analysis/points/points.ts";
import { sliceSplit } from "../../../src/data/parts.ts";
import { loadEngine } from "../../../src/engine/load.ts";
import { normalNumbers } from "../../support/numbers.ts";
import { imagesOf, randomImages, wasm } from "../hand_models.ts";

/** The slow oracle: all distances in double precision, sorted; equally near points by position. */
function slowly(queries: Points, points: Points, k: number, except?: ArrayLike<number>) {
  const x = readPoints(queries, 0, queries.count), y = readPoints(points, 0, points.count);
  const D = points.dimensions;
  const nearest = Array.from(
    { length: queries.count },
    (_, query) =>
      Array.from({ length: points.count }, (_, position) => {
        let square = 0;
        for (let d = 0; d < D; d++) square += (x[query * D + d] - y[position * D + d]) ** 2;
        return { position, distance: Math.sqrt(square) };
      }).filter(({ position }) => position !== except?.[query])
        .sort((a, b) => a.distance - b.distance || a.position - b.position).slice(0, k),
  ).flat();
  return {
    positions: nearest.map(({ position }) => position),
    distances: nearest.map((one) => one.distance),
  };
}

function look(queries: Points, points: Points, k = 1, except?: ArrayLike<number>, engine = wasm) {
  const { positions, distances } = nearestNeighbours({ engine, queries, points, k, except });
  return { positions: [...positions], distances: [...distances] };
}

Deno.test("nearestNeighbours finds by hand what is near, the nearest first", () => {
  const points = valuePoints(Float32Array.from([0, 0, 3, 4, 6, 8, 1, 0]), 2);
  const queries = valuePoints(Float32Array.from([0, 0, 6, 7]), 2);
  deepEqual(look(queries, points, 2), {
    positions: [0, 3, 2, 1],
    distances: [0, 1, 1, Math.sqrt(18)],
  });
});

Deno.test("nearestNeighbours gives the lower position where two points are equally near", () => {
  const points = valuePoints(Float32Array.from([5, 1, -1, 1, -1]), 1);
  deepEqual(look(valuePoints(Float32Array.of(0), 1), points, 3).positions, [1, 2, 3]);
});

Deno.test("nearestNeighbours skips the query itself when given its position", () => {
  const points = valuePoints(Float32Array.from([0, 10, 11, 0]), 1);
  deepEqual(look(points, points, 1, [0, 1, 2, 3]), { positions: [3, 2, 1, 0], distances: [0, 1, 1, 0] });
});

Deno.test("nearestNeighbours is what all distances sorted give, in several blocks of both sets", () => {
  // 1,100 queries are two blocks, 1,300 points three; many distances are ties.
  const few = Float32Array.from(normalNumbers(1100 * 3, 1), (value) => Math.round(2 * value));
  const many = Float32Array.from(normalNumbers(1300 * 3, 2), (value) => Math.round(2 * value));
  const queries = valuePoints(few, 3), points = valuePoints(many, 3);
  deepEqual(look(queries, points, 2), slowly(queries, points, 2));
});

Deno.test("nearestNeighbours of images is exact where single precision is not", () => {
  // Large and nearly equal images: their products agree in all digits of a single.
  const pixels = 300, base = randomImages(1, pixels).values;
  const images = new Uint8Array(60 * pixels);
  for (let image = 0; image < 60; image++) {
    for (let d = 0; d < pixels; d++) images[image * pixels + d] = 200 + (base[d] & 31);
    images[image * pixels + (7 * image) % pixels] += 1 + image % 3;
  }
  const points = imagePoints({ count: 60, values: images }, pixels);
  const except = Uint32Array.from({ length: 60 }, (_, image) => image);
  deepEqual(look(points, points, 3, except), slowly(points, points, 3, except));
});

Deno.test("nearestNeighbours finds the same on every engine", async () => {
  const split = randomImages(40, 33);
  const queries = imagePoints(sliceSplit(split, 33, 30, 40), 33),
    points = imagePoints(sliceSplit(split, 33, 0, 30), 33);
  for (const name of ["reference", "native", "tfjs"] as const) {
    deepEqual(look(queries, points, 4, undefined, await loadEngine(name)), slowly(queries, points, 4), name);
  }
});

Deno.test("nearestNeighbours agrees with the oracle on whatever numbers there are", () => {
  const rows = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(rows, rows, fc.integer({ min: 1, max: 4 }), (a, b, k) => {
      const queries = valuePoints(Float32Array.from(a), 3),
        points = valuePoints(Float32Array.from(b, (v) => v / 7), 3);
      deepEqual(look(queries, points, k), slowly(queries, points, k));
    }),
    { seed: 1, numRuns: 50 },
  );
});

Deno.test("nearestNeighbours finds images that stay in their file, read a few at a time", async () => {
  const pixels = 12, split = randomImages(50, pixels), path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, Uint8Array.from([1, 2, 3, ...split.values]));
    const { size, mtime } = await Deno.stat(path);
    const file = { path, kind: "bytes" as const, start: 3, block: 7, size, modified: mtime!.getTime() };
    const streamed = imagePoints({ count: 50, values: new Uint8Array(), file }, pixels);
    const except = Uint32Array.from({ length: 50 }, (_, image) => image);
    const inMemory = imagePoints(split, pixels);
    deepEqual(look(streamed, streamed, 2, except), slowly(inMemory, inMemory, 2, except));
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("nearestNeighbours of identical images is a distance of 0, and of no queries nothing", () => {
  const same = imagePoints(imagesOf([0.3, 0.7], [0.3, 0.7], [0.3, 0.7]), 2);
  deepEqual(look(same, same, 3), { positions: [0, 1, 2, 0, 1, 2, 0, 1, 2], distances: new Array(9).fill(0) });
  deepEqual(look(valuePoints(new Float32Array(), 2), same), { positions: [], distances: [] });
});

Deno.test("nearestNeighbours names what it cannot do", () => {
  const one = valuePoints(Float32Array.of(1), 1);
  throws(
    () => look(one, one, 1, [0]),
    /k must be from 1 to the 0 points to choose from, got 1/,
  );
  throws(() => look(one, one, 2), /k must be from 1 to the 1 points/);
  throws(() => look(valuePoints(Float32Array.of(NaN), 1), one), /must be finite numbers/);
  throws(
    () => look(valuePoints(Float32Array.of(1, 2), 2), one),
    /both sets of points must have 1 dimensions, got 2/,
  );
});
