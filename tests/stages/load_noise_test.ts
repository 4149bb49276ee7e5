import { deepStrictEqual as deepEqual, match, strictEqual as equal } from "node:assert/strict";
import { glyphs, images, load, noise, type NoiseOptions } from "../../mod.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { definitionOf } from "../../src/pipeline/stage.ts";
import { GLYPHS, mustRun, runStage } from "./fake_run.ts";

Deno.test("load returns the images of its source, and notes how many", async () => {
  const { result } = await mustRun(load(glyphs()));
  const { dataset } = result.outputs as { dataset: Dataset };
  deepEqual([dataset.train.count, ...dataset.shape, dataset.train === dataset.test], [
    32,
    7,
    5,
    1,
    true,
  ]);
  equal(result.note, "32 images of 7x5");
});

Deno.test("load fails with the folder's name where there is none", async () => {
  const { error } = await runStage(load(images("no/such/folder")));
  equal(error?.name, "RunError");
  match(error!.message, /no\/such\/folder/);
});

Deno.test("load plans the size of its images, and does no work", () => {
  const stage = load(glyphs()), { plan, schema } = definitionOf(stage);
  const { lines, facts } = plan!(schema.parse(stage.options), {});
  equal(lines[0], "glyphs: 32 images of 7x5");
  const { classes, testClasses, ...others } = facts!;
  deepEqual(others, { shape: [7, 5, 1], samples: 32, validation: false, beyondUnit: undefined });
  deepEqual([classes!.length, classes![1]], [32, { name: "a", label: 1 }]);
  deepEqual(testClasses, classes);
});

const SETTINGS: readonly [options: NoiseOptions, corruption: unknown, note: string][] = [
  [{}, { kind: "gaussian", std: 0.1, maximumStd: 0.1 }, "Gaussian, std 0.1, fresh each epoch"],
  [
    { std: [0.2, 0.5], everyEpoch: false },
    { kind: "gaussian", std: 0.2, maximumStd: 0.5 },
    "Gaussian, std 0.2 to 0.5, the same each epoch",
  ],
  [
    { std: [0, 0.5] },
    { kind: "gaussian", std: 0, maximumStd: 0.5 },
    "Gaussian, std 0 to 0.5, fresh each epoch",
  ],
  [
    { kind: "saltAndPepper", share: 0.3 },
    { kind: "saltAndPepper", share: 0.3 },
    "salt and pepper, share 0.3, fresh each epoch",
  ],
  [{ kind: "masking" }, { kind: "masking", share: 0.1 }, "masking, share 0.1, fresh each epoch"],
  [{ std: 0 }, undefined, "none: the model sees its target"],
  [{ std: [0, 0] }, undefined, "none: the model sees its target"],
  [{ kind: "masking", share: 0, std: 0.5 }, undefined, "none: the model sees its target"],
];

for (const [options, corruption, note] of SETTINGS) {
  Deno.test(`noise(${Deno.inspect(options, { compact: true })}) means ${note}`, async () => {
    const stage = noise(options);
    const { result } = await mustRun(stage, { inputs: { dataset: GLYPHS } });
    deepEqual(result.outputs, { noise: { corruption, everyEpoch: options.everyEpoch ?? true } });
    equal(result.note, note);
    const { plan, schema } = definitionOf(stage);
    deepEqual(plan!(schema.parse(stage.options), {}), {
      lines: [note],
      facts: { noisy: corruption !== undefined },
    });
  });
}
