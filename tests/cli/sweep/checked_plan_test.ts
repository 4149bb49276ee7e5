import { equal, match, rejects } from "node:assert/strict";
import { ae, evaluate, glyphs, load, pipeline, sweep, type SweepOptions, train } from "../../../mod.ts";
import { checkedPlan } from "../../../src/cli/sweep/checked_plan.ts";
import { metricNotice } from "../../../src/cli/sweep/metric_notice.ts";
import { poolOf } from "../../../src/sweep/tables/trial_summary.ts";
import { fixturePlan, fixtureResult } from "../../support/sweep_fixture.ts";

const LETTERS = pipeline("letters").pipe(load(glyphs()))
  .pipe(train(ae({ encoder: [35], latent: 2 }), { epochs: 3 })).pipe(evaluate());
const NONE = { set: [], failIf: [], force: [] };

function planned(axes: Record<string, unknown>, options: SweepOptions = {}, given = {}) {
  return checkedPlan(sweep(LETTERS, axes as never, options), import.meta.filename!, { ...NONE, ...given });
}

Deno.test("checkedPlan() refuses stages that the pipeline does not have, before anything runs", async () => {
  const axes = { seed: [1, 2] };
  const cases: [SweepOptions, object, RegExp][] = [
    [
      { metric: "evaluat.mse" },
      {},
      /^sweep\.metric evaluat\.mse: stage "evaluat" is unknown: did you mean "evaluate"\?$/,
    ],
    [
      { success: "foo.mse < 1" },
      {},
      /^sweep\.success foo\.mse: stage "foo" is unknown: known are load, train, evaluate$/,
    ],
    [{ metrics: ["evaluate.mse", "mse"] }, {}, /^sweep\.metrics\.1 mse: stage "mse" is unknown/],
    [{}, { failIf: ["foo.mse < 1"] }, /^--fail-if foo\.mse < 1: stage "foo" is unknown/],
    [{}, { force: ["foo"] }, /^--force foo is unknown/],
  ];
  for (const [options, given, message] of cases) {
    await rejects(planned(axes, options, given), { name: "UsageError", message });
  }
  const { plan } = await planned(axes, { metric: "evaluate.mse@0.3", success: "train.epochs < 5" });
  equal(plan.trials.length, 2);
});

Deno.test("checkedPlan() refuses --seed where the sweep lists seeds, but not where a sampler draws by it", async () => {
  await rejects(planned({ seed: [1, 2] }, {}, { seed: 3 }), {
    name: "UsageError",
    message: "--seed must not be given with seeds that a sweep lists (sweep.axes.seed), got 3",
  });
  equal((await planned({ "train.epochs": [1, 2] }, {}, { seed: 3 })).plan.trials[0].seed, 3);
  const drawn = { seed: [1, 2], "train.epochs": [1, 2, 3] };
  equal((await planned(drawn, { trials: 1 }, { seed: 3 })).plan.trials.length, 2);
});

Deno.test("checkedPlan() refuses values that JSON would change", async () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const cases: [unknown, string][] = [
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    [undefined, "undefined"],
    [5n, "5"],
    [new Date(0), "an object"],
    [new Float32Array(2), "an object"],
    [[1, undefined], "a list"],
    [{ kind: "adam", learningRate: NaN }, "an object"],
    [circle, "an object"],
    [Math.sqrt, "the function sqrt"],
  ];
  for (const [value, found] of cases) {
    await rejects(planned({ "train.until": ["x", value] }), {
      name: "UsageError",
      message: `sweep.axes.train.until.1 must be plain data, as JSON has it, got ${found}`,
    });
  }
  const listed = sweep(LETTERS, [{ label: "one", set: { "train.epochs": NaN } }]);
  await rejects(checkedPlan(listed, import.meta.filename!, NONE), {
    message: "sweep.axes.0.set.train.epochs must be plain data, as JSON has it, got NaN",
  });
  const optimizer = { kind: "adam", learningRate: undefined };
  equal((await planned({ "train.optimizer": [optimizer] })).plan.trials.length, 1);
});

Deno.test("metricNotice() says that another metric ranks the settings than one that no trial measured", () => {
  const plan = fixturePlan(), pooled = poolOf(plan, plan.trials.map((trial) => fixtureResult(trial, 0.5)));
  equal(metricNotice(pooled, {}), undefined);
  equal(metricNotice(pooled, { metric: "evaluate.mse" }), undefined);
  match(
    metricNotice(pooled, { metric: "evaluate.mes" })!,
    /got evaluate\.mes \(did you mean evaluate\.mse\?\): settings are ranked by evaluate\.mse$/,
  );
  equal(metricNotice(poolOf(plan, []), { metric: "evaluate.mes" }), undefined);
});
