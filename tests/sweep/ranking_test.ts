import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { RecordedInfo } from "../../src/pipeline/metric.ts";
import { parseCondition } from "../../src/core/condition.ts";
import { rankedMetric } from "../../src/sweep/ranked_metric.ts";
import { rankSettings, seedShare } from "../../src/sweep/ranking.ts";
import { sweepResults } from "../../src/sweep/results.ts";
import { settingText, shortPaths } from "../../src/sweep/setting_text.ts";
import { bestTrial, sweepSecondsLeft } from "../../src/sweep/view.ts";
import { assertClose } from "../support/close.ts";
import { completeTrial, fakeTrial, fakeView, MSE } from "./fake_sweep.ts";

const rate = (value: number) => ({ label: `rate ${value}`, settings: { rate: value } });
const METRIC = { address: "evaluate.mse", info: MSE };

/** Two settings with three seeds, of the second one failed; a third one waits. */
const TRIALS = [
  ...[0.3, 0.5, 0.4].map((mse, at) => completeTrial(at + 1, mse, { ...rate(1), seed: at })),
  ...[0.1, 0.2].map((mse, at) => completeTrial(at + 4, mse, { ...rate(2), seed: at })),
  fakeTrial(6, { ...rate(2), seed: 2, state: "failed" }),
  fakeTrial(7, rate(3)),
];

Deno.test("rankSettings() orders settings by their means, with Student's interval, and those without a number last", () => {
  const ranked = rankSettings(TRIALS, METRIC);
  deepEqual(ranked.map(({ label }) => label), ["rate 2", "rate 1", "rate 3"]);
  // Mean 0.4, s = 0.1, t(2) = 4.30265: 4.30265 * 0.1 / sqrt(3) = 0.248414.
  const { value, low, high } = ranked[1].mean!;
  assertClose([value, low!, high!], [0.4, 0.151586, 0.648414], { absolute: 1e-6 }, "the mean of rate 1");
  equal(ranked[2].mean, undefined);
});

Deno.test("rankSettings() has the largest first where higher is better", () => {
  const higher = { ...METRIC, info: { ...MSE, direction: "higher" } } as const;
  deepEqual(rankSettings(TRIALS, higher).map(({ label }) => label), ["rate 1", "rate 2", "rate 3"]);
});

Deno.test("rankSettings() counts a failed trial as no success, and one that waits not at all", () => {
  const ranked = rankSettings(TRIALS, METRIC, parseCondition("evaluate.mse <= 0.3"));
  deepEqual(ranked.map(({ success }) => success?.value), [2 / 3, 1 / 3, undefined]);
});

Deno.test("rankSettings() leaves a trial that was stopped early out of the share of success", () => {
  const stopped = [
    fakeTrial(8, { ...rate(1), seed: 3, state: "stoppedEarly" }),
    fakeTrial(9, { ...rate(4), state: "stoppedEarly" }),
  ];
  const ranked = rankSettings([...TRIALS, ...stopped], METRIC, parseCondition("evaluate.mse <= 0.3"));
  deepEqual(ranked.map(({ success }) => success?.value), [2 / 3, 1 / 3, undefined, undefined]);
});

Deno.test("rankSettings() knows settings by their values, not by their labels or the order of their paths", () => {
  const one = completeTrial(1, 1, { label: "same", settings: { a: 1, b: 2 } });
  const other = completeTrial(2, 2, { label: "same", settings: { b: 2, a: 1 } });
  const third = completeTrial(3, 3, { label: "same", settings: { a: 1, b: 3 } });
  deepEqual(rankSettings([one, other, third], METRIC).map(({ values }) => values), [[1, 2], [3]]);
});

Deno.test("seedShare() is the sum of squares within settings over that of all", () => {
  // 0.3 0.5 0.4 | 0.1 0.2: mean 0.3, all 0 + 0.04 + 0.01 + 0.04 + 0.01 = 0.1; within 0.02 + 0.005.
  assertClose([seedShare(rankSettings(TRIALS, METRIC))!], [0.25], { absolute: 1e-12 }, "share");
  equal(
    seedShare(rankSettings([completeTrial(1, 1, rate(1)), completeTrial(2, 2, rate(2))], METRIC)),
    undefined,
  );
  equal(seedShare(rankSettings([0, 1].map((at) => completeTrial(at, 0.1, rate(1))), METRIC)), undefined);
});

