import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal, throws } from "node:assert/strict";
import { chooseShard } from "../../../src/cli/sweep/choose_shard.ts";
import { type EmitOptions, emittedFile } from "../../../src/cli/sweep/emit_sweep.ts";
import { EMIT_TARGETS } from "../../../src/sweep/emit/emit.ts";
import type { Sweep } from "../../../src/pipeline/sweep/sweep.ts";
import type { SweepPlan } from "../../../src/sweep/plan.ts";
import type { Trial } from "../../../src/sweep/trial.ts";

const trial = (place: number): Trial => ({
  id: String(place).padStart(16, "0"),
  label: `rate ${place}`,
  settings: {},
  seed: 1,
  cost: 100,
  overrides: [],
});
const TRIALS = Array.from({ length: 6 }, (_, place) => trial(place));
const PLAN = { sweep: "0".repeat(16), pipeline: "letters", trials: TRIALS } as unknown as SweepPlan;
const GRID = { options: {} } as Sweep;
const SLURM: EmitOptions = { emit: "slurm", runs: "runs" };

/** The line of an emitted script that starts a shard. */
const commandOf = (args: readonly string[], options: Partial<EmitOptions> = {}, env = {}) =>
  emittedFile({ sweep: GRID, plan: PLAN }, args, { ...SLURM, ...options }, env).split("\n").find((line) =>
    line.endsWith(" &")
  )!;

Deno.test("chooseShard() says which part of the trials this process runs", () => {
  const { trials, text, shard } = chooseShard("2/4", GRID, PLAN, {});
  deepEqual([trials.map(({ label }) => label), text], [["rate 1", "rate 5"], "shard 2/4: 2 of 6 trials"]);
  deepEqual(shard, { index: 2, count: 4 });
});

Deno.test("chooseShard() names the scheduler whose variables it used, and a shard without trials", () => {
  const env = { AWS_BATCH_JOB_ARRAY_INDEX: "7", AWS_BATCH_JOB_ARRAY_SIZE: "8" };
  const { trials, text } = chooseShard("auto", GRID, PLAN, env);
  equal(trials.length, 0);
  equal(
    text,
    "shard 8/8 (AWS Batch array, AWS_BATCH_JOB_ARRAY_INDEX=7): none of 6 trials, as there are more shards than trials",
  );
});

Deno.test("emittedFile() keeps the file and its options, and replaces those that a job has of its own", () => {
  const args = [
    ...[
      "sweep",
      "a b.ts",
      "--emit",
      "slurm",
      "--set",
      "train.epochs=5",
      "--shards=3",
      "--runs",
      "x",
      "--ui=plain",
    ],
    ...["--sweep", "seed=1,2", "--threads", "1"],
  ];
  equal(
    commandOf(args, { runs: "x", shards: 3, threads: 1 }),
    `deno task -q sweep 'a b.ts' --set train.epochs=5 --sweep seed=1,2 --threads 1 --shard "$shard/3" --runs "$folder/$shard" --ui plain &`,
  );
  match(
    emittedFile({ sweep: GRID, plan: PLAN }, args, { ...SLURM, runs: "x", shards: 3, threads: 1 }, {}),
    /^folder=\$\{1:-x\/letters\.shards\}$/m,
  );
});

Deno.test("emittedFile() starts the installed command where that was called", () => {
  match(commandOf(["sweep", "a.ts"], {}, { HOURGLASS_INSTALLED: "1" }), /^hourglass sweep a\.ts --shard /);
});

Deno.test("emittedFile() asks for a core for each thread of each trial at a time", () => {
  const cores = (options: Partial<EmitOptions>) =>
    /--cpus-per-task=(\d+)/.exec(
      emittedFile({ sweep: GRID, plan: PLAN }, ["sweep", "a.ts"], { ...SLURM, ...options }, {}),
    )![1];
  deepEqual([cores({}), cores({ threads: 1 }), cores({ threads: 2, jobs: 3 })], ["2", "1", "6"]);
});

for (
  const [option, why] of [
    ["--shard", "the file sets it"],
    ["--shard=1/2", "the file sets it"],
    ["--detach", "a job ends"],
    ["--webhook", "no secrets: set HOURGLASS_WEBHOOK"],
  ]
) {
  Deno.test(`emittedFile() refuses ${option}, with the reason`, () => {
    for (const emit of EMIT_TARGETS) {
      throws(
        () =>
          emittedFile({ sweep: GRID, plan: PLAN }, ["sweep", "a.ts", option, "x"], { ...SLURM, emit }, {}),
        (thrown: Error) => {
          ok(
            thrown.message.startsWith(`${option.split("=")[0]} must not be used with --emit (`),
            thrown.message,
          );
          ok(thrown.message.includes(why));
          return true;
        },
      );
    }
  });
}
