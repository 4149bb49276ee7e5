import { match, ok } from "node:assert/strict";
import { type Result, resultsPage, type SweepGroup } from "../../src/report/results.ts";
import type { RecordedInfo } from "../../src/pipeline/metric.ts";
import { infoFor } from "../support/metrics.ts";

type Stages = (Result["outcome"] & { kind: "sweep" })["stages"];
const OF = { date: "2026-01-01", machine: "a machine", version: "1.0.0" };
const pageOf = (
  groups: SweepGroup[],
  baseline?: string,
  stages: Stages = [],
  each = false,
  info = infoOfAll(groups),
) =>
  resultsPage([{
    title: "What helps",
    command: "deno task run pipelines/any.ts",
    outcome: { kind: "sweep", stages, groups, success: null, baseline, each, info },
  }], OF);

/** What the metrics of groups state of themselves. */
function infoOfAll(groups: SweepGroup[]): Record<string, RecordedInfo> {
  const addresses = groups.flatMap((
    { means, values = {} },
  ) => [...Object.keys(means), ...Object.keys(values)]);
  return Object.fromEntries(
    addresses.map((address) => [address, infoFor(address.slice(address.indexOf(".") + 1))]),
  );
}

const mean = (value: number) => ({ value, low: value - 0.5, high: value + 0.5 });
const GROUPS: SweepGroup[] = [
  { label: "plain", runs: 3, failed: 0, means: { "evaluate.mse": mean(3) } },
  {
    label: "longer",
    runs: 3,
    failed: 1,
    means: { "evaluate.mse": mean(2) },
    differences: { "evaluate.mse": { value: -1, low: -1.25, high: -0.75, verdict: "better" } },
  },
];

Deno.test("resultsPage() compares each setting of a sweep with the baseline setting", () => {
  const page = pageOf(GROUPS, "plain");
  match(page, /\| longer +\| 3 \(1 failed\) \| 2 ± 0\.5/);
  match(page, /Compared with "plain", seed by seed/);
  match(page, /\| `evaluate\.mse` \| better \(-1 ± 0\.25\) \|/);
});

Deno.test("resultsPage() states the verdict on a sweep's first metric in a sentence", () => {
  const sentence = (verdict: "better" | "tie" | "unknown", value: number) => {
    const differences = { "evaluate.mse": { value, low: value - 0.25, high: value + 0.25, verdict } };
    return pageOf([GROUPS[0], { ...GROUPS[1], differences }], "plain").split("\n").find((line) =>
      line.startsWith("- On ")
    );
  };
  const numbers = "-1 ± 0.25 (2 against 3, 0.667 times).";
  ok(sentence("better", -1) === `- On \`evaluate.mse\`, "longer" is better than "plain": ${numbers}`);
  ok(
    sentence("tie", 0.1) ===
      `- On \`evaluate.mse\`, "longer" and "plain" tie: +0.1 ± 0.25 (2 against 3, 0.667 times).`,
  );
  match(sentence("unknown", -1)!, /there is no verdict on "longer" and "plain", which takes three pairs/);
  const failed = pageOf([GROUPS[0], { ...GROUPS[1], means: {} }], "plain");
  match(failed, /- On `evaluate\.mse`, "longer" and "plain" cannot be compared/);
});

Deno.test("resultsPage() has no verdicts of a sweep without a baseline setting", () => {
  ok(!pageOf(GROUPS.slice(0, 1)).includes("Compared with"));
});

Deno.test("resultsPage() lists the numbers of all runs of a setting on request, and published figures next to the means, without a verdict where protocols differ", () => {
  const groups: SweepGroup[] = [{
    label: "2 latent dimensions, ten digits",
    runs: 2,
    failed: 0,
    means: { "anomaly.auroc": { value: 0.9, low: 0.85, high: 0.95 } },
    values: { "anomaly.auroc": [0.87, 0.93], "train.seconds": [1, 2] },
  }];
  const stages = [
    { name: "load", kind: "load", options: { source: { source: "mnist" }, binarise: "grey" } },
    { name: "anomaly", kind: "anomaly", options: { protocol: "oneAnomalous" } },
  ];
  const info = infoOfAll(groups);
  info["anomaly.auroc"] = { ...info["anomaly.auroc"], estimator: "one class is anomalous" };
  const page = pageOf(groups, undefined, stages, true, info);
  match(page, /\| 2 latent dimensions, ten digits \| `anomaly\.auroc` \| 0\.8700, 0\.9300 \|/);
  ok(!page.includes("1.000, 2.000"), "seconds are no result");
  match(
    page,
    /\| 90\.00 % \| 85\.50 % \| a VAE with 2 latent dimensions: .* \| no verdict: the model is given: nothing there, unknown here; averaged over: 10 settings there, runs of one setting here; not stated by the source: .* \|/,
  );
  ok(!page.includes("97.60"), "figures of another task are left out");
  ok(!pageOf(groups).includes("Run by run"));
});

