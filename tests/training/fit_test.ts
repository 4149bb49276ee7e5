import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { sliceSplit } from "../../src/data/parts.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { ModelSpec } from "../../src/models/spec.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { learningRateAt, ScheduleSpec } from "../../src/training/schedules.ts";
import { oneCycle, plateau } from "../../src/training/schedules/kinds.ts";
import { assertClose } from "../support/close.ts";
import { GLYPHS, lossesOf, lossOf, spying, TINY, TINY_VAE, tinyFit } from "./tiny.ts";

const FIRST_24 = sliceSplit(GLYPHS, 35, 0, 24), LAST_8 = sliceSplit(GLYPHS, 35, 24, 32);
const NOISE = { kind: "gaussian", std: 0.3, maximumStd: 0.3 } as const;
const adam = (learningRate: number) => OptimizerSpec.parse({ kind: "adam", learningRate });
const sgd = (learningRate: number) => OptimizerSpec.parse({ kind: "sgd", learningRate });
/** A rate that changes no weight. */
const STILL = sgd(1e-30);

Deno.test("fit ends after all its epochs and reports each", () => {
  const { outcome, epochs, reports, lastLoss } = tinyFit({ options: { epochs: 4 } });
  equal(outcome, "epochs");
  deepEqual([epochs, lastLoss], [4, reports[3].loss]);
  deepEqual(reports.map(({ epoch }) => epoch), [1, 2, 3, 4]);
  ok(reports[3].loss < reports[0].loss);
});

Deno.test("fit stops after exactly `patience` epochs without improvement", () => {
  // Only the first epoch improves by more than 10.
  const { outcome, epochs, patience, parameters, reports } = tinyFit({
    options: { epochs: 50, patience: 3, minDelta: 10 },
  });
  equal(outcome, "patience");
  deepEqual([epochs, patience.bestEpoch, patience.epochsWithoutImprovement], [4, 1, 3]);
  deepEqual(parameters, reports[0].parameters);
});

Deno.test("fit with maxSeconds ends before the epoch that would end too late, and never before the first", () => {
  const { outcome, epochs, reports, parameters } = tinyFit({ options: { epochs: 50, maxSeconds: 1e-9 } });
  deepEqual([outcome, epochs], ["time", 1]);
  deepEqual(parameters, reports[0].parameters);
  deepEqual(
    tinyFit({ options: { epochs: 3, maxSeconds: 1e6 } }).parameters,
    tinyFit({ options: { epochs: 3 } }).parameters,
    "time that is not needed changes nothing",
  );
});

Deno.test("fit returns the weights of the epoch with the best validation loss, not the last", () => {
  const { outcome, epochs, patience, parameters, reports } = tinyFit({
    data: { train: FIRST_24, validation: LAST_8 },
    options: { optimizer: adam(0.005), epochs: 400, batchSize: 8, patience: 5, monitor: "validation" },
  });
  equal(outcome, "patience");
  equal(epochs, patience.bestEpoch + 5);
  ok(patience.bestEpoch > 1, "it learnt nothing");
  equal(patience.best, Math.min(...reports.map(({ validation }) => validation!)));
  equal(lossOf(parameters, LAST_8), patience.best);
  ok(lossOf(reports.at(-1)!.parameters, LAST_8) > patience.best);
});

Deno.test("fit monitors the training loss when the options select it, whatever the validation loss", () => {
  const { patience, reports } = tinyFit({
    data: { train: FIRST_24, validation: LAST_8 },
    options: { optimizer: adam(0.03), epochs: 60, batchSize: 8, monitor: "loss" },
  });
  equal(patience.best, Math.min(...lossesOf({ reports })));
  equal(patience.bestEpoch, 1 + lossesOf({ reports }).indexOf(patience.best));
  ok(reports.every(({ validation }) => validation !== undefined));
});

Deno.test("fit counts a gain of less than minDelta as none", () => {
  const options = { epochs: 30, patience: 2 } as const;
  const patient = tinyFit({ options }), strict = tinyFit({ options: { ...options, minDelta: 1e-3 } });
  equal(patient.outcome, "epochs");
  equal(strict.outcome, "patience");
  ok(strict.epochs < patient.epochs);
  deepEqual(lossesOf(strict), lossesOf(patient).slice(0, strict.epochs));
});

