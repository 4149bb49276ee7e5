import { ok, strictEqual as equal } from "node:assert/strict";
import { dataCopying } from "../../../src/analysis/novelty/data_copying.ts";
import { assertClose } from "../../support/close.ts";
import { normalNumbers } from "../../support/numbers.ts";
import { wasm } from "../hand_models.ts";

const KEY = { seed: 1, stream: "evaluation", epoch: 9 } as const;
const measure = (
  training: ArrayLike<number>,
  heldOut: ArrayLike<number>,
  generated: ArrayLike<number>,
  { dimensions = 1, cells = 1, fewest = 1 } = {},
) => {
  const [t, p, q] = [training, heldOut, generated].map((values) => Float32Array.from(values));
  return dataCopying({
    engine: wasm,
    training: t,
    heldOut: p,
    generated: q,
    dimensions,
    cells,
    fewest,
    key: KEY,
  });
};

Deno.test("dataCopying with one cell is the z-score of the distances, by hand", () => {
  // Distances of held-out points 3, 5, of generated ones 1, 2, 4: U = 1 of 6 pairs, (1 - 3) / sqrt(3 * 2 * 6 / 12).
  const copying = measure([0, 100], [3, 105], [1, -2, 104])!;
  assertClose([copying.cT], [-2 / Math.sqrt(3)], { absolute: 1e-12 }, "C_T");
  equal(copying.cells, 1);
});

Deno.test("dataCopying weighs cells by their held-out points, and measures within each", () => {
  // Cells about 0 and 1,000. In the first z = (0 - 0.5) / 0.5 = -1 with one held-out point of four; in the second three held-out
  // points at 1, 2, 3 and a generated one at 9: z = (3 - 1.5) / sqrt(3 * 5 / 12).
  const z = 1.5 / Math.sqrt(15 / 12);
  const copying = measure([0, 1000], [5, 1001, 1002, 1003], [1, 1009], { cells: 2 })!;
  assertClose([copying.cT], [(-1 + 3 * z) / 4], { absolute: 1e-12 }, "C_T");
  equal(copying.cells, 2);
});

Deno.test("dataCopying skips cells with too few generated points", () => {
  const copying = measure([0, 1000], [5, 1001, 1002], [1, 2, 1009], { cells: 2, fewest: 2 })!;
  equal(copying.cells, 1);
  assertClose([copying.cT], [-1 / Math.sqrt(2 * 4 / 12)], { absolute: 1e-12 }, "C_T");
  equal(measure([0, 1000], [5], [1, 1009], { cells: 2, fewest: 2 }), undefined);
});

Deno.test("dataCopying is far below 0 for copies, about 0 for new points, far above 0 for wide ones", () => {
  const training = normalNumbers(1200, 1), heldOut = normalNumbers(600, 2);
  const at = (generated: Float32Array) =>
    measure(training, heldOut, generated, { dimensions: 3, cells: 4 })!.cT;
  const jitter = normalNumbers(600, 3, 0.02);
  ok(at(training.slice(0, 600).map((value, i) => value + jitter[i])) < -5);
  ok(Math.abs(at(normalNumbers(600, 4))) < 2);
  ok(at(normalNumbers(600, 5, 2)) > 4);
});

Deno.test("dataCopying gives nothing without dimensions or without generated points", () => {
  equal(measure([], [], [], { dimensions: 0 }), undefined);
  equal(measure([1, 2], [1], []), undefined);
  equal(measure([1, 2], [], [1]), undefined);
});