for (
  const [low, high, verdict] of [[-0.001, 0.003, "a tie"], [0.001, 0.003, "better"], [
    -0.003,
    -0.001,
    "worse",
  ]]
) {
  Deno.test(`resultsPage() calls a difference from a baseline of ${low} to ${high} ${verdict}`, () => {
    const value = (Number(low) + Number(high)) / 2;
    const page = pageOf([{
      label: "ten digits",
      runs: 10,
      failed: 0,
      means: {
        "anomaly.aurocDifference.smoothedNeighbours": { value, low: Number(low), high: Number(high) },
      },
    }]);
    ok(
      page.includes(
        `| ten digits | \`anomaly.aurocDifference.smoothedNeighbours\` | ${value} ± 0.00${
          verdict === "a tie" ? 2 : 1
        }`,
      ),
      page,
    );
    match(page, new RegExp(`\\| ${verdict} +\\|\n`));
  });
}

Deno.test("resultsPage() compares means over seeds with a published figure of the same protocol", () => {
  const elbo = { value: -103, low: -103.2, high: -102.8 };
  const groups: SweepGroup[] = [
    {
      label: "this project",
      runs: 3,
      failed: 0,
      means: { "evaluate.elbo": elbo, "train.epochs": { value: 10 } },
    },
  ];
  const stages = [
    { name: "load", kind: "load", options: { source: { source: "mnist" }, binarise: "grey" } },
    {
      name: "train",
      kind: "train",
      options: {
        model: { kind: "vae", loss: "bce" },
        validationShare: 0,
        schedule: { kind: "step", everyEpochs: 9, factor: 0.1 },
      },
    },
    { name: "evaluate", kind: "evaluate", options: {} },
  ];
  match(pageOf(groups, undefined, stages), /\| -103 +\| -104\.76 \| 784-400-20, .* \| better by 1\.76 +\|/);
  const [{ means }] = groups, longer = { ...groups[0], means: { ...means, "train.epochs": { value: 20 } } };
  ok(!pageOf([longer], undefined, stages).includes("better by"));
});

Deno.test("resultsPage() compares each setting with published figures under the stages that it has run", () => {
  const stages = (schedule: object) => [
    { name: "load", kind: "load", options: { source: { source: "mnist" }, binarise: "grey" } },
    { name: "train", kind: "train", options: { model: { kind: "vae", loss: "bce" }, schedule } },
    { name: "evaluate", kind: "evaluate", options: { draws: 1 } },
  ];
  const elbos = [-104.74, -104.77, -104.68, -104.59, -104.83];
  const group = (label: string, own?: Stages): SweepGroup => ({
    label,
    runs: 5,
    failed: 0,
    means: {
      "evaluate.elbo": { value: -104.72, low: -104.83, high: -104.61 },
      "train.epochs": { value: 10 },
    },
    values: { "evaluate.elbo": elbos },
    ...(own === undefined ? {} : { stages: own }),
  });
  const page = pageOf(
    [group("decayed"), group("constant", stages({ kind: "constant" }))],
    undefined,
    stages({ kind: "step", everyEpochs: 9, factor: 0.1 }),
  );
  match(page, /\| decayed +\|.*a tenth of the rate: .*\| a tie \(differs by 0\.0\d+ ± 0\.1\d\)/);
  match(page, /\| constant +\|.*constant rate: .*\| better by 0\.8\d+ ± 0\.1\d /);
  match(page, /\| decayed +\|.*constant rate: .*\| no verdict: learning rate: constant there, times 0\.1/);
});

Deno.test("resultsPage() shows a mean as precisely as its interval is known, and lists no numbers that are all the same", () => {
  const page = pageOf(
    [{
      label: "plain",
      runs: 2,
      failed: 0,
      means: {
        "evaluate.elbo": { value: -104.72312, low: -104.83412, high: -104.61212 },
        "anomaly.auroc": { value: 0.98951, low: 0.98481, high: 0.99421 },
        "train.epochs": { value: 10, low: 10, high: 10 },
      },
      values: { "evaluate.elbo": [-104.736, -104.711], "train.epochs": [10, 10] },
    }],
    undefined,
    [],
    true,
  );
  match(page, /\| plain \| 2 +\| -104\.72 ± 0\.11 +\| 0\.9895 ± 0\.0047 +\| 10 +\|/);
  match(page, /`evaluate\.elbo` \| -104\.74, -104\.71 \|/);
  ok(!page.includes("10.00, 10.00"));
});
