import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { factorOf } from "../../../src/analysis/statistics/factor.ts";
import { importance } from "../../../src/analysis/statistics/importance.ts";
import { growTree } from "../../../src/analysis/statistics/regression_tree.ts";
import { assertClose } from "../../support/close.ts";
import { hasPython, needsPython, python } from "../../support/python.ts";

/** All combinations of levels of two factors, the second one changing soonest. */
const GRID = [0, 1, 2].flatMap((a) => [0, 1].map((b) => [a, b]));

Deno.test("importance() of a whole grid is the classic analysis of variance", () => {
  // By hand: cells 1 2 / 3 4 / 8 6, mean 4; row means 1.5, 3.5, 7; column means 4, 4.
  // V = (9 + 4 + 1 + 0 + 16 + 4) / 6 = 34 / 6; rows (6.25 + 0.25 + 9) / 3 = 31 / 6; columns 0; together 3 / 6.
  const target = [1, 2, 3, 4, 8, 6];
  const factors = [factorOf(GRID.map(([a]) => a)), factorOf(GRID.map(([, b]) => `name ${b}`))];
  const { shares, together, isExact } = importance(factors, target)!;
  assertClose(shares, [31 / 34, 0], { absolute: 1e-12 }, "shares");
  assertClose([together], [3 / 34], { absolute: 1e-12 }, "together");
  ok(isExact);
});

Deno.test("importance() of additive effects on a whole grid leaves nothing to the factors together", () => {
  const factors = [factorOf(GRID.map(([a]) => a)), factorOf(GRID.map(([, b]) => b))];
  // Effects of -1, 0, 1 (variance 2/3) and of -2, 2 (variance 4).
  const { shares, together } = importance(factors, GRID.map(([a, b]) => 1e6 + a - 1 + 4 * b - 2))!;
  assertClose(shares, [1 / 7, 6 / 7], { absolute: 1e-9 }, "shares");
  ok(together < 1e-9, `together ${together}`);
});

Deno.test("importance() is unknown with few rows that are no grid, without a factor, and of a constant", () => {
  equal(importance([factorOf([1, 2, 3, 5]), factorOf([1, 2, 3, 4])], [1, 2, 3, 4]), undefined);
  equal(importance([], [1, 2]), undefined);
  equal(importance([factorOf([1, 2])], [0.1, 0.1]), undefined);
  equal(importance([factorOf([1])], [0.1]), undefined);
});

Deno.test("growTree() has leaves that fill the space of levels once, with the means of their rows", () => {
  const factors = [factorOf([0, 1, 2, 3]), factorOf(["a", "b", "a", "c"])];
  const leaves = growTree(factors, [1, 1, 5, 9], [0, 1, 2, 3], 1);
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b < 3; b++) {
      equal(leaves.filter(({ box }) => box[0][a] === 1 && box[1][b] === 1).length, 1, `level ${a}, ${b}`);
    }
  }
  const valueAt = (a: number, b: number) => leaves.find(({ box }) => box[0][a] && box[1][b])!.value;
  deepEqual([valueAt(0, 0), valueAt(1, 1), valueAt(2, 0), valueAt(3, 2)], [1, 1, 5, 9]);
  deepEqual(growTree(factors, [1, 2, 3, 4], [0, 1, 2, 3], 2).length, 2, "two rows in each leaf");
});

Deno.test("factorOf() orders numbers, puts many of them together, and takes anything else for names", () => {
  deepEqual(factorOf([10, 0.1, 10, 1]), { levels: [2, 0, 2, 1], count: 3, isOrdered: true });
  deepEqual(factorOf([{ kind: "sgd" }, "sgd", { kind: "sgd" }, undefined]), {
    levels: [0, 1, 0, 2],
    count: 3,
    isOrdered: false,
  });
  const { levels, count } = factorOf(Array.from({ length: 1280 }, (_, at) => 1280 - at));
  equal(count, 64);
  deepEqual([levels[0], levels[1279], levels[20], levels[19]], [63, 0, 62, 63], "twenty each");
});

/** `n` rows of three uniform factors, by a lattice, so that they are the same in every language. */
const lattice = (n: number) =>
  Array.from({ length: n }, (_, row) =>
    [0.7548776662466927, 0.5698402909980532, 0.4301597090019468 ** 0.5]
      .map((step) => (0.5 + row * step) % 1));

Deno.test("importance() finds the shares of a known function", () => {
  // 4 x + 2 y, uniform: variances 16 / 12 and 4 / 12; z does nothing.
  const rows = lattice(400), factors = [0, 1, 2].map((at) => factorOf(rows.map((row) => row[at])));
  const { shares, isExact } = importance(factors, rows.map(([x, y]) => 4 * x + 2 * y))!;
  ok(!isExact);
  assertClose(shares, [0.8, 0.2, 0], { absolute: 0.05 }, "shares");
});

/** The same by scikit-learn: a forest, and the means of its predictions over the other factors on a lattice of its own. */
const FANOVA = `
import json, sys
import numpy as np
from sklearn.ensemble import RandomForestRegressor
x = np.array(json.loads(sys.argv[1])); y = np.array(json.loads(sys.argv[2]))
forest = RandomForestRegressor(32, min_samples_leaf=3, random_state=0).fit(x, y)
space = np.random.default_rng(0).random((2000, x.shape[1]))
shares = []
for tree in forest.estimators_:
    total = tree.predict(space).var()
    own = []
    for j in range(x.shape[1]):
        means = []
        for v in np.linspace(0.01, 0.99, 50):
            fixed = space.copy(); fixed[:, j] = v
            means.append(tree.predict(fixed).mean())
        own.append(np.var(means) / total)
    shares.append(own)
print(json.dumps(np.mean(shares, axis=0).tolist()))
`;

Deno.test({
  name: `importance() agrees with a forest of scikit-learn ${needsPython("sklearn")}`,
  ignore: !hasPython("sklearn"),
  fn() {
    const rows = lattice(300), factors = [0, 1, 2].map((at) => factorOf(rows.map((row) => row[at])));
    const target = rows.map(([x, y, z]) => (x - 0.3) ** 2 * 5 + Math.sin(3 * y) + 2 * x * z);
    const { shares } = importance(factors, target)!;
    assertClose(
      shares,
      python(FANOVA, JSON.stringify(rows), JSON.stringify(target)),
      { absolute: 0.03 },
      "shares",
    );
  },
});
