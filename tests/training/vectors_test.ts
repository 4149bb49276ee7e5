import {
  deepStrictEqual as deepEqual,
  notDeepStrictEqual as notDeepEqual,
  ok,
  strictEqual as equal,
} from "node:assert/strict";
import { fillNormal } from "../../src/core/random.ts";
import type { Split } from "../../src/data/dataset.ts";
import { fitScale, scaledValues, standardize } from "../../src/data/scale.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { ae, dae } from "../../src/models/options.ts";
import { NAMES } from "../../src/models/graphs.ts";
import { assertClose } from "../support/close.ts";
import { withFloatFile } from "../data/float_file.ts";
import { lossesOf, lossOf, spying, type Step, type TinyFit, tinyFit } from "./tiny.ts";

const SIZE = 6, COUNT = 64;

/** Vectors that two hidden numbers decide, in units of very different size, around means far from 0. */
function vectors(count = COUNT): Split {
  const hidden = new Float32Array(2 * count);
  fillNormal(hidden, count, 2, Array.from({ length: count }, (_, row) => row), {
    seed: 3,
    stream: "split",
    epoch: 0,
  });
  const values = Float32Array.from({ length: count * SIZE }, (_, at) => {
    const row = Math.floor(at / SIZE), d = at % SIZE;
    return 10 ** (d - 2) * (20 + Math.cos(d) * hidden[2 * row] + Math.sin(d) * hidden[2 * row + 1]);
  });
  return { count, values };
}

const RAW = vectors();
const SCALED: Split = { ...RAW, scale: fitScale(standardize(), RAW, SIZE) };
/** The values that the model sees, made in advance. */
const MADE: Split = {
  count: COUNT,
  values: Float32Array.from(RAW.values, (value, at) => {
    const { shift, divisor } = SCALED.scale!, d = at % SIZE;
    return Math.fround(Math.fround(value - Math.fround(shift[d])) / Math.fround(divisor[d]));
  }),
};
/** A linear model starts far from 0, or it would learn nothing for long. */
const OPTIONS = {
  encoder: [SIZE, 4],
  latent: 2,
  activation: "linear",
  outputActivation: "linear",
  initialiser: "xavier",
} as const;
const LINEAR = ae({ ...OPTIONS, encoder: [...OPTIONS.encoder] });
const OPTIMIZER = { kind: "adam", learningRate: 0.02, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 } as const;
const train = (split: Split, more: TinyFit = {}) =>
  tinyFit({
    model: LINEAR,
    ...more,
    data: { train: split, ...more.data },
    options: { epochs: 30, batchSize: 16, ...more.options },
  });

Deno.test("fit learns float vectors under a scale: a linear model of two dimensions stores what two numbers decide", () => {
  const { reports } = train(SCALED, { options: { epochs: 60, batchSize: 16, optimizer: OPTIMIZER } });
  const [first, last] = [reports[0].loss, reports.at(-1)!.loss];
  ok(first > 0.5 && last < 0.01, `${first} to ${last}`);
});

Deno.test("fit gives the same bits on scaled vectors as on vectors that were scaled before", () => {
  deepEqual(lossesOf(train(SCALED)), lossesOf(train(MADE)));
  assertClose(
    MADE.values,
    Array.from(scaledValues(SCALED)),
    { absolute: 1e-4 },
    "the scale in double precision",
  );
  notDeepEqual(lossesOf(train(SCALED)), lossesOf(train(RAW)));
});

Deno.test("fit gives the same losses on scaled vectors with every engine", async () => {
  const expected = lossesOf(train(SCALED, { engine: await loadEngine("reference"), options: { epochs: 3 } }));
  for (const name of ["wasm", "native", "tfjs"] as const) {
    const found = lossesOf(train(SCALED, { engine: await loadEngine(name), options: { epochs: 3 } }));
    assertClose(found, expected, { relative: 1e-5 }, name);
  }
});

