import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { sliceSplit } from "../../src/data/parts.ts";
import { loadEngine } from "../../src/engine/load.ts";
import type { EngineName } from "../../src/engine/engine.ts";
import { averageShare } from "../../src/training/average.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { assertClose } from "../support/close.ts";
import golden from "../golden/schedules.json" with { type: "json" };
import { GLYPHS, lossesOf, lossOf, spying, tinyFit } from "./tiny.ts";

const FIRST_24 = sliceSplit(GLYPHS, 35, 0, 24), LAST_8 = sliceSplit(GLYPHS, 35, 24, 32);
const FAST = {
  optimizer: OptimizerSpec.parse({ kind: "adam", learningRate: 0.05 }),
  batchSize: 8,
  epochs: 5,
};

/** The average after each step, by the definition: weights `d^(t-i)`, divided by their sum. */
function byDefinition(decay: number, steps: readonly ArrayLike<number>[]): number[] {
  const weights = steps.map((_, at) => decay ** (steps.length - 1 - at));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Array.from(
    steps[0],
    (_, at) => steps.reduce((total, step, i) => total + weights[i] * step[at], 0) / sum,
  );
}

/** Our average after each step, in double precision. */
function averages(decay: number, parameters: readonly number[]): number[] {
  let average = 0;
  return parameters.map((parameter, at) => average += averageShare(decay, at + 1) * (parameter - average));
}

Deno.test("averageShare is 1 at first, 1 / t while t is small, and 1 - decay in the end", () => {
  assertClose([1, 2].map((step) => averageShare(0.9, step)), [1, 0.1 / 0.19], { relative: 1e-12 }, "0.9");
  assertClose([averageShare(0.9999, 20)], [1 / 20], { relative: 1e-3 }, "a mean at first");
  assertClose([averageShare(0.99, 1e5)], [0.01], { relative: 1e-12 }, "in the end");
});

Deno.test("averageShare makes the average of the definition, and without its correction that of PyTorch", () => {
  const { decay, parameters, averages: theirs } = golden.average, ours = averages(decay, parameters);
  parameters.forEach((_, at) => {
    const definition = byDefinition(decay, parameters.slice(0, at + 1).map((value) => [value]));
    assertClose([ours[at]], definition, { relative: 1e-12 }, `step ${at + 1}`);
    const left = decay ** (at + 1);
    assertClose([(1 - left) * ours[at] + left * parameters[0]], [theirs[at]], { relative: 1e-12 }, "PyTorch");
  });
});

for (const name of ["wasm", "reference", "native", "tfjs"] satisfies EngineName[]) {
  Deno.test(`fit with ema returns the average of the weights of all steps, on ${name}`, async () => {
    const engine = await loadEngine(name), steps: Float32Array[] = [];
    const spied = spying({
      engine,
      afterUpdate: (parameters) => void steps.push(Float32Array.from(parameters)),
    });
    const { reports, parameters, patience } = tinyFit({ engine: spied, options: { ...FAST, ema: 0.9 } });
    equal(steps.length, 20);
    reports.forEach(({ epoch, parameters }) => {
      const expected = byDefinition(0.9, steps.slice(0, 4 * epoch));
      assertClose(parameters, expected, { absolute: 1e-6, relative: 1e-5 }, `epoch ${epoch}`);
    });
    equal(patience.bestEpoch, 5);
    deepEqual(parameters, reports[4].parameters);
  });
}

Deno.test("fit with ema takes the same steps, by the kernel and one more for the average", () => {
  const plain = tinyFit({ options: FAST }), averaged = tinyFit({ options: { ...FAST, ema: 0.9 } });
  deepEqual(lossesOf(averaged), lossesOf(plain));
  notDeepEqual(averaged.parameters, plain.parameters);
  deepEqual([averaged.calls["adam+average"], averaged.calls.adam, plain.calls.adam], [20, undefined, 20]);
});

Deno.test("fit with ema validates the averaged weights, and goes by them", () => {
  const { reports, parameters, patience } = tinyFit({
    data: { train: FIRST_24, validation: LAST_8 },
    options: { ...FAST, epochs: 60, patience: 5, monitor: "validation", ema: 0.95 },
  });
  for (const report of reports) equal(report.validation, lossOf(report.parameters, LAST_8));
  equal(patience.best, Math.min(...reports.map(({ validation }) => validation!)));
  equal(lossOf(parameters, LAST_8), patience.best);
  ok(patience.epochsWithoutImprovement === 5, "it stops early");
});

Deno.test("fit with ema returns the averages of the best epoch when the weights diverge", () => {
  const options = { epochs: 9, batchSize: 16, ema: 0.9 };
  // Step 5 is the first of the third epoch.
  const engine = spying({ afterUpdate: (parameters, updates) => updates === 5 && parameters.fill(NaN) });
  const { outcome, parameters, reports } = tinyFit({ engine, options });
  equal(outcome, "diverged");
  deepEqual(parameters, reports[1].parameters);
  deepEqual(parameters, tinyFit({ options: { ...options, epochs: 2 } }).parameters);
});

Deno.test("fit with ema saves both the weights and their average", () => {
  const saved = new Map<string, Float32Array>();
  const { parameters, reports } = tinyFit({
    options: { ...FAST, ema: 0.9 },
    checkpoints: {
      due: () => false,
      save: (_state, blocks) => blocks.forEach(({ name, data }) => saved.set(name, Float32Array.from(data))),
    },
  });
  deepEqual([...saved.keys()], ["parameters", "slot0", "slot1", "average", "best", "before"]);
  deepEqual(saved.get("average"), reports.at(-1)!.parameters);
  deepEqual(saved.get("best"), parameters);
  notDeepEqual(saved.get("parameters"), saved.get("average"));
});
