import { deepStrictEqual as deepEqual, ok, strictEqual as equal, throws } from "node:assert/strict";
import { UsageError } from "../../src/core/errors.ts";
import { ENVIRONMENTS, shardOfEnvironment, type Variables } from "../../src/sweep/shards/environments.ts";

const array = (id: number, count: number, [min, max, step]: [number, number, number]): Variables => ({
  SLURM_ARRAY_TASK_ID: `${id}`,
  SLURM_ARRAY_TASK_COUNT: `${count}`,
  SLURM_ARRAY_TASK_MIN: `${min}`,
  SLURM_ARRAY_TASK_MAX: `${max}`,
  SLURM_ARRAY_TASK_STEP: `${step}`,
  // Every batch script has this one.
  SLURM_PROCID: "0",
});
const step = (task: number, tasks: number): Variables => ({
  SLURM_PROCID: `${task}`,
  SLURM_NTASKS: `${tasks}`,
  SLURM_STEP_ID: "0",
});

/** Each environment in the first, a middle and the last of its processes, and what is wrong where its number is missing. */
const CASES = {
  slurmArray: {
    shards: [
      [array(1, 8, [1, 8, 1]), "1/8"],
      [array(8, 8, [1, 8, 1]), "8/8"],
      [array(0, 4, [0, 3, 1]), "1/4"],
      [array(6, 4, [2, 8, 2]), "3/4"],
      [array(7, 3, [1, 7, 3]), "3/3"],
      [array(1, 1, [1, 1, 1]), "1/1"],
    ],
    alone: [array(2, 8, [1, 8, 1]), "SLURM_ARRAY_TASK_COUNT"],
  },
  slurmTasks: {
    shards: [[step(0, 4), "1/4"], [step(2, 4), "3/4"], [step(3, 4), "4/4"], [step(0, 1), "1/1"]],
    alone: [step(0, 4), "SLURM_NTASKS"],
  },
  kubernetes: {
    shards: [
      [{ JOB_COMPLETION_INDEX: "0", HOURGLASS_SHARD_COUNT: "5" }, "1/5"],
      [{ JOB_COMPLETION_INDEX: "4", HOURGLASS_SHARD_COUNT: "5" }, "5/5"],
    ],
    alone: [{ JOB_COMPLETION_INDEX: "0" }, "HOURGLASS_SHARD_COUNT"],
  },
  awsBatch: {
    shards: [
      [{ AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "10" }, "1/10"],
      [{ AWS_BATCH_JOB_ARRAY_INDEX: "9", AWS_BATCH_JOB_ARRAY_SIZE: "10" }, "10/10"],
      [{ AWS_BATCH_JOB_ARRAY_INDEX: "9", HOURGLASS_SHARD_COUNT: "10" }, "10/10"],
    ],
    alone: [{ AWS_BATCH_JOB_ARRAY_INDEX: "0" }, "AWS_BATCH_JOB_ARRAY_SIZE"],
  },
  gitlab: {
    shards: [[{ CI_NODE_INDEX: "1", CI_NODE_TOTAL: "3" }, "1/3"], [{
      CI_NODE_INDEX: "3",
      CI_NODE_TOTAL: "3",
    }, "3/3"]],
    alone: [{ CI_NODE_INDEX: "1" }, "CI_NODE_TOTAL"],
  },
  buildkite: {
    shards: [
      [{ BUILDKITE_PARALLEL_JOB: "0", BUILDKITE_PARALLEL_JOB_COUNT: "3" }, "1/3"],
      [{ BUILDKITE_PARALLEL_JOB: "2", BUILDKITE_PARALLEL_JOB_COUNT: "3" }, "3/3"],
    ],
    alone: [{ BUILDKITE_PARALLEL_JOB: "0" }, "BUILDKITE_PARALLEL_JOB_COUNT"],
  },
  circleci: {
    shards: [[{ CIRCLE_NODE_INDEX: "0", CIRCLE_NODE_TOTAL: "4" }, "1/4"], [{
      CIRCLE_NODE_INDEX: "3",
      CIRCLE_NODE_TOTAL: "4",
    }, "4/4"]],
    alone: [{ CIRCLE_NODE_INDEX: "0" }, "CIRCLE_NODE_TOTAL"],
  },
  variables: {
    shards: [
      [{ HOURGLASS_SHARD_INDEX: "0", HOURGLASS_SHARD_COUNT: "2" }, "1/2"],
      [{ HOURGLASS_SHARD_INDEX: "1", HOURGLASS_SHARD_COUNT: "2" }, "2/2"],
    ],
    alone: [{ HOURGLASS_SHARD_INDEX: "0" }, "HOURGLASS_SHARD_COUNT"],
  },
} as const satisfies Record<
  keyof typeof ENVIRONMENTS,
  { shards: readonly (readonly [Variables, string])[]; alone: readonly [Variables, string] }
>;

