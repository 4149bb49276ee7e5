import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import type { TrialResult } from "../../../src/sweep/result.ts";
import { settingTable } from "../../../src/sweep/tables/setting_table.ts";
import { poolOf } from "../../../src/sweep/tables/trial_summary.ts";
import { type RowTable, trialTable } from "../../../src/sweep/tables/trial_table.ts";
import { writeSweepTables } from "../../../src/sweep/tables/write_tables.ts";
import { fixturePlan, fixtureResult } from "../../support/sweep_fixture.ts";
import { hasPython, needsPython, python } from "../../support/python.ts";

const PLAN = fixturePlan(), { trials: TRIALS } = PLAN;

function pooled(results: readonly TrialResult[], plan = PLAN) {
  return poolOf(plan, results);
}

/** Rows as objects, without empty cells. */
function objects({ columns, rows }: RowTable): Record<string, unknown>[] {
  return [...rows].map((row) =>
    Object.fromEntries(
      columns.map(({ name }, at) => [name, row[at]] as const).filter(([, cell]) => cell != null),
    )
  );
}

Deno.test("trialTable() has a row per trial of the plan: settings, seed, state, metrics with their intervals, epochs, seconds and run", () => {
  const failed = fixtureResult(TRIALS[1], 0, {
    state: "failed",
    metrics: {},
    info: {},
    epochs: 7,
    run: undefined,
  });
  const [first, second, third] = objects(trialTable(pooled([fixtureResult(TRIALS[0], 0.25), failed])));
  deepEqual(first, {
    trial: "1a2b3c4d00000000",
    label: "learningRate 0.001",
    "settings.train.optimizer.learningRate": 0.001,
    seed: 1,
    state: "complete",
    "metrics.train.epochs": 20,
    "metrics.train.seconds": 1.5,
    "metrics.evaluate.mse": 0.25,
    "metrics.evaluate.mseLow": 0.24,
    "metrics.evaluate.mseHigh": 0.26,
    epochs: 20,
    seconds: 2.25,
    run: "20261129-120000-0000",
  });
  deepEqual([second.state, second.epochs, second["metrics.evaluate.mse"], second.run], [
    ...["failed", 7, undefined, undefined],
  ]);
  deepEqual(third, {
    trial: "1a2b3c4d00000002",
    label: "learningRate 0.003",
    "settings.train.optimizer.learningRate": 0.003,
    seed: 1,
    state: "missing",
  });
});

/** The type of a setting's column, and its cells, by the values that it takes. */
const TYPES: { name: string; values: unknown[]; type: string; cells: unknown[] }[] = [
  { name: "whole numbers", values: [2, 12], type: "long", cells: [2, 12] },
  { name: "numbers", values: [1, 0.5], type: "double", cells: [1, 0.5] },
  { name: "booleans", values: [true, false], type: "boolean", cells: [true, false] },
  { name: "texts", values: ["relu", "2"], type: "text", cells: ["relu", "2"] },
  { name: "null and a number", values: [null, 5], type: "long", cells: [null, 5] },
  { name: "numbers and texts", values: [1, "auto"], type: "text", cells: ["1", "auto"] },
  { name: "booleans and numbers", values: [true, 1], type: "text", cells: ["true", "1"] },
  { name: "lists", values: [[35, 20], [35]], type: "text", cells: ["[35,20]", "[35]"] },
  { name: "kinds", values: [{ kind: "adam" }, "sgd"], type: "text", cells: ['{"kind":"adam"}', "sgd"] },
  { name: "one that some trials leave alone", values: [undefined, 3], type: "long", cells: [null, 3] },
];

for (const { name, values, type, cells } of TYPES) {
  Deno.test(`trialTable() gives a setting of ${name} a column of type ${type}`, () => {
    const trials = values.map((value, at) => ({
      ...TRIALS[at],
      settings: value === undefined ? {} : { "train.x": value } as Record<string, unknown>,
    }));
    const { columns, rows } = trialTable(pooled([], fixturePlan({ trials })));
    const at = columns.findIndex((column) => column.name === "settings.train.x");
    equal(columns[at].type, type);
    deepEqual([...rows].map((row) => row[at]), cells);
  });
}

