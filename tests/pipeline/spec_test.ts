import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { isPipeline } from "../../src/pipeline/pipeline.ts";
import { type PipelineSpec, resolvePipeline, specOf } from "../../src/pipeline/resolve.ts";
import {
  adamw,
  cosine,
  evaluate,
  exportRun,
  generate,
  glyphs,
  interpolate,
  klConstant,
  klCyclic,
  klLinear,
  load,
  momentum,
  noise,
  pipeline,
  sgd,
  stepDecay,
  train,
  vae,
} from "../../mod.ts";
import { chain, MODEL, plain, unchecked } from "./chains.ts";

Deno.test("pipeline() is a value: each pipe gives a new one and leaves the old", () => {
  const empty = pipeline("a"), one = empty.pipe(load(glyphs())), two = one.pipe(noise());
  deepEqual([empty, one, two].map(({ stages }) => stages.map(({ kind }) => kind)), [[], ["load"], [
    "load",
    "noise",
  ]]);
  deepEqual([two.name, two.seed, pipeline("b", { seed: 7 }).seed], ["a", 42, 7]);
});

Deno.test("isPipeline distinguishes a pipeline from other exports of a file", () => {
  equal(isPipeline(pipeline("a")), true);
  for (const other of [undefined, null, 3, "pipeline", {}, [], () => {}, { name: "a", stages: [] }]) {
    equal(isPipeline(other), false);
  }
});

Deno.test("specOf holds the name, seed, kinds, versions and complete options", () => {
  const spec = specOf(resolvePipeline(plain(), { seed: 3 }));
  deepEqual([spec.name, spec.seed], ["test", 3]);
  deepEqual(spec.stages[1], {
    name: "noise",
    kind: "noise",
    version: 2,
    options: { kind: "gaussian", std: 0.1, share: 0.1, everyEpoch: true },
  });
});

const positive = fc.double({ min: 1e-6, max: 1, noNaN: true });
const training = fc.record({
  epochs: fc.integer({ min: 1, max: 1e6 }),
  patience: fc.option(fc.integer({ min: 1 })),
  clipNorm: fc.option(positive),
  minDelta: fc.double({ min: 0, max: 10, noNaN: true }),
  optimizer: fc.oneof(
    positive.map((learningRate) => sgd({ learningRate })),
    positive.map((learningRate) => momentum({ learningRate, nesterov: true })),
    positive.map((weightDecay) => adamw({ weightDecay })),
  ),
  schedule: fc.oneof(
    positive.map((finalShare) => cosine({ finalShare })),
    positive.map((everyEpochs) => stepDecay({ everyEpochs })),
  ),
}, { requiredKeys: [] });
const noises = fc.record({
  kind: fc.constantFrom("gaussian", "saltAndPepper", "masking"),
  std: fc.oneof(positive, fc.tuple(positive, positive).map(([a, b]) => [Math.min(a, b), Math.max(a, b)])),
  everyEpoch: fc.boolean(),
}, { requiredKeys: [] });
const models = fc.oneof(
  fc.constant(MODEL),
  fc.record({
    beta: positive,
    freeBits: positive,
    klSchedule: fc.constantFrom(klConstant(), klLinear({ epochs: 5 }), klCyclic({ cycleEpochs: 7 })),
  })
    .map((options) => vae({ encoder: [35, 9], latent: 2, decoder: [7, 35], ...options })),
);

Deno.test("specOf survives JSON, and resolves to itself again", () => {
  fc.assert(
    fc.property(models, training, noises, fc.maxSafeNat(), (model, trained, noisy, seed) => {
      const given = chain(
        load(glyphs()),
        noise(unchecked(noisy)),
        train(model, trained),
        evaluate({ noise: [0.3] }),
        interpolate({ from: "a", to: { sample: 3 } }),
        generate({ manifold: null }),
        exportRun(),
      );
      const spec = specOf(resolvePipeline(given, { seed }));
      const read: PipelineSpec = JSON.parse(JSON.stringify(spec));
      deepEqual(read, spec);
      const stages = given.stages.map((stage, at) => ({ ...stage, options: read.stages[at].options }));
      deepEqual(specOf(resolvePipeline({ ...given, name: read.name, seed: read.seed, stages })), spec);
    }),
    { seed: 1, numRuns: 60 },
  );
});
