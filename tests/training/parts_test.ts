import { deepStrictEqual as deepEqual, ok, rejects, strictEqual as equal, throws } from "node:assert/strict";
import { ALONE } from "../../src/core/collective.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { nativeEngine } from "../../src/engine/native.ts";
import { conv } from "../../src/models/layers/kinds.ts";
import type { TrainingSnapshot } from "../../src/training/snapshot.ts";
import type { ModelOptions } from "../../src/models/options.ts";
import { ScheduleSpec } from "../../src/training/schedules.ts";
import { sharedFit } from "./shared_fit.ts";
import { GLYPHS, TINY, TINY_VAE, type TinyFit, tinyFit } from "./tiny.ts";

const reference = await loadEngine("reference");

const NOISE = { corruption: { kind: "gaussian", std: 0.2, maximumStd: 0.2 } } as const;
const DROPOUT: ModelOptions = {
  kind: "ae",
  encoder: [{ kind: "dense", units: 12 }, { kind: "dropout", rate: 0.3 }],
  latent: 3,
  input: [35],
};
const VQVAE: ModelOptions = { kind: "vqvae", encoder: [35, 8], latent: 4, codes: 6, dimensions: 2 };

/** Trainings whose steps have parts, each with batches of 9, 9, 9 and 5 samples. */
const TRAININGS: Readonly<Record<string, Pick<TinyFit, "model" | "data">>> = {
  "an autoencoder": { model: TINY },
  "a denoising autoencoder": { model: TINY, data: NOISE },
  "a net with dropout": { model: DROPOUT },
  "a VAE": { model: TINY_VAE },
  "an importance-weighted VAE": { model: { ...TINY_VAE, importanceSamples: 3 } },
  "a VAE with one learned variance": {
    model: { ...TINY_VAE, loss: { kind: "gaussian", variance: "shared" } },
  },
  "a VAE with a learned variance of each pixel": { model: { ...TINY_VAE, loss: "gaussian" } },
  "a VQ-VAE": { model: VQVAE },
};
/** A training that is left and resumed. */
const RESUMED: Pick<TinyFit, "model" | "data"> = { model: TINY_VAE, data: { ...NOISE, validation: GLYPHS } };
const OPTIONS = { epochs: 3, batchSize: 9 };

/** The losses of the epochs, those of a second training as a share of those of the first. */
function relative(one: readonly number[], two: readonly number[]): number {
  return Math.max(...one.map((loss, at) => Math.abs(two[at] / loss - 1)));
}

for (const [name, training] of Object.entries(TRAININGS)) {
  Deno.test(`fit() of ${name} in parts is that in one piece, but for rounding`, () => {
    const whole = tinyFit({ ...training, options: OPTIONS });
    for (const parts of [1, 2, 3, 4, 7]) {
      const divided = tinyFit({ ...training, options: { ...OPTIONS, parts } });
      const losses = [whole, divided].map(({ reports }) => reports.map(({ loss }) => loss));
      ok(relative(losses[0], losses[1]) < 1e-6, `${parts} parts: ${losses}`);
      equal(divided.calls.parts, 12);
      const again = tinyFit({ ...training, engine: reference, options: { ...OPTIONS, parts } });
      ok(relative(losses[1], again.reports.map(({ loss }) => loss)) < 1e-6);
    }
  });

  Deno.test(`fit() of ${name} in 4 parts has the same bits by 1, 2 and 4 workers`, async () => {
    const options = { ...OPTIONS, parts: 4 }, data = { ...training.data, validation: GLYPHS };
    const { parameters, reports } = tinyFit({ model: training.model, data, options });
    for (const size of [2, 4]) {
      for (const result of await sharedFit(size, "wasm", { model: training.model, data, options })) {
        equal(result.error, undefined);
        deepEqual(result.losses, reports.map(({ loss }) => loss));
        deepEqual(result.parts, reports.map(({ parts }) => parts));
        deepEqual(result.validations, reports.map(({ validation }) => validation));
        deepEqual(result.parameters, parameters);
      }
    }
  });
}

Deno.test("fit() in parts clips the gradients of all parts together", async () => {
  const options = { ...OPTIONS, parts: 4, clipNorm: 0.01 };
  const whole = tinyFit({ options: { ...OPTIONS, clipNorm: 0.01 } }), divided = tinyFit({ options });
  ok(relative(whole.reports.map(({ loss }) => loss), divided.reports.map(({ loss }) => loss)) < 1e-6);
  for (const { parameters } of await sharedFit(4, "wasm", { options })) {
    deepEqual(parameters, divided.parameters);
  }
});