Deno.test("settingTable() has each setting's mean over its seeds with Student's interval, by hand", () => {
  const results = [0.1, 0.2, 0.5].map((mse, at) => fixtureResult(TRIALS[at], mse));
  const [first, second] = objects(settingTable(pooled(results)));
  // Of 0.1 and 0.2: mean 0.15, standard deviation 0.05 sqrt(2), t(0.975, 1) = 12.7062.
  const half = 12.7062 * 0.05;
  deepEqual([first.label, first["settings.train.optimizer.learningRate"]], ["learningRate 0.001", 0.001]);
  deepEqual([first.trials, first.complete, first.missing], [2, 2, 0]);
  const near = (value: unknown, expected: number) => equal((value as number).toFixed(5), expected.toFixed(5));
  near(first["metrics.evaluate.mse.mean"], 0.15);
  near(first["metrics.evaluate.mse.low"], 0.15 - half);
  near(first["metrics.evaluate.mse.high"], 0.15 + half);
  equal(first["metrics.evaluate.mse.count"], 2);
  // One number has no interval; the ends of its own interval are no metric.
  deepEqual([second["metrics.evaluate.mse.mean"], second["metrics.evaluate.mse.low"], second.missing], [
    ...[0.5, undefined, 1],
  ]);
  equal("metrics.evaluate.mseLow.mean" in first, false);
});

Deno.test("settingTable() counts states, and leaves trials that were stopped early out of means and successes", () => {
  const plan = fixturePlan({ options: { success: "evaluate.mse < 0.3" } });
  const [first, second] = objects(settingTable(pooled([
    fixtureResult(TRIALS[0], 0.2),
    fixtureResult(TRIALS[1], 0.1, { state: "stoppedEarly" }),
    fixtureResult(TRIALS[2], 0.2, { state: "failed" }),
    fixtureResult(TRIALS[3], 0.4),
  ], plan)));
  deepEqual([first.complete, first.stoppedEarly, first["metrics.evaluate.mse.mean"], first["success.rate"]], [
    ...[1, 1, 0.2, 1],
  ]);
  deepEqual([second.complete, second.failed, second["metrics.evaluate.mse.mean"], second["success.rate"]], [
    ...[1, 1, 0.4, 0],
  ]);
});

Deno.test("settingTable() has differences from the baseline, seed by seed, and a row for each label of a trial", () => {
  const trials = [0, 1, 2, 3, 4, 5].map((number) => ({
    ...TRIALS[0],
    id: `00000000000000${number}0`.slice(-16),
    label: number < 3 ? "a" : "b",
    seed: number % 3,
    ...(number < 3 ? { aliases: ["default"] } : {}),
  }));
  const plan = fixturePlan({ trials, options: { baseline: "a" } });
  const values = [0.1, 0.2, 0.3, 0.6, 0.71, 0.79];
  const results = trials.map((trial, at) => fixtureResult(trial, values[at]));
  const [a, alias, b] = objects(settingTable(pooled(results, plan)));
  deepEqual([a.label, alias.label, b.label], ["a", "default", "b"]);
  equal(a["metrics.evaluate.mse.difference"], undefined);
  equal((alias["metrics.evaluate.mse.difference"] as number).toFixed(6), "0.000000");
  // 0.5, 0.51 and 0.49.
  equal((b["metrics.evaluate.mse.difference"] as number).toFixed(6), "0.500000");
  equal(b["metrics.evaluate.mse.verdict"], "worse");
});

Deno.test({
  name: `writeSweepTables() writes Parquet that pandas reads as it reads the CSV ${
    needsPython("pandas", "pyarrow")
  }`,
  ignore: !hasPython("pandas", "pyarrow"),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await writeSweepTables(
        folder,
        pooled([0.4, 0.3, 0.1].map((mse, at) => fixtureResult(TRIALS[at], mse))),
      );
      const found = python(
        `import json, sys, pandas as pd
same = []
for name in ["table", "settings"]:
    p = pd.read_parquet(f"{sys.argv[1]}/{name}.parquet")
    c = pd.read_csv(f"{sys.argv[1]}/{name}.csv")
    pd.testing.assert_frame_equal(p, c, check_dtype=False, check_exact=True)
    same.append(list(p.shape))
t = pd.read_parquet(f"{sys.argv[1]}/table.parquet")
print(json.dumps([same, t.groupby("settings.train.optimizer.learningRate")["metrics.evaluate.mse"].mean().tolist(), t.seed.dtype.name]))`,
        folder,
      );
      deepEqual(found, [[[4, 13], [2, 19]], [0.35, 0.1], "int64"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
