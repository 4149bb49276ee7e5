import {
  deepStrictEqual as deepEqual,
  notStrictEqual as notEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { sliceSplit } from "../../src/data/parts.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { type TrainingSnapshot, TrainingState } from "../../src/training/snapshot.ts";
import { GLYPHS, lossesOf, spying, TINY_VAE, tinyFit } from "./tiny.ts";

const SAMPLES = 4;
const MODEL = { ...TINY_VAE, importanceSamples: SAMPLES };
const DATA = { train: sliceSplit(GLYPHS, 35, 0, 24), validation: sliceSplit(GLYPHS, 35, 24, 32) };
const STILL = OptimizerSpec.parse({ kind: "sgd", learningRate: 1e-30 });

Deno.test("fit on importance samples draws a row of them for each sample, whatever the batches are", () => {
  const drawn = (batchSize: number) => {
    const found = new Map<number, number[]>();
    const onStep = ({ samples, input }: { samples: number[]; input(name: string): Float32Array }) => {
      const epsilon = input("epsilon"), columns = SAMPLES * TINY_VAE.latent;
      samples.forEach((sample, row) =>
        found.set(sample, [...epsilon.subarray(row * columns, (row + 1) * columns)])
      );
    };
    tinyFit({ engine: spying({ onStep }), model: MODEL, options: { epochs: 1, batchSize } });
    return found;
  };
  const [large, small] = [drawn(32), drawn(5)];
  for (const [sample, numbers] of large) deepEqual(small.get(sample), numbers);
  // No two draws are the same.
  equal(new Set([...large.values()].flat()).size, 32 * SAMPLES * TINY_VAE.latent);
});

Deno.test("fit on importance samples has a loss below the sum of its parts, the negative evidence lower bound", () => {
  const { reports } = tinyFit({ model: { ...MODEL, initialiser: "he" }, options: { epochs: 30 } });
  for (const { loss, parts } of reports) {
    ok(loss < parts!.reconstruction + parts!.kl, `${loss} ${parts!.reconstruction} ${parts!.kl}`);
  }
  ok(reports.at(-1)!.loss < reports[0].loss);
});

Deno.test("fit validates on the same bound, with the same draws each epoch", () => {
  const still = (importanceSamples: number) =>
    tinyFit({
      model: { ...MODEL, initialiser: "he", importanceSamples },
      data: DATA,
      options: { optimizer: STILL, epochs: 2 },
    }).reports.map(({ validation }) => validation!);
  const [first, second] = still(SAMPLES);
  equal(second, first);
  // More samples give a tighter bound.
  ok(still(64)[0] < first && first < still(1)[0]);
});

Deno.test("fit on importance samples resumes with the same bits after a stop at any batch", () => {
  const training = { model: MODEL, data: DATA, options: { epochs: 4, batchSize: 7 } };
  const whole = tinyFit(training);
  for (let stopAt = 1; stopAt < 12; stopAt++) {
    let asked = 0, kept: TrainingSnapshot | undefined;
    const save = (state: TrainingState, blocks: TrainingSnapshot["blocks"]) => {
      const copies = blocks.map(({ name, data }) => ({ name, data: Float32Array.from(data) }));
      kept = { state: TrainingState.parse(JSON.parse(JSON.stringify(state))), blocks: copies };
    };
    const first = tinyFit({
      ...training,
      stop: () => ++asked === stopAt,
      checkpoints: { due: () => false, save },
    });
    equal(first.outcome, "stopped");
    const second = tinyFit({ ...training, checkpoints: { found: kept, due: () => false, save() {} } });
    deepEqual([...lossesOf(first), ...lossesOf(second)], lossesOf(whole));
    deepEqual(second.parameters, whole.parameters);
  }
});

Deno.test("fit with one importance sample trains as without the option", () => {
  const losses = (model: object) => lossesOf(tinyFit({ model: { ...TINY_VAE, ...model } }));
  deepEqual(losses({ importanceSamples: 1 }), losses({}));
  notEqual(losses({ importanceSamples: 2 })[0], losses({})[0]);
});