Deno.test("fit reads float vectors, and their targets, from files that are larger than the memory", async () => {
  const targets = { values: Float32Array.from(RAW.values, (value) => -value) };
  const options = { epochs: 4, shuffleBlock: 20 };
  const inMemory = lossesOf(train({ ...SCALED, targets }, { options }));
  await withFloatFile(RAW.values as Float32Array, SIZE, async (stored) => {
    equal(stored.values.length, 0);
    await withFloatFile(targets.values, SIZE, ({ values, file }) => {
      const streamed = { ...stored, scale: SCALED.scale, targets: { values, file } };
      deepEqual(lossesOf(train(streamed, { options })), inMemory);
      return Promise.resolve();
    }, 25);
  }, 20);
});

/** The rows of a step: their samples, what the model saw, and what it should make of it. */
interface Rows {
  readonly samples: readonly number[];
  readonly input: Float32Array;
  readonly target: Float32Array;
}

/** The steps of a training of one epoch. */
function stepsOf(data: TinyFit["data"], model = LINEAR): Rows[] {
  const steps: Rows[] = [];
  const onStep = ({ samples, input }: Step) =>
    steps.push({ samples, input: input(NAMES.input), target: input(NAMES.target) });
  tinyFit({ model, engine: spying({ onStep }), data, options: { epochs: 1, batchSize: 16 } });
  return steps;
}

const rowsOf = (values: ArrayLike<number>, samples: readonly number[]) =>
  Float32Array.from(
    samples.flatMap((sample) => Array.from({ length: SIZE }, (_, d) => values[sample * SIZE + d])),
  );

Deno.test("fit with targets of their own trains to make the target of each input, clean of its noise", () => {
  const targets = { values: Float32Array.from(MADE.values, (value) => 2 * value + 1) };
  const steps = stepsOf({ train: { ...MADE, targets } });
  equal(steps.length, COUNT / 16);
  for (const { samples, input, target } of steps) {
    deepEqual(input, rowsOf(MADE.values, samples));
    deepEqual(target, rowsOf(targets.values, samples));
  }
  const corruption = { kind: "gaussian", std: 0.5, maximumStd: 0.5 } as const;
  for (const { samples, input, target } of stepsOf({ train: { ...MADE, targets }, corruption })) {
    const clean = rowsOf(MADE.values, samples);
    deepEqual(target, rowsOf(targets.values, samples));
    const spread = Math.sqrt(
      input.reduce((sum, value, at) => sum + (value - clean[at]) ** 2, 0) / input.length,
    );
    ok(spread > 0.3 && spread < 0.7, `${spread}`);
  }
});

Deno.test("fit with targets learns the map from inputs to targets, and validates on that of the validation split", () => {
  // Each target is its input in reverse order: an autoencoder without targets would not learn it.
  const reversed = (split: Split): Split => ({
    ...split,
    targets: {
      values: Float32Array.from(split.values, (_, at) => split.values[at - at % SIZE + SIZE - 1 - at % SIZE]),
    },
  });
  const data = {
    train: reversed(MADE),
    validation: reversed({ ...MADE, count: 16, values: MADE.values.subarray(0, 16 * SIZE) }),
  };
  const model = dae({ ...OPTIONS, encoder: [...OPTIONS.encoder] });
  const { reports, parameters } = tinyFit({
    model,
    data,
    options: { epochs: 150, batchSize: 16, optimizer: OPTIMIZER, monitor: "loss" },
  });
  ok(reports.at(-1)!.loss < 0.01, `${reports.at(-1)!.loss}`);
  ok(reports.at(-1)!.validation! < 0.01, `${reports.at(-1)!.validation}`);
  ok(
    lossOf(parameters, { ...MADE, count: 16 }, { model }) > 0.5,
    "without targets the input itself is compared",
  );
});

Deno.test("fit trains on bytes with float targets, and on floats with byte targets, each under its own default scale", () => {
  const pixels = Uint8Array.from({ length: COUNT * SIZE }, (_, at) => (at * 37) % 256);
  const shares = Float32Array.from(pixels, (byte) => Math.fround(byte * Math.fround(1 / 255)));
  const bytes: Split = { count: COUNT, values: pixels, targets: { values: shares } };
  const floats: Split = { count: COUNT, values: shares, targets: { values: pixels } };
  for (const split of [bytes, floats]) {
    for (const { input, target } of stepsOf({ train: split })) deepEqual(input, target);
  }
});
