import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import type { EngineName } from "../../src/engine/engine.ts";
import { loadEngine } from "../../src/engine/load.ts";
import {
  discretisedLogistic,
  gaussian,
  type ReconstructionLoss,
} from "../../src/models/likelihoods/kinds.ts";
import { modelTensors } from "../../src/models/tensors.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { varianceUpdate } from "../../src/training/variance.ts";
import { assertClose } from "../support/close.ts";
import { type TinyFit, tinyFit } from "./tiny.ts";

const SIZE = 35;

function modelOf(loss: ReconstructionLoss, kind: "ae" | "vae" = "vae"): ModelSpec {
  return ModelSpec.parse({ kind, encoder: [SIZE, 9], latent: 2, activation: "tanh", loss });
}

/** The variances of a model, by the raw numbers that are saved. */
function variancesOf(spec: ModelSpec, parameters: Float32Array): number[] {
  const raw = modelTensors({ spec, parameters }).find(({ name }) => name === "likelihood.logVariance")!.data;
  return [...raw].map((each) => Math.exp(10 * Math.tanh(each / 10)));
}

/** The mean squared error of a value by the mean negative log-likelihood of a sample under the variance 1. */
const errorOf = (loss: number) => 2 * loss / SIZE - Math.log(2 * Math.PI);

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** One step with all glyphs, at rates at which nothing else would move. */
const ONE_STEP: TinyFit["options"] = {
  optimizer: OptimizerSpec.parse({ kind: "sgd", learningRate: 1e-9 }),
  epochs: 1,
};

for (const name of ["reference", "wasm", "native", "tfjs"] satisfies EngineName[]) {
  Deno.test(`fit sets a learned variance to the mean squared error of its first batch, on ${name}`, async () => {
    const engine = await loadEngine(name);
    for (const variance of ["shared", "feature"] as const) {
      for (const options of [{}, { clipNorm: 1e-3 }, { ema: 0.9 }, { parts: 4 }]) {
        if (name === "tfjs" && "parts" in options) continue;
        const model = modelOf(gaussian({ variance }));
        const { reports } = tinyFit({ engine, model, options: { ...ONE_STEP, ...options } });
        const [{ parts, parameters }] = reports, variances = variancesOf(model, parameters);
        equal(variances.length, variance === "shared" ? 1 : SIZE);
        const label = `${variance} ${JSON.stringify(options)}`;
        assertClose([mean(variances)], [errorOf(parts!.reconstruction)], { relative: 1e-4 }, label);
      }
    }
  });
}

Deno.test("fit keeps a learned variance near the mean squared error while that falls", () => {
  const model = modelOf(gaussian({ variance: "shared" }), "ae");
  const optimizer = OptimizerSpec.parse({ kind: "adam", learningRate: 5e-3 });
  const { reports } = tinyFit({ model, options: { optimizer, epochs: 300 } });
  const variances = reports.map(({ parameters }) => variancesOf(model, parameters)[0]);
  // The loss of an epoch is under the variance that the epoch before it left.
  const errors = reports.map(({ loss }, at) => {
    const variance = variances[at - 1] ?? 1;
    return variance * (2 * loss / SIZE - Math.log(2 * Math.PI * variance));
  });
  ok(errors[299] < 0.5 * errors[0], `${errors[0]} to ${errors[299]}`);
  for (let at = 0; at < 300; at++) {
    assertClose([variances[at]], [errors[at]], { relative: 0.2 }, `variance of epoch ${at + 1}`);
  }
});

/** An update of the variances of a model whose gradients are given. */
function updateOf(raw: number[], options: Parameters<typeof varianceUpdate>[2] = {}) {
  const size = raw.length;
  const model = ModelSpec.parse({ kind: "ae", encoder: [size], latent: 1, loss: "gaussian" });
  const tensors = modelTensors({ spec: model, parameters: new Float32Array(1000) });
  let start = 0;
  for (const { name, data } of tensors) {
    if (name === "likelihood.logVariance") break;
    start += data.length;
  }
  const parameters = new Float32Array(100).fill(7), gradients = new Float32Array(100).fill(3);
  parameters.set(raw, start);
  const own = varianceUpdate({ parameters, gradients }, model, options);
  /** A step in which the values have the mean squared errors. */
  function step(errors: number[], steps: number): number[] {
    const current = parameters.subarray(start, start + size);
    gradients.set(
      errors.map((error, at) => {
        const share = Math.tanh(current[at] / 10);
        return 0.5 * (1 - error / Math.exp(10 * share)) * (1 - share ** 2);
      }),
      start,
    );
    own!.read(1, steps);
    own!.write();
    return [...current].map((each) => Math.exp(10 * Math.tanh(each / 10)));
  }
  return { own, step, parameters, gradients, start };
}

Deno.test("varianceUpdate() averages the errors of batches, the first one alone, and takes its gradients away", () => {
  const { step, parameters, gradients, start } = updateOf([0, 0]);
  assertClose(step([0.5, 3], 0), [0.5, 3], { relative: 1e-6 }, "first");
  // The shares of both are as 0.95 to 1.
  assertClose(
    step([1.5, 1], 1),
    [(0.95 * 0.5 + 1.5) / 1.95, (0.95 * 3 + 1) / 1.95],
    { relative: 1e-6 },
    "second",
  );
  assertClose(step([0, 0], 1e6), [0.95 * 1.975 / 1.95, 0.95 * 3.85 / 1.95], { relative: 1e-6 }, "in the end");
  deepEqual([...gradients.subarray(start, start + 2)], [0, 0]);
  const others = (numbers: Float32Array) => new Set([...numbers].toSpliced(start, 2));
  deepEqual([others(parameters), others(gradients)], [new Set([7]), new Set([3])]);
});

Deno.test("varianceUpdate() stays finite for a value that never varies, and comes back from both bounds", () => {
  const { step } = updateOf([0, -1e4, 1e4]), least = Math.exp(-9.9);
  assertClose(step([0, least, 0.5], 0).slice(0, 1), [least], { relative: 1e-5 }, "least");
  for (let steps = 1; steps < 500; steps++) step([0, 0.3, 0.5], steps);
  assertClose(step([0, 0.3, 0.5], 500), [least, 0.3, 0.5], { relative: 1e-4 }, "at the end");
  assertClose(step([1e9, 0.3, 0.5], 501).slice(0, 1), [Math.exp(9.9)], { relative: 1e-4 }, "largest");
});

Deno.test("varianceUpdate() leaves a gradient that is not a number for the search for what diverged", () => {
  const { step } = updateOf([0, 0]), [first, second] = step([NaN, 2], 0);
  ok(Number.isNaN(first));
  assertClose([second], [2], { relative: 1e-6 }, "the other");
});

Deno.test("varianceUpdate() writes averaged weights, too, and is none where it is frozen or nothing is known", () => {
  const average = new Float32Array(100), { step, start } = updateOf([0, 0], { average });
  const variances = step([0.5, 3], 0);
  deepEqual(
    [...average.subarray(start, start + 2)].map((raw) => Math.exp(10 * Math.tanh(raw / 10))),
    variances,
  );
  equal(updateOf([0], { freeze: ["likelihood"] }).own, undefined);
  const losses = [
    gaussian({ variance: "pixel" }),
    gaussian({ variance: 0.1 }),
    discretisedLogistic(),
    "bce",
  ] as const;
  const numbers = { parameters: new Float32Array(9999), gradients: new Float32Array(9999) };
  for (const loss of losses) equal(varianceUpdate(numbers, modelOf(loss)), undefined);
});
