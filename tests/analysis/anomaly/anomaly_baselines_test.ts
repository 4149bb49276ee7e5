import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { BASELINE_NAMES, baselineScores } from "../../../src/analysis/anomaly/anomaly_baselines.ts";
import { edgeMaps } from "../../../src/analysis/anomaly/edges.ts";
import { readPoints } from "../../../src/analysis/points/points.ts";
import { smoothedUnits, smoother } from "../../../src/analysis/anomaly/smooth.ts";
import { pictureShape, sampleSize } from "../../../src/core/shape.ts";
import { glyphDataset } from "../../../src/data/glyphs.ts";
import { assertClose } from "../../support/close.ts";
import { imagesOf, wasm as engine } from "../hand_models.ts";

const { train, shape } = glyphDataset(), size = pictureShape(shape), D = sampleSize(shape);
const OPTIONS = { engine, train, test: train, shape, k: 3, smoothing: 1, seed: 1 };

/** The mean distance of each row to the k nearest rows of others, the plain way. */
function nearestMeans(asked: number[][], known: number[][], k: number): number[] {
  const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, d) => value - b[d]));
  return asked.map((row) =>
    known.map((other) => distance(row, other)).sort((a, b) => a - b).slice(0, k)
      .reduce((sum, one) => sum + one, 0) / k
  );
}

const rowsOf = (values: ArrayLike<number>, count: number) =>
  Array.from(
    { length: count },
    (_, row) => Array.from({ length: D }, (_, d) => values[row * D + d]),
  );

Deno.test("smoothedUnits() smooths images and divides them by their norm; one without ink stays 0", () => {
  const values = Uint8Array.from([...train.values.subarray(0, D), ...new Uint8Array(35)]);
  const units = rowsOf(smoothedUnits({ values, count: 2 }, size, 1), 2);
  const smoothed = Array.from(smoother(size, 1).smooth(values, 0)),
    norm = Math.hypot(...smoothed);
  assertClose(units[0], smoothed.map((value) => value / norm), { absolute: 1e-7 }, "unit");
  deepEqual(new Set(units[1]), new Set([0]));
});

Deno.test("baselineScores() are the plain mean distances to the k nearest train images, all of them, on pixels, smoothed units and edge maps", () => {
  const scores = baselineScores(OPTIONS);
  const pixels = rowsOf(train.values, train.count).map((row) => row.map((byte) => byte / 255));
  assertClose(
    scores.get("neighbours")!,
    nearestMeans(pixels, pixels, 3),
    { absolute: 1e-6 },
    "neighbours",
  );
  const units = rowsOf(smoothedUnits(train, size, 1), train.count);
  assertClose(
    scores.get("smoothedNeighbours")!,
    nearestMeans(units, units, 3),
    { absolute: 1e-6 },
    "smoothedNeighbours",
  );
  const edges = edgeMaps(train, size, 1);
  const maps = Array.from({ length: edges.count }, (_, row) => Array.from(readPoints(edges, row, 1)));
  equal(edges.dimensions, 4 * 3 * 2);
  assertClose(
    scores.get("edgeNeighbours")!,
    nearestMeans(maps, maps, 3),
    { absolute: 1e-6 },
    "edgeNeighbours",
  );
  deepEqual([...scores.keys()].toSorted(), [...BASELINE_NAMES].toSorted());
});

Deno.test("baselineScores() of smoothed images do not depend on the amount of ink, and forgive a shift", () => {
  const line = (column: number, value: number) =>
    Array.from({ length: 35 }, (_, at) => at % 5 === column ? value : 0);
  const known = imagesOf(line(2, 1), line(2, 1));
  const asked = imagesOf(line(2, 0.5), line(1, 1));
  const scores = baselineScores({ ...OPTIONS, train: known, test: asked, k: 1 });
  const [plain, smoothed] = [scores.get("neighbours")!, scores.get("smoothedNeighbours")!];
  ok(plain[0] > 0.4 && smoothed[0] < 1e-3, `${plain[0]}, ${smoothed[0]}`);
  // Two lines without a common pixel are sqrt(2) apart as unit vectors.
  ok(smoothed[1] < 0.8 * Math.SQRT2, String(smoothed[1]));
});

Deno.test("baselineScores() take as many neighbours as there are train images", () => {
  const one = { ...train, count: 1, values: train.values.subarray(0, 35) };
  const scores = baselineScores({ ...OPTIONS, train: one, k: 5 });
  ok([...scores.values()].every((values) => values.every(Number.isFinite)));
});
