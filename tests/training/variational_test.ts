import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  notStrictEqual as notEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { sliceSplit } from "../../src/data/parts.ts";
import { klCapacity, klCyclic, klLinear, type KlScheduleOptions } from "../../src/models/kl_schedule.ts";
import type { FitOptions } from "../../src/training/contract.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { assertClose } from "../support/close.ts";
import { GLYPHS, lossesOf, lossOf, spying, TINY_VAE, tinyFit } from "./tiny.ts";

const STILL = OptimizerSpec.parse({ kind: "sgd", learningRate: 1e-30 });
const NOISE = { kind: "gaussian", std: 0.2, maximumStd: 0.4 } as const;

Deno.test("fit lets the KL weight grow in equal steps over the warm-up, up to beta", () => {
  const betas: number[] = [];
  tinyFit({
    engine: spying({ onStep: ({ input }) => betas.push(input("beta")[0]) }),
    model: { ...TINY_VAE, beta: 2, klSchedule: klLinear({ epochs: 3 }) },
    options: { epochs: 6 },
  });
  assertClose(betas, [0, 2 / 3, 4 / 3, 2, 2, 2], { relative: 1e-6 }, "betas");
});

Deno.test("fit reports parts that make up the loss: reconstruction + beta KL", () => {
  const { reports } = tinyFit({ model: { ...TINY_VAE, beta: 3 }, options: { epochs: 2, batchSize: 10 } });
  for (const { loss, parts } of reports) {
    assertClose([loss], [parts!.reconstruction + 3 * parts!.kl], { relative: 1e-5 }, "the sum of the parts");
  }
  equal(tinyFit({ options: { epochs: 1 } }).reports[0].parts, undefined);
});

Deno.test("fit uses free bits where the KL is smaller, and then trains as without KL", () => {
  const free = tinyFit({ model: { ...TINY_VAE, freeBits: 5 }, options: { epochs: 8 } });
  for (const { loss, parts } of free.reports) {
    ok(parts!.kl < 2 * 5);
    assertClose([loss], [parts!.reconstruction + 2 * 5], { relative: 1e-5 }, "two dimensions at 5 nats");
  }
  const without = tinyFit({ model: { ...TINY_VAE, beta: 0 }, options: { epochs: 8 } });
  assertClose(free.parameters, without.parameters, { absolute: 1e-6 }, "weights without a KL gradient");
  notDeepEqual(tinyFit({ model: TINY_VAE, options: { epochs: 8 } }).parameters, free.parameters);
});

Deno.test("fit validates with the same draws each epoch and at the full beta, so that epochs compare", () => {
  const model = { ...TINY_VAE, klSchedule: klLinear({ epochs: 5 }) };
  const data = { train: GLYPHS, validation: sliceSplit(GLYPHS, 35, 20, 32), corruption: NOISE };
  const still = tinyFit({ model, data, options: { optimizer: STILL, epochs: 3 } });
  const [first, ...rest] = still.reports.map(({ validation }) => validation!);
  deepEqual(rest, [first, first]);
  equal(lossOf(still.parameters, data.validation, { model: TINY_VAE, data: { corruption: NOISE } }), first);
  // The training loss has new draws, and a smaller weight of the KL.
  const [one, two] = lossesOf(still);
  notEqual(one, two);
});

Deno.test("fit keeps the best weights of the epochs whose training loss has the whole KL term", () => {
  const bestEpochs = (klSchedule: KlScheduleOptions, more: Partial<FitOptions> = {}) => {
    const model = { ...TINY_VAE, beta: 200, klSchedule }, options = { epochs: 9, patience: 2, ...more };
    const { reports } = tinyFit({ model, options: { optimizer: STILL, ...options } });
    return reports.map(({ patience: { bestEpoch } }) => bestEpoch);
  };
  // The weights stay, and with beta at 200 each epoch of the warm-up has a higher loss than the one before.
  deepEqual(bestEpochs(klLinear({ epochs: 4 })).slice(0, 5), [1, 2, 3, 4, 5]);
  deepEqual(bestEpochs(klCapacity({ nats: 3, epochs: 3 })).slice(0, 4), [1, 2, 3, 4]);
  // From the second cycle on, the epochs at a small weight do not count as better.
  const cycles = bestEpochs(klCyclic({ cycleEpochs: 4, rampShare: 0.5 }), { patience: 9 });
  ok(cycles.slice(3).every((epoch) => [3, 4, 7, 8].includes(epoch)), cycles.join());
  // Patience counts from then on.
  ok(bestEpochs(klLinear({ epochs: 4 })).length >= 7);
});