Deno.test("fit lowers the learning rate on a plateau of the monitored loss, from the next epoch on, and reports it", () => {
  const schedule = ScheduleSpec.parse(plateau({ patience: 2, factor: 0.5, minDelta: 10 }));
  const { reports, outcome } = tinyFit({
    data: { train: FIRST_24, validation: LAST_8 },
    options: { schedule, optimizer: adam(0.04), epochs: 6, patience: 5, monitor: "validation", minDelta: 10 },
  });
  // Only the first epoch improves by more than 10.
  deepEqual(reports.map(({ learningRate }) => learningRate), [0.04, 0.04, 0.04, 0.02, 0.02, 0.01]);
  deepEqual(reports.map(({ reduction }) => reduction?.to), [
    undefined,
    undefined,
    0.02,
    undefined,
    0.01,
    undefined,
  ]);
  deepEqual(reports.map(({ plateau }) => plateau?.epochsWithoutImprovement), [0, 1, 0, 1, 0, 1]);
  deepEqual(reports.map(({ patience }) => patience.epochsWithoutImprovement), [0, 1, 2, 3, 4, 5]);
  equal(outcome, "patience");
});

Deno.test("fit steps through one cycle batch by batch and gives its momentum to the optimizer", () => {
  const schedule = ScheduleSpec.parse(oneCycle({ maximum: 0.01 }));
  const options = { schedule, epochs: 3, batchSize: 8 } as const, still = { ...schedule, momentum: null };
  const { reports, parameters } = tinyFit({ options });
  // 12 steps; the rates are those of steps 4, 8 and 12.
  const rates = [3, 7, 11].map((at) =>
    learningRateAt(schedule, { learningRate: 1, epochsDone: (at + 1) / 4, stepEpochs: 1 / 4, epochs: 3 })
  );
  assertClose(reports.map(({ learningRate }) => learningRate), rates, { relative: 1e-12 }, "rates");
  const without = tinyFit({ options: { ...options, schedule: still } });
  notDeepEqual(without.parameters, parameters);
});

Deno.test("fit scales gradients down to clipNorm, and leaves smaller ones unchanged", () => {
  const first = initialParameters(ModelSpec.parse(TINY), 1);
  const step = (clipNorm: number | null) => {
    const { parameters } = tinyFit({ options: { optimizer: sgd(1), epochs: 1, clipNorm } });
    return { parameters, length: Math.hypot(...parameters.map((value, at) => value - first[at])) };
  };
  const free = step(null);
  ok(free.length > 0.02, `the free step is only ${free.length} long`);
  assertClose([step(0.01).length], [0.01], { relative: 1e-4 }, "the clipped step");
  deepEqual(step(100).parameters, free.parameters);
});

Deno.test("fit averages the loss over samples, also when the last batch is smaller", () => {
  const steps: [rows: number, inverse: number][] = [];
  const { reports } = tinyFit({
    engine: spying({ onStep: ({ rows, input }) => steps.push([rows, input("inverseRows")[0]]) }),
    options: { optimizer: STILL, batchSize: 10, epochs: 1 },
  });
  deepEqual(steps, [10, 10, 10, 2].map((rows) => [rows, Math.fround(1 / rows)]));
  const initial = initialParameters(ModelSpec.parse(TINY), 1);
  assertClose([reports[0].loss], [lossOf(initial, GLYPHS)], { relative: 1e-6 }, "the mean over 32 glyphs");
});

Deno.test("fit treats a batch size larger than the data as the whole data", () => {
  const rows: number[] = [];
  tinyFit({
    engine: spying({ onStep: (step) => rows.push(step.rows) }),
    options: { batchSize: 1000, epochs: 2 },
  });
  deepEqual(rows, [32, 32]);
});

Deno.test("fit visits every image `repeats` times per epoch, each time under its own noise", () => {
  const inputs = new Map<number, Set<string>>(), samples: number[] = [];
  tinyFit({
    engine: spying({
      onStep({ samples: order, input }) {
        const noisy = input("input");
        order.forEach((sample, row) => {
          samples.push(sample);
          const seen = inputs.get(sample % 32) ?? new Set();
          inputs.set(sample % 32, seen.add(noisy.subarray(row * 35, (row + 1) * 35).join()));
        });
      },
    }),
    data: { corruption: NOISE },
    options: { repeats: 3, epochs: 1, batchSize: 20 },
  });
  deepEqual(samples.toSorted((a, b) => a - b), [...Array(96).keys()]);
  notDeepEqual(samples, [...Array(96).keys()]);
  deepEqual([...inputs.values()].map(({ size }) => size), Array(32).fill(3));
});

/** The noisy inputs of each epoch, in the order of the samples. */
function inputsOf(freshNoise: boolean): number[][] {
  const epochs: number[][] = [];
  tinyFit({
    engine: spying({
      onStep({ samples, input }) {
        const noisy = input("input"), rows = samples.map((sample, row) => ({ sample, row }));
        rows.sort((a, b) => a.sample - b.sample);
        epochs.push(rows.flatMap(({ row }) => [...noisy.subarray(row * 35, (row + 1) * 35)]));
      },
    }),
    data: { corruption: NOISE, freshNoise },
    options: { epochs: 3 },
  });
  return epochs;
}

