import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { ROOT, runProgram, withRunsFolder } from "../../support/program.ts";
import { sweepResults } from "../../support/sweep_results.ts";

const FILE = "pipelines/glyphs-dae.ts", NAME = "glyphs-dae";
const SHORT = ["--set", "train.epochs=2", "--set", "train.repeats=2", "--set", "evaluate.draws=5"];
/** Four trials of the smallest kind. */
const SWEEP = [FILE, "--sweep", "train.optimizer.learningRate=1e-3,3e-3", "--sweep", "seed=1,2", ...SHORT];
const PINNED = ["--engine", "wasm", "--ui", "plain", "--no-report"];

const isThere = (path: string) => Deno.stat(`${ROOT}${path}`).then(() => true, () => false);

for (
  const [shard, env, message] of [
    ["5/4", {}, /--shard must be i\/n with i from 1 to n .*, got "5\/4"/],
    ["0/4", {}, /--shard must be i\/n with i from 1 to n .*, got "0\/4"/],
    ["auto", {}, /--shard auto must be started by a scheduler .*, got none of them \(use --shard i\/n\)/],
    ["auto", { JOB_COMPLETION_INDEX: "1" }, /JOB_COMPLETION_INDEX must come with the number of shards/],
  ] as const
) {
  Deno.test(`sweep --shard ${shard} with ${JSON.stringify(env)} exits 2 with one sentence, and writes nothing`, async () => {
    await withRunsFolder(async (runs) => {
      const { code, stdout, stderr } = await runProgram("sweep", [
        ...SWEEP,
        ...PINNED,
        "--shard",
        shard,
        "--runs",
        runs,
      ], env);
      equal(code, 2, stderr);
      equal(stdout, "");
      match(stderr, message);
      equal(stderr.trim().split("\n").length, 1);
      ok(!await isThere(runs));
    });
  });
}

Deno.test("sweep --shard runs its part of the trials, and all shards together what one process runs", async () => {
  await withRunsFolder(async (runs) => {
    const run = (folder: string, ...more: string[]) =>
      runProgram("sweep", [...SWEEP, ...PINNED, "--runs", `${runs}/${folder}`, ...more]);
    const first = await run("1", "--shard", "1/3");
    equal(first.code, 0, first.stderr);
    match(first.stdout, /^shard 1\/3: 2 of 4 trials$/m);
    for (const shard of [2, 3]) equal((await run(`${shard}`, "--shard", `${shard}/3`)).code, 0);
    equal((await run("whole")).code, 0);
    const shards = [1, 2, 3].map((shard) => `${ROOT}${runs}/${shard}`);
    const counts = await Promise.all(shards.map(async (shard) => (await sweepResults([shard], NAME)).length));
    deepEqual(counts, [2, 1, 1]);
    const results = await sweepResults(shards, NAME);
    ok(results.every(({ weights }) => weights !== undefined), "each trial has the weights of its model");
    deepEqual(results, await sweepResults([`${ROOT}${runs}/whole`], NAME));
  });
});

Deno.test("sweep --shard without trials says so and exits 0; a shard of another number in the same folder is noticed", async () => {
  await withRunsFolder(async (runs) => {
    const run = (shard: string) =>
      runProgram("sweep", [...SWEEP, ...PINNED, "--runs", runs, "--shard", shard]);
    const empty = await run("5/5");
    equal(empty.code, 0, empty.stderr);
    match(empty.stdout, /^shard 5\/5: none of 4 trials, as there are more shards than trials$/m);
    const other = await run("6/6");
    equal(other.code, 0, other.stderr);
    match(
      other.stdout + other.stderr,
      /this folder has results of 5\/5, too: shards of 6 deal the trials out differently/,
    );
  });
});

Deno.test("sweep --emit prints a file that contains the options, and runs and writes nothing", async () => {
  await withRunsFolder(async (runs) => {
    const args = [...SWEEP, "--threads", "1", "--runs", runs, "--emit", "slurm", "--shards", "2"];
    const { code, stdout, stderr } = await runProgram("sweep", args);
    equal(code, 0, stderr);
    match(stdout, /^#!\/bin\/bash\n# The sweep of glyphs-dae: 4 trials in 2 shards\. Made by\n/);
    match(
      stdout,
      /\ndeno task -q sweep pipelines\/glyphs-dae\.ts .* --threads 1 --shard "\$shard\/2" --runs "\$folder\/\$shard" --ui plain &\n/,
    );
    ok(!await isThere(runs));
  });
});

for (
  const [args, message] of [
    [["--emit", "lsf"], /--emit .*slurm, k8s, github, gitlab/],
    [["--emit", "github", "--shards", "300"], /--shards must be at most 4, the number of trials, got 300/],
    [["--emit", "slurm", "--shard", "1/2"], /--shard must not be used with --emit/],
    [["--shards", "2"], /--shards must be used with --emit/],
  ] as const
) {
  Deno.test(`sweep ${args.join(" ")} exits 2 and says what is wrong`, async () => {
    const { code, stdout, stderr } = await runProgram("sweep", [...SWEEP, ...args]);
    equal(code, 2, stderr);
    equal(stdout, "");
    match(stderr, message);
  });
}

Deno.test("sweep --shard and --emit refuse trials that depend on results, and name the remedy", async () => {
  const tpe = [
    FILE,
    "--sweep",
    "train.optimizer.learningRate=logUniform(1e-4,1e-1)",
    "--trials",
    "4",
    "--sampler",
    "tpe",
    ...["--metric", "evaluate.mse"],
  ];
  for (const option of [["--shard", "1/2"], ["--emit", "slurm"]]) {
    const { code, stderr } = await runProgram("sweep", [...tpe, ...SHORT, ...option]);
    equal(code, 2, stderr);
    match(stderr, new RegExp(`${option[0]} must not be used with the sampler tpe, .*one --runs folder`));
  }
});
