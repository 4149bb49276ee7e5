import {
  deepStrictEqual as deepEqual,
  match,
  notStrictEqual as differ,
  rejects,
  strictEqual as equal,
} from "node:assert/strict";
import { ae, glyphs, load, pipeline, sweep, train } from "../../mod.ts";
import { planSweep } from "../../src/sweep/plan.ts";

const FILE = import.meta.url;
const LETTERS = pipeline("letters").pipe(load(glyphs()))
  .pipe(train(ae({ encoder: [35, 20], latent: 2 }), { epochs: 10, batchSize: 8 }));
const plan = (value: ReturnType<typeof sweep>, set: string[] = [], seed?: number) =>
  planSweep(value, { file: FILE, set, seed });

Deno.test("planSweep() gives the trials of a grid in order, each with an id that its resolved pipeline alone decides", async () => {
  const { trials, pipeline: name, sweep: id } = await plan(
    sweep(LETTERS, { "train.epochs": [10, 20], seed: [1, 2] }),
  );
  equal(name, "letters");
  match(id, /^[0-9a-f]{16}$/);
  deepEqual(trials.map(({ label, seed, overrides }) => [label, seed, ...overrides]), [
    ["epochs 10", 1, "train.epochs=10"],
    ["epochs 10", 2, "train.epochs=10"],
    ["epochs 20", 1, "train.epochs=20"],
    ["epochs 20", 2, "train.epochs=20"],
  ]);
  equal(new Set(trials.map(({ id }) => id)).size, 4);
  // Another way to the same pipelines: the default is written out, the settings come from the command line.
  const other = await plan(
    sweep(LETTERS, [{ label: "long" }]),
    ["train.epochs=20", "train.patience=null"],
    1,
  );
  equal(other.trials[0].id, trials[2].id);
  differ(other.sweep, id);
});

Deno.test("planSweep() makes one trial of settings that resolve to the same pipeline, with both labels", async () => {
  const listed = sweep(LETTERS, [{ label: "as it is" }, { label: "ten", set: { "train.epochs": 10 } }, {
    label: "five",
    set: { "train.epochs": 5 },
  }]);
  const { trials, repeated } = await plan(listed);
  deepEqual(trials.map(({ label, aliases }) => [label, aliases]), [["as it is", ["ten"]], [
    "five",
    undefined,
  ]]);
  equal(repeated, 1);
});

Deno.test("planSweep() estimates the work of a trial by the operations of a sample, the samples and the epochs", async () => {
  const { trials } = await plan(sweep(LETTERS, { "train.epochs": [10, 20, 30], "train.repeats": [1, 4] }));
  const [least] = trials;
  deepEqual(trials.map(({ cost }) => cost / least.cost), [1, 4, 2, 8, 3, 12]);
  // Forward, and the gradients of weights and inputs (the first layer has none of inputs): 2 operations for each weight and product.
  const weights = 35 * 20 + 20 * 2 + 2 * 20 + 20 * 35, products = 2 * (3 * weights - 35 * 20);
  const perSample = least.cost / 10 / 32;
  equal(perSample > products && perSample < 1.5 * products, true, `${perSample} against ${products}`);
});

Deno.test("planSweep() changes the id of the sweep with what is run, and not with what is shown of it", async () => {
  const axes = { "train.epochs": [10, 20] };
  const { sweep: id } = await plan(sweep(LETTERS, axes));
  equal(
    (await plan(sweep(LETTERS, axes, { metric: "train.loss", each: true, baseline: "epochs 10" }))).sweep,
    id,
  );
  differ((await plan(sweep(LETTERS, axes, { seeds: 2 }))).sweep, id);
  differ((await plan(sweep(LETTERS, axes), ["train.batchSize=16"])).sweep, id);
});

Deno.test("planSweep() names the setting under which the pipeline does not work", async () => {
  await rejects(plan(sweep(LETTERS, { "train.epochs": [10, 0] })), {
    name: "UsageError",
    message: /train\.epochs must be at least 1, got 0\n {4}in the sweep's setting "epochs 0"/,
  });
  await rejects(plan(sweep(LETTERS, { seed: [1, -1] })), {
    message: /^sweep\.axes\.seed\.1 must be at least 0, got -1$/,
  });
  await rejects(plan(sweep(LETTERS, { seed: [1] }, { seeds: 2 })), {
    message: /^sweep\.options\.seeds must not be given with sweep\.axes\.seed, got 2$/,
  });
});