Deno.test("fit() in parts resumes with the same bits, by one process and by two", async () => {
  const options = { ...OPTIONS, parts: 4, clipNorm: 1, ema: 0.9 }, whole = tinyFit({ ...RESUMED, options });
  let saved: TrainingSnapshot | undefined, batches = 0;
  const stopped = tinyFit({
    ...RESUMED,
    options,
    stop: () => ++batches === 6,
    checkpoints: {
      due: () => false,
      save: (state, blocks) => saved = structuredClone({ state, blocks: [...blocks] }),
    },
  });
  equal(stopped.outcome, "stopped");
  const resumed = tinyFit({
    ...RESUMED,
    options,
    checkpoints: { found: saved, due: () => false, save() {} },
  });
  deepEqual(resumed.parameters, whole.parameters);
  for (const { parameters, error } of await sharedFit(2, "wasm", { ...RESUMED, options, found: saved })) {
    equal(error, undefined);
    deepEqual(parameters, whole.parameters);
  }
});

for (
  const [name, model] of Object.entries({
    "a VAE": { kind: "vae", encoder: [35, 96, 64], latent: 4 },
    "a convolutional VAE": {
      kind: "vae",
      input: [7, 5, 1],
      encoder: [conv(16, { stride: 2 }), 48],
      latent: 4,
    },
  }) as [string, ModelOptions][]
) {
  Deno.test(`fit() of ${name} in 4 parts has the same bits by one thread and by two`, async () => {
    const [alone, helped] = await Promise.all(
      [1, 2].map((threads) => nativeEngine({ threads, sessionsFrom: 0 })),
    );
    const trained = (engine: Engine, pause: number) =>
      tinyFit({
        engine,
        model,
        data: NOISE,
        options: { epochs: 30, batchSize: 27, parts: 4, clipNorm: 1 },
        onEpoch: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause),
      });
    const one = trained(alone, 0);
    equal(one.calls["parts by two threads"], undefined);
    let count = 0;
    // The second thread takes a moment to start: 30 epochs with pauses of 1 s at most.
    for (const pause of [10, 30, 100, 300, 1000]) {
      const two = trained(helped, pause);
      deepEqual(two.reports.map(({ loss }) => loss), one.reports.map(({ loss }) => loss));
      deepEqual(two.parameters, one.parameters);
      count = two.calls["parts by two threads"] ?? 0;
      if (count > 0) break;
    }
    ok(count > 0, "the second thread did not start within 30 s");
  });
}

Deno.test("fit() that workers share stops all of them after the same batch", async () => {
  const results = await sharedFit(4, "wasm", { options: { ...OPTIONS, parts: 4 } }, 6);
  deepEqual(results.map(({ outcome }) => outcome), Array(4).fill("stopped"));
  for (const { parameters } of results) deepEqual(parameters, results[0].parameters);
});

Deno.test("fit() on shards of unequal sizes follows one cycle with the same weights on all ranks", async () => {
  const values = GLYPHS.values as Uint8Array;
  const [first, second] = [[0, 9], [9, 32]].map(([from, to]) => ({
    values: values.slice(35 * from, 35 * to),
    count: to - from,
    shard: { ranks: 2 },
  }));
  const options = { ...OPTIONS, batchSize: 8, parts: 2, schedule: ScheduleSpec.parse({ kind: "oneCycle" }) };
  const results = await sharedFit(2, "wasm", (rank) => ({ options, data: { train: [first, second][rank] } }));
  deepEqual(results.map(({ error }) => error), [undefined, undefined]);
  deepEqual(results[1].parameters, results[0].parameters);
});

Deno.test("fit() that workers share ends with the error of a worker", async () => {
  await rejects(sharedFit(2, "wasm", { options: { ...OPTIONS, parts: 3 } }), {
    message: "parts must be 2 times a power of two for 2 processes, got 3",
  });
});

Deno.test("fit() refuses processes that cannot share its parts evenly", () => {
  const collective = { ...ALONE, size: 3 };
  throws(() => tinyFit({ options: { ...OPTIONS, parts: 4 }, collective }), {
    message: "parts must be 3 times a power of two for 3 processes, got 4",
  });
  throws(() => tinyFit({ options: OPTIONS, collective }), {
    message: "parts must be set for a training that 3 processes share",
  });
});
