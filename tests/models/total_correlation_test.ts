import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import golden from "../golden/total_correlation.json" with { type: "json" };
import { loadEngine } from "../../src/engine/load.ts";
import { referenceEngine } from "../../src/engine/reference.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import { splitGraph } from "../../src/graph/data_parallel.ts";
import { gradients } from "../../src/graph/gradient.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { trainingGraph } from "../../src/models/loss_graphs.ts";
import { reparameterise } from "../../src/models/losses.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { fillPairWeights, KL_PARTS, klParts } from "../../src/models/total_correlation.ts";
import { assertClose } from "../support/close.ts";
import { MODELS } from "../support/models.ts";

/** The parts as means over a batch, under the weights of the file, with the gradients of means and log-variances. */
function graphOf(rows: number, latent: number): Graph {
  const build = graphBuilder();
  const mean = build.parameter("mean", [rows, latent]),
    logVariance = build.parameter("logVariance", [rows, latent]);
  // A batch of zeros makes rows of the batch out of parameters.
  const inBatch = (value: typeof mean) =>
    build.add(
      build.input(`${(value.operation as { name: string }).name}Zeros`, ["batch", latent]),
      build.matmul(build.input(`${(value.operation as { name: string }).name}Rows`, ["batch", rows]), value),
    );
  const [m, v] = [mean, logVariance].map(inBatch);
  const epsilon = build.input("epsilon", ["batch", latent]),
    weights = build.input("weights", ["batch", "batch"]);
  const parts = klParts(build, {
    z: reparameterise(build, m, v, epsilon),
    mean: m,
    logVariance: v,
    epsilon,
    weights,
  });
  const { alpha, beta, gamma } = golden.weights;
  const means = Object.fromEntries(
    KL_PARTS.map((name) => [name, build.divide(build.sumAll(parts[name]), build.constant(rows))]),
  );
  const weigh = (weight: number, name: string) => build.multiply(build.constant(weight), means[name]);
  const loss = build.add(
    weigh(alpha, "mutualInformation"),
    build.add(weigh(beta, "totalCorrelation"), weigh(gamma, "dimensionKl")),
  );
  return build.finish({ outputs: { ...means, loss }, gradients: gradients(build, loss, build.parameters) });
}

for (const name of ["reference", "wasm", "tfjs"] as const) {
  Deno.test(`klParts() gives the parts and gradients of PyTorch, in whole and short batches, on ${name}`, async () => {
    const exact = name === "reference", engine = exact ? referenceEngine("f64") : await loadEngine(name);
    const near = exact ? { relative: 1e-11, absolute: 1e-12 } : { relative: 2e-4, absolute: 2e-5 };
    for (
      const { rows, latent, samples, estimator, mean, logVariance, epsilon, parts, gradients } of golden.cases
    ) {
      // Room for more rows than the batch has: pairs are packed by its rows.
      const program = engine.compile(graphOf(rows, latent), { capacity: 6 });
      program.parameters.set([...mean, ...logVariance]);
      for (const input of ["meanRows", "logVarianceRows"]) {
        for (let row = 0; row < rows; row++) program.input(input)[row * rows + row] = 1;
      }
      program.input("epsilon").set(epsilon);
      fillPairWeights(program.input("weights"), rows, samples, { estimator: estimator as "weighted" });
      program.run(rows);
      const label = `${estimator}, ${rows} of ${samples}`;
      for (const part of KL_PARTS) {
        assertClose(program.output(part).subarray(0, 1), [parts[part]], near, `${label}: ${part}`);
      }
      assertClose(
        program.gradients,
        [...gradients.mean, ...gradients.logVariance],
        near,
        `${label}: gradients`,
      );
      program.dispose();
    }
  });
}

Deno.test("fillPairWeights() gives weights that add up to 1, the row's own being that of one sample", () => {
  const weights = new Float64Array(9);
  fillPairWeights(weights, 3, 10, { estimator: "stratified" });
  const last = (10 - 2) / (10 * 2);
  deepEqual([...weights], [0.1, last, 0.5, 0.5, 0.1, last, last, 0.5, 0.1]);
  fillPairWeights(weights, 3, 10, { estimator: "weighted" });
  deepEqual(new Set(weights), new Set([1 / 30]));
  for (const samples of [3, 2]) {
    fillPairWeights(weights, 3, samples, { estimator: "stratified" });
    deepEqual(new Set(weights), new Set([1 / 3]));
  }
});

Deno.test("the stratified estimate of a mixture is its density on the mean over all batches", () => {
  // Densities of 5 samples at a draw from the first; batches of 3 are the first and two others in order.
  const densities = [0.9, 0.2, 0.5, 0.05, 0.3], expected = densities.reduce((sum, one) => sum + one, 0) / 5;
  const weights = new Float64Array(9);
  fillPairWeights(weights, 3, 5, { estimator: "stratified" });
  let total = 0, count = 0;
  for (const one of [1, 2, 3, 4]) {
    for (const two of [1, 2, 3, 4].filter((other) => other !== one)) {
      [0, one, two].forEach((sample, row) => total += weights[row] * densities[sample]);
      count++;
    }
  }
  ok(Math.abs(total / count - expected) < 1e-15);
});

Deno.test("trainingGraph() of a beta-TC-VAE is not split over threads, as its rows depend on one another", () => {
  const graph = trainingGraph(MODELS["vae with total correlation"], { paired: false });
  equal(splitGraph(graph), undefined);
});

Deno.test("ModelSpec refuses options of the whole KL term beside its parts", () => {
  const base = { kind: "vae", encoder: [35, 9], latent: 2, totalCorrelation: {} } as const;
  deepEqual((ModelSpec.parse(base) as { totalCorrelation?: unknown }).totalCorrelation, {
    alpha: 1,
    beta: 6,
    gamma: 1,
    estimator: "stratified",
  });
  throws(() => ModelSpec.parse({ ...base, beta: 4 }), /must be 1 \(totalCorrelation\.beta weighs/);
  throws(() => ModelSpec.parse({ ...base, freeBits: 0.1 }), /must be 0 with totalCorrelation/);
  throws(
    () => ModelSpec.parse({ ...base, klSchedule: { kind: "capacity", nats: 3, epochs: 2 } }),
    /must be constant, linear or cyclic with totalCorrelation/,
  );
  throws(() => ModelSpec.parse({ ...base, totalCorrelation: { beta: -1 } }), /totalCorrelation/);
});
