import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { ROOT } from "../support/program.ts";
import { type Slurm, untilIdle, withSlurm } from "../support/slurm.ts";
import { until } from "../support/until.ts";
import { sweepResults } from "../support/sweep_results.ts";

const FILE = "tests/fixtures/slurm_sweep.ts", NAME = "slurm-sweep";
const SHARDS = 8;
/** On one machine and on Slurm the same, as bits depend on it. */
const PINNED = ["--threads", "1"];

/** Runs a task of this project to its end, as a person does. */
async function deno(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Submits the emitted script and returns the id of its job. */
async function submit(slurm: Slurm, folder: string): Promise<string> {
  const emitted = await deno(["sweep", FILE, ...PINNED, "--emit", "slurm", "--shards", String(SHARDS)]);
  equal(emitted.code, 0, emitted.stderr);
  await Deno.writeTextFile(`${folder}/script`, emitted.stdout);
  const path = `${Deno.execPath().replace(/\/[^/]*$/, "")}:${slurm.env.PATH}`;
  return (await slurm.call(
    "sbatch",
    ...["--parsable", `--chdir=${ROOT}`, `--output=${folder}/log-%a`, `--export=ALL,PATH=${path},NO_COLOR=1`],
    ...["--time=20", "--mem=200", "--cpus-per-task=1", `${folder}/script`, `${folder}/shards`],
  )).trim();
}

/** How many epochs the first run of a shard has logged. */
function epochsOf(folder: string, shard: number): number {
  try {
    const parent = `${folder}/shards/${shard}/${NAME}`;
    const [{ name }] = [...Deno.readDirSync(parent)].filter(({ name }) => !name.startsWith("."));
    return Deno.readTextFileSync(`${parent}/${name}/events.jsonl`).split('"type":"epoch"').length - 1;
  } catch {
    // It has not started.
    return 0;
  }
}

/** A shard that is in the middle of a training, other than those given. */
async function trainingShard(folder: string, others: readonly number[]): Promise<number> {
  let chosen: number | undefined;
  await until(
    () => {
      chosen = Array.from({ length: SHARDS }, (_, place) => place + 1).find((shard) => {
        const epochs = epochsOf(folder, shard);
        return !others.includes(shard) && epochs > 100 && epochs < 1700;
      });
      return chosen !== undefined;
    },
    "a shard in the middle of a training",
    { seconds: 120, every: 100, explain: () => allLogs(folder) },
  );
  return chosen!;
}

Deno.test("an emitted array on Slurm, with a task preempted, one out of time and one failing, gives the bits of one machine", () =>
  withSlurm(async (slurm) => {
    const folder = await Deno.makeTempDir({ prefix: "slurm-sweep-" });
    try {
      const job = await submit(slurm, folder);
      const preempted = await trainingShard(folder, []);
      await slurm.call("scontrol", "requeue", `${job}_${preempted}`);
      const outOfTime = await trainingShard(folder, [preempted]);
      await slurm.call("scancel", "--signal=USR1", "--batch", `${job}_${outOfTime}`);
      await untilIdle(slurm, { seconds: 300, explain: () => allLogs(folder) });
      await checkTasks(slurm, job, { folder, preempted, outOfTime });
      await checkResults(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));

async function allLogs(folder: string): Promise<string> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    name.startsWith("log-")
  );
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(`${folder}/${name}`)));
  return names.map((name, at) => `${name}:\n${texts[at]}`).join("\n");
}

/** Every task has ended, two of them after a restart, and one with exit code 4. */
async function checkTasks(
  slurm: Slurm,
  job: string,
  { folder, preempted, outOfTime }: { folder: string; preempted: number; outOfTime: number },
): Promise<void> {
  const tasks = await slurm.tasks(job), logs = await allLogs(folder);
  deepEqual([...tasks.keys()].toSorted((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8]);
  const codes = [...tasks.values()].map(({ ExitCode }) => ExitCode).toSorted();
  deepEqual(codes, [...Array(SHARDS - 1).fill("0:0"), "4:0"], logs);
  for (const [task, { Restarts }] of tasks) {
    equal(Restarts, [preempted, outOfTime].includes(task) ? "1" : "0", `task ${task}\n${logs}`);
  }
  const log = (task: number) => Deno.readTextFileSync(`${folder}/log-${task}`);
  match(log(outOfTime), /goes back to the queue/);
  ok(!log(preempted).includes("goes back to the queue"));
  for (const task of [preempted, outOfTime]) {
    equal(log(task).match(new RegExp(`^shard ${task}/${SHARDS}: `, "gm"))?.length, 2, log(task));
  }
}

/** The merged shards, and the same sweep in one process, have the same results and weights. */
async function checkResults(folder: string): Promise<void> {
  const shards = Array.from({ length: SHARDS }, (_, place) => `${folder}/shards/${place + 1}`);
  const merged = await deno(["merge", ...shards, "--out", `${folder}/merged`]);
  equal(merged.code, 4, merged.stderr);
  match(merged.stdout, /10 trials, 9 complete, 1 failed/);
  const alone = await deno(["sweep", FILE, ...PINNED, "--runs", `${folder}/alone`, "--ui", "plain"]);
  equal(alone.code, 4, alone.stderr);
  const onOne = await sweepResults([`${folder}/alone`], NAME), onSlurm = await sweepResults(shards, NAME);
  equal(onOne.length, 10);
  deepEqual(onSlurm, onOne);
  equal(onOne.filter(({ state }) => state === "complete").length, 9);
  ok(onOne.every(({ state, weights }) => (state === "complete") === (weights !== undefined)));
}
