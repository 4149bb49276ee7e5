import {
  deepStrictEqual as deepEqual,
  match,
  notStrictEqual as notEqual,
  rejects,
  strictEqual as equal,
  throws,
} from "node:assert/strict";
import { ae, glyphs, load, pipeline, sweep, type SweepOptions, train, vae } from "../../../mod.ts";
import { watchedStage } from "../../../src/sweep/early/early_stopping.ts";
import { stoppedResult } from "../../../src/sweep/early/stopped_result.ts";
import { planSweep } from "../../../src/sweep/plan.ts";
import type { TrialResult } from "../../../src/sweep/result.ts";
import letters from "../../fixtures/early_stop_sweep.ts";

const file = new URL("../../fixtures/early_stop_sweep.ts", import.meta.url).href;
const planOf = (earlyStop: unknown) =>
  planSweep({ ...letters, options: { earlyStop } as SweepOptions }, { file, set: [] });

Deno.test("watchedStage() takes the training that is named, or the last, and refuses what is none", () => {
  const stages = ["load", "train", "evaluate", "train-2"].map((name) => ({ name, kind: name.split("-")[0] }));
  equal(watchedStage(stages, {}), "train-2");
  equal(watchedStage(stages, { stage: "train" }), "train");
  throws(
    () => watchedStage(stages, { stage: "evaluate" }),
    /earlyStop\.stage must be a training of the pipeline, got "evaluate"; trainings are train, train-2/,
  );
  throws(() => watchedStage(stages.slice(0, 1), {}), /got a pipeline without one \(leave out earlyStop\)/);
});

Deno.test("planSweep() refuses wrong options of early stopping by their path, before any work", async () => {
  for (
    const [options, message] of [
      [{ kind: "ashha" }, /^sweep\.options\.earlyStop/],
      [
        { kind: "asha", reductionFactor: 1 },
        /^sweep\.options\.earlyStop\.reductionFactor must be at least 2, got 1/,
      ],
      [
        { kind: "asha", minimumEpoch: 4 },
        /^sweep\.options\.earlyStop\.minimumEpoch is unknown: did you mean "minimumEpochs"/,
      ],
      [
        { kind: "asha", maximumEpochs: 4 },
        /^sweep\.options\.earlyStop\.maximumEpochs must be above minimumEpochs/,
      ],
      [
        { kind: "median", stage: "trian" },
        /earlyStop\.stage must be a training of the pipeline, got "trian"/,
      ],
    ] as const
  ) await rejects(planOf(options), { name: "UsageError", message });
  const without = sweep(pipeline("letters").pipe(load(glyphs())), { "load.source": [glyphs()] }, {
    earlyStop: { kind: "asha" },
  });
  await rejects(planSweep(without, { file, set: [] }), /got a pipeline without one/);
});

Deno.test("planSweep() refuses a metric that no epoch has, for every model of the sweep, and names those that are there", async () => {
  const of = (axes: object, options: SweepOptions) =>
    planSweep(
      sweep(
        pipeline("letters").pipe(load(glyphs())).pipe(train(ae({ encoder: [35], latent: 2 }))),
        axes as never,
        options,
      ),
      { file, set: [] },
    );
  const watching = (metric: string) => ({ earlyStop: { kind: "asha", metric } }) as const;
  const models = [
    ae({ encoder: [35], latent: 2 }),
    vae({ encoder: [35], latent: 2, totalCorrelation: { beta: 6 } }),
  ];
  const seeds = { seed: [1, 2] }, kinds = { "train.model": models };
  for (
    const [axes, metric, message] of [
      [
        seeds,
        "los",
        /^sweep\.options\.earlyStop\.metric must be one that epochs of train have, got "los"; they have loss\n/,
      ],
      [
        { "train.validationShare": [0.2] },
        "validationLoss",
        /got "validationLoss"; they have validation, loss\n {4}in the sweep's setting/,
      ],
      [seeds, "evaluate.mse", /got "evaluate\.mse"; they have loss\n/],
      [seeds, "validation", /got "validation"; they have loss\n/],
      [kinds, "kl", /got "kl"; they have loss\n/],
      [{ "train.model": models.slice(1) }, "dimensionkl", /got "dimensionkl"; they have dimensionKl, .*kl, /],
    ] as const
  ) await rejects(of(axes, watching(metric)), { name: "UsageError", message });
  equal((await of(kinds, watching("loss"))).trials.length, 2);
  equal((await of({ "train.model": models.slice(1) }, watching("totalCorrelation"))).watched, "train");
});

Deno.test("planSweep() gives sweeps that stop by other rules other ids, and the same one where defaults are written", async () => {
  const { sweep: id, watched, trials } = await planOf({ kind: "asha" });
  equal(watched, "train");
  equal((await planOf({ kind: "asha", reductionFactor: 3, minimumEpochs: 10 })).sweep, id);
  notEqual((await planOf({ kind: "asha", reductionFactor: 2 })).sweep, id);
  const all = await planOf(null);
  notEqual(all.sweep, id);
  equal(all.watched, undefined);
  deepEqual(all.trials, trials);
});

Deno.test("stoppedResult() leaves the metrics before the training, and the epochs and value of the decision", () => {
  const result = {
    state: "complete",
    exitCode: 0,
    metrics: {
      load: { images: 32 },
      train: { epochs: 5, seconds: 1 },
      "train-2": { epochs: 60, seconds: 9 },
      evaluate: { mse: 1 },
    },
    info: { load: {}, "train-2": {} },
    epochs: 65,
    seconds: 10,
  } as unknown as TrialResult;
  const decision = {
    trial: "a",
    epoch: 9,
    metric: "loss",
    value: 0.25,
    average: 1,
    decision: "stop",
  } as const;
  const { reason, ...stopped } = stoppedResult(result, decision, "train-2", ["load", "train"]);
  match(reason!, /^stopped early after epoch 9: loss 0\.2500$/);
  deepEqual(stopped, {
    state: "stoppedEarly",
    exitCode: 124,
    stopped: { stage: "train-2", epoch: 9, metric: "loss", value: 0.25 },
    metrics: { load: { images: 32 }, train: { epochs: 5, seconds: 1 } },
    info: { load: {} },
    epochs: 14,
    seconds: 10,
  });
});