Deno.test("fit weighs the KL of the validation loss by beta", () => {
  const at = (beta: number) =>
    tinyFit({
      model: { ...TINY_VAE, beta, initialiser: "he" },
      data: { validation: GLYPHS },
      options: { optimizer: STILL, epochs: 1 },
    })
      .reports[0];
  const one = at(1), three = at(3);
  ok(one.parts!.kl > 1e-3);
  // The draws of an image change its reconstruction, but not its KL.
  assertClose([three.validation! - one.validation!], [2 * one.parts!.kl], { relative: 1e-2 }, "twice the KL");
});

Deno.test("fit pulls the KL to a growing capacity, and validates at its end", () => {
  const targets: number[] = [];
  const model = { ...TINY_VAE, beta: 50, klSchedule: klCapacity({ nats: 3, epochs: 300 }) };
  const { reports } = tinyFit({
    engine: spying({ onStep: ({ input }) => targets.push(input("klTarget")[0]) }),
    model,
    options: { optimizer: OptimizerSpec.parse({ kind: "adam", learningRate: 0.01 }), epochs: 400 },
  });
  assertClose([targets[0], targets[150], targets[399]], [0, 1.5, 3], { relative: 1e-6 }, "targets");
  assertClose([reports.at(-1)!.parts!.kl], [3], { absolute: 0.3 }, "the KL at the end");
});

Deno.test("fit draws the pixels of a resampled split again each epoch, once for validation, and the model's input is its target", () => {
  const grey = { ...GLYPHS, values: GLYPHS.values.map((byte) => byte === 0 ? 64 : 191), resampled: 5 };
  const seen: number[][] = [];
  const spied = (data: object) =>
    tinyFit({
      engine: spying({
        onStep({ samples, input }) {
          const target = input("target"), rows = samples.map((sample, row) => ({ sample, row }));
          rows.sort((a, b) => a.sample - b.sample);
          seen.push(rows.flatMap(({ row }) => [...target.subarray(row * 35, (row + 1) * 35)]));
        },
      }),
      model: TINY_VAE,
      data: { train: grey, validation: grey, ...data },
      options: { optimizer: STILL, epochs: 2 },
    });
  const { reports } = spied({});
  ok(seen.every((epoch) => epoch.every((pixel) => pixel === 0 || pixel === 1)));
  notDeepEqual(seen[0], seen[1]);
  equal(reports[0].validation, reports[1].validation);
});

const SPLIT_KL = { ...TINY_VAE, totalCorrelation: { alpha: 0.5, beta: 6, gamma: 1.5 } };

Deno.test("fit of a beta-TC-VAE reports the parts that its loss is the weighted sum of, the last short batch included", () => {
  const { reports } = tinyFit({ model: SPLIT_KL, options: { epochs: 3, batchSize: 7 } });
  for (const { loss, parts } of reports) {
    const { reconstruction, kl, mutualInformation, totalCorrelation, dimensionKl } = parts!;
    const sum = reconstruction + 0.5 * mutualInformation + 6 * totalCorrelation + 1.5 * dimensionKl;
    ok(Math.abs(sum - loss) < 1e-4 * loss, `${sum} and ${loss}`);
    // The parts add up to a KL divergence with one sample in place of the mean over all.
    ok(Math.abs(mutualInformation + totalCorrelation + dimensionKl - kl) < 0.5);
  }
});

Deno.test("fit of a beta-TC-VAE under weights of 1 is that of a VAE with a sampled KL, whose loss it approaches", () => {
  const plain = tinyFit({ model: TINY_VAE, options: { epochs: 60, batchSize: 8 } });
  const parts = tinyFit({
    model: { ...TINY_VAE, totalCorrelation: { alpha: 1, beta: 1, gamma: 1 } },
    options: { epochs: 60, batchSize: 8 },
  });
  const ratio = parts.lastLoss / plain.lastLoss;
  ok(ratio > 0.95 && ratio < 1.05, `${ratio}`);
});

Deno.test("fit of a beta-TC-VAE validates with the weights of the size of the validation split", () => {
  const split = sliceSplit(GLYPHS, 35, 0, 20);
  const { reports } = tinyFit({ model: SPLIT_KL, data: { validation: split }, options: { epochs: 1 } });
  equal(reports[0].validation, lossOf(reports[0].parameters, split, { model: SPLIT_KL }));
});
