import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  notStrictEqual as notEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { sliceSplit } from "../../src/data/dataset.ts";
import { OptimizerSpec } from "../../src/training/optimizers.ts";
import { assertClose } from "../support/close.ts";
import { GLYPHS, lossesOf, lossOf, spying, TINY_VAE, tinyFit } from "./tiny.ts";

const STILL = OptimizerSpec.parse({ kind: "sgd", learningRate: 1e-30 });
const NOISE = { kind: "gaussian", std: 0.2, maximumStd: 0.4 } as const;

Deno.test("fit lets the KL weight grow in equal steps over the warm-up, up to beta", () => {
  const betas: number[] = [];
  tinyFit({
    engine: spying({ onStep: ({ input }) => betas.push(input("beta")[0]) }),
    model: { ...TINY_VAE, beta: 2, klWarmupEpochs: 3 },
    options: { epochs: 6 },
  });
  deepEqual(betas, [0.5, 1, 1.5, 2, 2, 2]);
});

Deno.test("fit reports parts that make up the loss: reconstruction + beta KL", () => {
  const { reports } = tinyFit({ model: { ...TINY_VAE, beta: 3 }, options: { epochs: 2, batchSize: 10 } });
  for (const { loss, parts } of reports) {
    assertClose([loss], [parts!.reconstruction + 3 * parts!.kl], { relative: 1e-5 }, "the sum of the parts");
  }
  equal(tinyFit({ options: { epochs: 1 } }).reports[0].parts, undefined);
});

Deno.test("fit charges free bits where the KL is less, and then trains as if there were no KL", () => {
  const free = tinyFit({ model: { ...TINY_VAE, freeBits: 5 }, options: { epochs: 8 } });
  for (const { loss, parts } of free.reports) {
    ok(parts!.kl < 2 * 5);
    assertClose([loss], [parts!.reconstruction + 2 * 5], { relative: 1e-5 }, "two dimensions at 5 nats");
  }
  const without = tinyFit({ model: { ...TINY_VAE, beta: 0 }, options: { epochs: 8 } });
  assertClose(free.parameters, without.parameters, { absolute: 1e-6 }, "weights without a KL gradient");
  notDeepEqual(tinyFit({ model: TINY_VAE, options: { epochs: 8 } }).parameters, free.parameters);
});

Deno.test("fit measures validation under the same draws each epoch and at the full beta, so that epochs compare", () => {
  const model = { ...TINY_VAE, klWarmupEpochs: 5 };
  const data = { train: GLYPHS, validation: sliceSplit(GLYPHS, 35, 20, 32), corruption: NOISE };
  const still = tinyFit({ model, data, options: { optimizer: STILL, epochs: 3 } });
  const [first, ...rest] = still.reports.map(({ validation }) => validation!);
  deepEqual(rest, [first, first]);
  equal(lossOf(still.parameters, data.validation, { model: TINY_VAE, data: { corruption: NOISE } }), first);
  // The training loss is drawn anew, and charged less KL.
  const [one, two] = lossesOf(still);
  notEqual(one, two);
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