Deno.test("fit draws new noise each epoch, and with freshNoise off that of the first again", () => {
  const fresh = inputsOf(true), kept = inputsOf(false);
  notDeepEqual(fresh[1], fresh[0]);
  notDeepEqual(fresh[2], fresh[1]);
  deepEqual(kept[0], fresh[0]);
  deepEqual(kept[1], kept[0]);
  deepEqual(kept[2], kept[0]);
});

Deno.test("fit gives the same bits for the same seed, and others for another", () => {
  const run = (seed: number) =>
    tinyFit({
      model: TINY_VAE,
      data: { train: FIRST_24, validation: LAST_8, corruption: NOISE },
      options: { epochs: 4, batchSize: 7, monitor: "validation" },
      seed,
    });
  const [first, again, other] = [run(7), run(7), run(8)];
  deepEqual(again.parameters, first.parameters);
  deepEqual(lossesOf(again), lossesOf(first));
  deepEqual(
    again.reports.map(({ validation }) => validation),
    first.reports.map(({ validation }) => validation),
  );
  notDeepEqual(other.parameters, first.parameters);
  ok(lossesOf(other).every((loss, at) => loss !== lossesOf(first)[at]));
});

Deno.test("fit stops after the batch in which it gets the signal, with the weights of the best epoch", () => {
  let batches = 0;
  const { outcome, epochs, parameters, calls, reports, lastLoss } = tinyFit({
    options: { batchSize: 12, epochs: 9 },
    stop: () => ++batches === 5,
  });
  equal(outcome, "stopped");
  // Three batches an epoch: the fifth is the second of the second epoch, which is not reported.
  deepEqual([epochs, calls.adam, reports.length], [1, 5, 1]);
  equal(lastLoss, reports[0].loss);
  deepEqual(parameters, reports[0].parameters);
});

Deno.test("fit keeps the current weights of a training that is stopped in its first epoch", () => {
  let batches = 0;
  const { epochs, parameters, patience, lastLoss } = tinyFit({
    options: { batchSize: 8, epochs: 9, optimizer: adam(0.01) },
    stop: () => ++batches === 2,
  });
  deepEqual([epochs, patience.bestEpoch, lastLoss], [0, 0, NaN]);
  const first = initialParameters(ModelSpec.parse(TINY), 1);
  ok(lossOf(parameters, GLYPHS) < lossOf(first, GLYPHS));
});

Deno.test("fit takes the fused path through every dense layer", () => {
  const { calls } = tinyFit({ options: { epochs: 3, batchSize: 20 }, data: { corruption: NOISE } });
  const steps = 6;
  // 35-9-2-9-35: two of tanh, the linear latent, the sigmoid output; back, two products with a derivative in them.
  equal(calls["matmul+bias+tanh"], 2 * steps);
  equal(calls["matmul+bias"], steps);
  equal(calls["matmul+bias+sigmoid"], steps);
  equal(calls["matmul+tanhGradient"], 2 * steps);
  deepEqual([calls.gather, calls.gaussian, calls.adam], [steps, steps, steps]);
  for (const plain of ["tanh", "sigmoid", "tanhGradient", "broadcast", "copy"]) {
    equal(calls[plain], undefined, plain);
  }
});

Deno.test("fit counts the batches of each epoch, those of uneven blocks and of a resumed epoch too", () => {
  const calls: [string, number, number][] = [];
  const progress = {
    begin: (epoch: number, batches: number) => void calls.push(["begin", epoch, batches]),
    batch: (done: number, loss: number) => void calls.push(["batch", done, loss]),
  };
  const options = { epochs: 2, batchSize: 10, shuffleBlock: 13 } as const;
  const { reports } = tinyFit({ options, progress });
  const starts = calls.flatMap(([what], at) => what === "begin" ? [at] : []);
  deepEqual(starts.map((at) => calls[at][1]), [1, 2]);
  for (const [place, at] of starts.entries()) {
    const batches = calls.slice(at + 1, starts[place + 1]), all = calls[at][2];
    deepEqual(batches.map(([, done]) => done), Array.from({ length: all }, (_, batch) => batch + 1));
    ok(all >= 4, "32 samples in blocks of at most 13, batches of 10");
    equal(batches.at(-1)![2], reports[place].loss, "the mean of the whole epoch");
  }
  deepEqual(tinyFit({ options }).parameters, tinyFit({ options, progress }).parameters);
});