Deno.test("sweepResults() takes the best trial of the best setting, which need not be the best of all", () => {
  const trials = [
    completeTrial(1, 0.1, rate(1)),
    completeTrial(2, 0.9, { ...rate(1), seed: 2 }),
    completeTrial(3, 0.3, rate(2)),
    completeTrial(4, 0.2, { ...rate(2), seed: 2 }),
  ];
  const results = sweepResults(fakeView(trials), { commandOf: ({ number }) => `command ${number}` });
  deepEqual([results.best?.number, results.command], [4, "command 4"]);
  equal(bestTrial(fakeView(trials))?.number, 1);
});

Deno.test("sweepResults() has an axis for each option that differs, by its logarithm where it spans decades or was drawn so", () => {
  const trial = (at: number, settings: Record<string, unknown>) => completeTrial(at, at, { settings });
  const view = fakeView([
    trial(1, { wide: 1e-4, narrow: 1, drawn: 1, same: 5, kind: "a" }),
    trial(2, { wide: 1e-2, narrow: 2, drawn: 2, same: 5, kind: "b" }),
  ]);
  const { axes } = sweepResults(view, { logarithmic: ["drawn"] });
  deepEqual(axes.map(({ path, isLogarithmic }) => [path, isLogarithmic]), [
    ["wide", true],
    ["narrow", false],
    ["drawn", true],
    ["kind", false],
  ]);
});

Deno.test("rankedMetric() prefers the sweep's metric, then that of its rule, then one of an evaluation, and none of the machine", () => {
  const infos: ReadonlyMap<string, RecordedInfo> = new Map(Object.entries<RecordedInfo>({
    "train.seconds": { unit: "seconds", direction: "lower" },
    "train.bestLoss": { unit: "nats/sample", direction: "lower" },
    "evaluate.images": { unit: "images", direction: "none" },
    "evaluate.train.mse": { ...MSE, split: "train" },
    "evaluate.mse": MSE,
    "evaluate.elbo": { unit: "nats/sample", direction: "higher" },
  }));
  const address = (options: Record<string, unknown>) => rankedMetric(infos, options)?.address;
  equal(address({}), "evaluate.mse");
  equal(address({ metric: "train.seconds", success: "evaluate.elbo > 3" }), "train.seconds");
  equal(address({ metric: "evaluate.images", success: "evaluate.elbo > 3" }), "evaluate.elbo");
  equal(rankedMetric(new Map([["evaluate.images", infos.get("evaluate.images")]]), {}), undefined);
});

Deno.test("sweepSecondsLeft() carries the pace of complete trials over to those that wait, as many at a time as run now", () => {
  const done = completeTrial(1, 1, { seconds: 10, cost: 5 }), waiting = fakeTrial(2, { cost: 20 });
  const training = { epoch: 1, epochs: 2, best: null, secondsLeft: 4 };
  const running = [3, 4].map((at) => fakeTrial(at, { state: "running", cost: 5, training }));
  equal(sweepSecondsLeft(fakeView([done, waiting, ...running])), (40 + 4 + 4) / 2);
  equal(sweepSecondsLeft(fakeView([done, waiting])), null, "nothing is running");
  equal(sweepSecondsLeft(fakeView([waiting, ...running])), null, "nothing is complete");
});

Deno.test("settingText() is short, and shortPaths() keeps whole paths where their last words are the same", () => {
  deepEqual(
    [0.00012345678, 784, "adam", null, undefined, [32, 64], { kind: "adam", beta2: 0.95 }].map(settingText),
    ["0.0001235", "784", "adam", "null", "as in the file", "32-64", "adam beta2 0.95"],
  );
  deepEqual(shortPaths(["train.epochs", "pre.epochs", "train.model.latent"]), [
    "train.epochs",
    "pre.epochs",
    "latent",
  ]);
});
