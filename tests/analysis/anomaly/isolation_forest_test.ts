import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { expectedPath, isolationForest } from "../../../src/analysis/anomaly/isolation_forest.ts";
import { auroc } from "../../../src/analysis/anomaly/roc.ts";
import { fillNormal } from "../../../src/core/random.ts";
import { assertClose } from "../../support/close.ts";

const KEY = { seed: 3, stream: "analysis", epoch: 0 } as const;

function cloud(count: number, seed: number, shift = 0): Float32Array {
  const points = new Float32Array(count * 3);
  fillNormal(points, count, 3, Array.from({ length: count }, (_, row) => row), {
    seed,
    stream: "noise",
    epoch: 0,
  });
  return points.map((value) => value + shift);
}

Deno.test("expectedPath() is the mean depth of a failed search in a binary tree", () => {
  // c(2) = 2 - 1, c(3) = 2 (1 + 1/2) - 4/3, c(4) = 2 (1 + 1/2 + 1/3) - 6/4.
  assertClose([0, 1, 2, 3, 4].map(expectedPath), [0, 0, 1, 5 / 3, 13 / 6], { absolute: 1e-12 }, "c");
  // H(255) = 6.12035; the approximation of Liu et al., ln(255) + 0.5772 for it, gives 10.2448.
  assertClose([expectedPath(256)], [10.2487], { absolute: 1e-3 }, "c(256)");
});

Deno.test("isolationForest() scores two samples by the one cut that parts them", () => {
  // A tree of two samples has one cut: each has depth 1 = c(2), so the score is 2^-1.
  deepEqual([...isolationForest([0, 1], 1, { key: KEY, trees: 7 }).score([0, 1, -5])], [0.5, 0.5, 0.5]);
});

Deno.test("isolationForest() scores a far sample above all others", () => {
  const known = Float32Array.from([...cloud(300, 1), 9, -9, 9]);
  const scores = isolationForest(known, 3, { key: KEY }).score(known);
  equal(scores.indexOf(Math.max(...scores)), 300);
  ok(scores[300] > 0.6 && scores.every((score) => score > 0 && score < 1));
});

Deno.test("isolationForest() separates a shifted cloud from its own, as its published results on such data do", () => {
  const forest = isolationForest(cloud(1000, 1), 3, { key: KEY });
  const { value } = auroc(forest.score(cloud(400, 2)), forest.score(cloud(400, 3, 3)));
  ok(value > 0.95, String(value));
  const same = auroc(forest.score(cloud(400, 2)), forest.score(cloud(400, 4))).value;
  ok(Math.abs(same - 0.5) < 0.08, String(same));
});

Deno.test("isolationForest() draws from its key: the same scores twice, others for another key", () => {
  const scores = (
    seed: number,
  ) => [...isolationForest(cloud(50, 1), 3, { key: { ...KEY, seed }, trees: 5 }).score(cloud(9, 2))];
  deepEqual(scores(1), scores(1));
  ok(scores(1).some((score, row) => score !== scores(2)[row]));
});

Deno.test("isolationForest() of constant samples, of one and of none", () => {
  const constant = isolationForest([4, 4, 4, 4, 4, 4], 2, { key: KEY, trees: 3 }).score([4, 4, 0, 9]);
  equal(constant[0], constant[1]);
  ok(Number.isFinite(constant[0]));
  deepEqual([...isolationForest([4, 4], 2, { key: KEY }).score([4, 4])], [0.5]);
  throws(() => isolationForest([], 2, { key: KEY }), /must have samples, got 0/);
});
