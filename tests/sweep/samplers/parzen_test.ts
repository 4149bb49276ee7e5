import { ok } from "node:assert/strict";
import fc from "fast-check";
import { normalBelow } from "../../../src/sweep/samplers/normal_distribution.ts";
import { parzenEstimator } from "../../../src/sweep/samplers/parzen.ts";
import type { SampledAxis } from "../../../src/pipeline/sweep/axes.ts";
import { assertClose } from "../../support/close.ts";
import { hasPython, needsPython, python } from "../../support/python.ts";

const unit: SampledAxis = { kind: "uniform", low: 0, high: 1, integer: false };

Deno.test({
  name: `normalBelow() equals scipy.stats.norm.cdf ${needsPython("scipy")}`,
  ignore: !hasPython("scipy"),
  fn() {
    const at = Array.from({ length: 181 }, (_, step) => step / 10 - 9);
    const expected = python(
      "import json, sys\nfrom scipy.stats import norm\nprint(json.dumps(norm.cdf(json.loads(sys.argv[1])).tolist()))",
      JSON.stringify(at),
    );
    assertClose(at.map(normalBelow), expected, { absolute: 2e-15 }, "normal distribution");
  },
});

Deno.test({
  name: `parzenEstimator() has the density of SciPy's truncated normals on numbers ${needsPython("scipy")}`,
  ignore: !hasPython("scipy"),
  fn() {
    const points = [[0.1, 0.9], [0.25, 0.5], [0.8, 0.2]],
      weights = [1, 0.5, 1],
      at = [[0.3, 0.4], [0, 1], [0.77, 0.1]];
    const expected = python(
      `
import json, sys, numpy as np
from scipy.stats import truncnorm
points, weights, at = map(np.array, json.loads(sys.argv[1]))
n, d = points.shape
width = max(0.2 * n ** (-1 / (d + 4)), 1 / (n + 2))
kernels = [(m, width) for m in points] + [(np.full(d, .5), 1.0)]
share = np.append(weights, 1) / (weights.sum() + 1)
pdf = lambda x, m, s: truncnorm.pdf(x, -m / s, (1 - m) / s, m, s).prod(axis=1)
print(json.dumps(np.log(sum(w * pdf(at, m, s) for w, (m, s) in zip(share, kernels))).tolist()))`,
      JSON.stringify([points, weights, at]),
    );
    const { logDensity } = parzenEstimator([unit, unit], points, weights);
    assertClose(at.map(logDensity), expected, { relative: 1e-12 }, "log density");
  },
});

Deno.test("parzenEstimator() weighs choices as worked out by hand", () => {
  // Two points: w = 1/3, so a kernel gives 4/3 : 1/3 : 1/3 = 2/3, 1/6, 1/6; with the even kernel (2/3 + 1/6 + 1/3) / 3 = 7/18.
  const { logDensity } = parzenEstimator([{ kind: "choice", values: ["a", "b", "c"] }], [[0], [1]], [1, 1]);
  assertClose([0, 1, 2].map((value) => Math.exp(logDensity([value]))), [7 / 18, 7 / 18, 4 / 18], {
    relative: 1e-14,
  }, "choices");
});

Deno.test("parzenEstimator() has a total mass of 1 on whole numbers and choices together", () => {
  const point = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 2 }));
  fc.assert(fc.property(fc.array(point, { maxLength: 30 }), fc.boolean(), (points, isLog) => {
    const size: SampledAxis = { kind: isLog ? "logUniform" : "uniform", low: 1, high: 9, integer: true };
    const { logDensity } = parzenEstimator(
      [size, { kind: "choice", values: [1, 2, 3] }],
      points,
      points.map(() => 1),
    );
    let mass = 0;
    for (let a = 1; a <= 9; a++) for (let b = 0; b < 3; b++) mass += Math.exp(logDensity([a, b]));
    ok(Math.abs(mass - 1) < 1e-9, String(mass));
  }));
});

Deno.test("parzenEstimator() samples by its own density: the quantiles of one kernel are those of its numbers", () => {
  // The last number chooses the kernel: 0.25 is the first of two of equal weight.
  const { sample } = parzenEstimator([unit], [[0.2]], [1]), width = 1 / 3;
  const below = (x: number) => normalBelow((x - 0.2) / width), mass = below(1) - below(0);
  for (const share of [0.01, 0.3, 0.5, 0.99]) {
    const [x] = sample([share, 0.25]);
    ok(Math.abs((below(x) - below(0)) / mass - share) < 1e-12);
  }
  ok(Math.abs(sample([0.5, 0.75])[0] - 0.5) < 1e-12);
});
