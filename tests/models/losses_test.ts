import { ok } from "node:assert/strict";
import { referenceEngine } from "../../src/engine/reference.ts";
import { type GraphBuilder, graphBuilder } from "../../src/graph/builder.ts";
import { gradients } from "../../src/graph/gradient.ts";
import type { Value } from "../../src/graph/graph.ts";
import { crossEntropy } from "../../src/models/likelihoods/bernoulli.ts";
import { gaussianError } from "../../src/models/likelihoods/gaussian.ts";
import { squaredError } from "../../src/models/likelihoods/squared_error.ts";
import { klDivergence, maximum, reparameterise } from "../../src/models/losses.ts";
import { assertClose } from "../support/close.ts";

/** Computes a function of matrices [rows, columns], given row by row, in double precision. */
function compute(
  inputs: number[][][],
  combine: (build: GraphBuilder, ...values: Value[]) => Value,
): number[] {
  const build = graphBuilder();
  const values = inputs.map((rows, at) => build.input(`x${at}`, ["batch", rows[0].length]));
  const graph = build.finish({ outputs: { y: combine(build, ...values) } });
  const program = referenceEngine("f64").compile(graph, { capacity: inputs[0].length });
  inputs.forEach((rows, at) => program.input(`x${at}`).set(rows.flat()));
  program.run(inputs[0].length);
  return [...program.output("y")];
}

const EXACT = { absolute: 1e-15, relative: 1e-14 };

Deno.test("squaredError() sums over pixels, a row each", () => {
  const y = [[1, 2], [0.5, 0]], x = [[0, 4], [0.5, 1]];
  assertClose(compute([y, x], squaredError), [1 + 4, 0 + 1], EXACT, "squared error");
});

Deno.test("crossEntropy() from logits is the textbook formula of their sigmoid", () => {
  const logits = [[2, -1, 0.3], [-4, 0, 7]], target = [[1, 0, 0.25], [0.5, 1, 1]];
  const textbook = logits.map((row, n) =>
    row.reduce((sum, logit, d) => {
      const p = 1 / (1 + Math.exp(-logit)), x = target[n][d];
      return sum - x * Math.log(p) - (1 - x) * Math.log(1 - p);
    }, 0)
  );
  assertClose(compute([logits, target], crossEntropy), textbook, { relative: 1e-12 }, "cross-entropy");
});

Deno.test("crossEntropy() of extreme logits is right where the textbook formula takes the log of 0", () => {
  const sure = compute([[[1000], [1000], [-1000], [-1000]], [[1], [0], [0], [1]]], crossEntropy);
  assertClose(sure, [0, 1000, 0, 1000], EXACT, "sure logits");
});

Deno.test("gaussianError() is the negative log-density of independent Gaussians, constants included", () => {
  // By scipy.stats.norm(y, exp(v / 2)).logpdf(x), a row each.
  const y = [[0.5, -1, 3], [0, 0, 0]], x = [[0.25, 1, 3], [1, -2, 0.5]];
  const v = [[-0.5, 0.75, 1.25], [-0.5, 0.75, 1.25]];
  const byScipy = [4.503071244805426, 5.311722440053636];
  assertClose(compute([y, x, v], gaussianError), byScipy, { relative: 1e-12 }, "negative log-density");
});

Deno.test("gaussianError() is least where the variance of a feature is its mean squared error", () => {
  const y = [[0], [0], [0]], x = [[1], [-2], [0.5]], mse = (1 + 4 + 0.25) / 3;
  const at = (v: number) => {
    const rows = compute([y, x, [[v], [v], [v]]], gaussianError);
    return rows.reduce((sum, error) => sum + error, 0) / rows.length;
  };
  const best = at(Math.log(mse));
  assertClose([best], [0.5 * (Math.log(2 * Math.PI * mse) + 1)], { relative: 1e-12 }, "at the optimum");
  for (const step of [-0.01, 0.01]) ok(at(Math.log(mse) + step) > best);
});

Deno.test("klDivergence() gives numbers that were computed by hand", () => {
  const mean = [[0, 1, 0], [-2, 0.5, 3]];
  const logVariance = [[0, 0, Math.log(4)], [Math.log(0.25), Math.log(2), 0]];
  const byHand = [
    0,
    0.5,
    0.5 * (3 - Math.log(4)),
    0.5 * (4 + 0.25 - 1 + Math.log(4)),
    0.5 * (0.25 + 1 - Math.log(2)),
    4.5,
  ];
  assertClose(compute([mean, logVariance], klDivergence), byHand, EXACT, "KL");
});

Deno.test("klDivergence() is the mean of log q - log p over draws of q", () => {
  const mean = 0.7, logVariance = -0.8, std = Math.exp(logVariance / 2), steps = 20001;
  let expected = 0;
  for (let step = 0; step < steps; step++) {
    const eps = -9 + 18 * step / (steps - 1), z = mean + std * eps;
    const density = Math.exp(-0.5 * eps * eps) / Math.sqrt(2 * Math.PI) * 18 / (steps - 1);
    expected += density * (0.5 * z * z - 0.5 * eps * eps - 0.5 * logVariance);
  }
  assertClose(compute([[[mean]], [[logVariance]]], klDivergence), [expected], { relative: 1e-9 }, "KL");
});

Deno.test("reparameterise() shifts and scales standard normal numbers", () => {
  const z = compute([[[1, -2]], [[Math.log(4), 0]], [[0.5, 3]]], reparameterise);
  assertClose(z, [1 + 2 * 0.5, -2 + 3], EXACT, "z");
});

Deno.test("maximum() returns the larger, and passes the gradient to it (to the second at a tie)", () => {
  const build = graphBuilder();
  const a = build.parameter("a", [1, 3]), b = build.parameter("b", [1, 3]);
  const y = maximum(build, a, b), loss = build.sumAll(y);
  const graph = build.finish({ outputs: { y, loss }, gradients: gradients(build, loss, [a, b]) });
  const program = referenceEngine("f64").compile(graph, { capacity: 1 });
  program.parameters.set([1, 5, 2, 3, 4, 2]);
  program.run(1);
  assertClose(program.output("y"), [3, 5, 2], {}, "larger");
  assertClose(program.gradients, [0, 1, 0, 1, 0, 1], {}, "gradient");
});