for (const [kind, { shards, alone: [variables, count] }] of Object.entries(CASES)) {
  const { title } = ENVIRONMENTS[kind as keyof typeof ENVIRONMENTS];
  Deno.test(`shardOfEnvironment() finds the shard of each process: ${title}`, () => {
    for (const [env, expected] of shards) {
      const shard = shardOfEnvironment(env);
      equal(`${shard.index}/${shard.count}`, expected, JSON.stringify(env));
      ok(shard.from.startsWith(`${title}, `), shard.from);
    }
  });

  Deno.test(`shardOfEnvironment() refuses an index without the number of shards: ${title}`, () => {
    const { [count]: _, ...rest } = { ...variables as Variables, [count]: undefined };
    throws(() => shardOfEnvironment(rest), (thrown: Error) => {
      ok(thrown instanceof UsageError);
      ok(
        thrown.message.startsWith(`${title}: `) &&
          thrown.message.includes("must come with the number of shards"),
        thrown.message,
      );
      return true;
    });
  });

  Deno.test(`shardOfEnvironment() refuses numbers that are none, and an index beyond the number: ${title}`, () => {
    const [env] = shards.at(-1)!;
    const { index } = ENVIRONMENTS[kind as keyof typeof ENVIRONMENTS];
    for (const wrong of ["-1", "1e3", "two", "0x1", "9".repeat(20)]) {
      throws(
        () => shardOfEnvironment({ ...env, [index]: wrong }),
        new RegExp(`^UsageError: ${title}: ${index} must be a whole number, got "`),
      );
    }
    throws(
      () => shardOfEnvironment({ ...env, [index]: "999" }),
      kind === "slurmArray" ? /--array must be one range/ : /must be from \d to \d+, as .* got 999/,
    );
  });
}

for (
  const [list, env] of [
    ["1,3,7", array(3, 3, [1, 7, 1])],
    ["1,3,5", array(5, 3, [1, 5, 1])],
    ["0,1,4", array(0, 3, [0, 4, 1])],
    ["0-2:2,3,4", array(3, 4, [0, 4, 2])],
    ["1-5:2,6", array(6, 4, [1, 6, 2])],
  ] as const
) {
  // The variables are those that Slurm 22.05 sets.
  Deno.test(`shardOfEnvironment() refuses --array=${list}, as a task cannot see which numbers are in a list`, () => {
    throws(() => shardOfEnvironment(env), /--array must be one range such as 1-8 or 2-8:2, got a list of \d/);
  });
}

Deno.test("shardOfEnvironment() refuses a single task of a higher number: a part of an array that was submitted again", () => {
  throws(() => shardOfEnvironment(array(3, 1, [3, 3, 1])), /got only 3 .*--shard \$SLURM_ARRAY_TASK_ID\/N/);
});

Deno.test("shardOfEnvironment() does not take a batch script for a Slurm task", () => {
  const { SLURM_STEP_ID: _, ...batch } = step(0, 4);
  throws(() => shardOfEnvironment(batch), /--shard auto must be started by a scheduler/);
});

Deno.test("shardOfEnvironment() refuses two environments of several processes, and names both", () => {
  throws(
    () => shardOfEnvironment({ ...array(2, 8, [1, 8, 1]), ...step(1, 4) }),
    {
      message: "--shard auto must find one environment, got Slurm array, SLURM_ARRAY_TASK_ID=2 and " +
        "Slurm tasks, SLURM_PROCID=1 (set HOURGLASS_SHARD_INDEX and HOURGLASS_SHARD_COUNT, or use --shard i/n)",
    },
  );
});

Deno.test("shardOfEnvironment() passes over an environment of one process: srun of one task in an array", () => {
  const { index, count, from } = shardOfEnvironment({ ...array(2, 8, [1, 8, 1]), ...step(0, 1) });
  deepEqual([index, count, from], [2, 8, "Slurm array, SLURM_ARRAY_TASK_ID=2"]);
});

Deno.test("shardOfEnvironment() takes its own variables before those of a scheduler, even where these are wrong", () => {
  const own = { HOURGLASS_SHARD_INDEX: "5", HOURGLASS_SHARD_COUNT: "32" };
  const { index, count } = shardOfEnvironment({ ...array(3, 3, [1, 7, 1]), ...step(1, 4), ...own });
  deepEqual([index, count], [6, 32]);
});

Deno.test("shardOfEnvironment() takes an empty variable for one that is not set, and a total without an index for nothing", () => {
  // GitLab sets CI_NODE_TOTAL=1 in jobs without `parallel`.
  for (
    const env of [{}, { CI_NODE_TOTAL: "1" }, { CI_NODE_INDEX: "", CI_NODE_TOTAL: "4" }, {
      HOURGLASS_SHARD_COUNT: "4",
    }]
  ) {
    throws(() => shardOfEnvironment(env), /got none of them \(use --shard i\/n\)/);
  }
});
