import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { slurmScript } from "../../../src/sweep/emit/slurm.ts";
import type { SweepJob } from "../../../src/sweep/emit/sweep_job.ts";
import {
  bash,
  callsIn,
  JOB,
  RECORDS_WORDS,
  recordsWords,
  TRICKY_JOB,
  withPrograms,
} from "../../support/emitted.ts";
import { isInstalled } from "../../support/installed.ts";
import { type Outcome, outcomeOf } from "../../support/program.ts";
import { until } from "../../support/until.ts";

/** Jobs of all kinds of words and names. */
const JOBS = [JOB, TRICKY_JOB, { ...JOB, shards: 1, runs: "/scratch/my runs", folder: "größe~1a2b" }];
const hasShellcheck = await isInstalled("shellcheck");
const TASK = { SLURM_ARRAY_TASK_ID: "3", SLURM_ARRAY_JOB_ID: "41" };

/** A sweep that says when it has started, and ends by a signal with the code of a run. */
const STOPPABLE = `
${RECORDS_WORDS}
trap 'sleep 0.2; exit 124' USR1
trap 'sleep 0.2; exit 143' TERM
touch "$(dirname "$0")/started"
for _ in {1..1200}; do sleep 0.05; done
`;

/** The same, with an end that takes until all signals are sent. */
const SLOW = `
${RECORDS_WORDS}
folder="$(dirname "$0")"
ending() {
  touch "$folder/caught"
  for _ in {1..1200}; do
    [ -e "$folder/sent" ] && sleep 0.2 && exit 124
    sleep 0.05
  done
  exit 1
}
trap ending USR1
trap '' TERM
touch "$folder/started"
for _ in {1..1200}; do sleep 0.05; done
`;

interface Ran extends Outcome {
  readonly calls: string[][];
  readonly requeued: string[][];
}

/** Runs a script as Slurm would, with stand-ins for deno and scontrol; it gets `signals` when the sweep has started. */
async function runScript(
  job: SweepJob,
  { deno, env = {}, args = [], signals = [] }: {
    deno: string;
    env?: Record<string, string>;
    args?: readonly string[];
    signals?: readonly Deno.Signal[];
  },
): Promise<Ran> {
  let ran: Ran | undefined;
  await withPrograms({ deno, scontrol: recordsWords("requeued") }, async (folder) => {
    await Deno.writeTextFile(`${folder}/script`, slurmScript(job));
    const script = bash(folder, ["script", ...args], { ...TASK, ...env });
    if (signals.length > 0) await made(folder, "started");
    for (const [place, signal] of signals.entries()) {
      if (place > 0) await made(folder, "caught");
      // Of signals that arrive together, bash runs one trap.
      if (place > 0) await new Promise((resolve) => setTimeout(resolve, 150));
      script.kill(signal);
    }
    await Deno.writeTextFile(`${folder}/sent`, "");
    const outcome = await outcomeOf(script);
    ran = { ...outcome, calls: await callsIn(folder), requeued: await callsIn(folder, "requeued") };
  });
  return ran!;
}

/** Waits for a file that a stand-in makes. */
const made = (folder: string, file: string) =>
  until(() => Deno.stat(`${folder}/${file}`).then(() => true, () => false), `the file ${file} of a stand-in`);

Deno.test("slurmScript() is a script that bash accepts, whatever is in the words and the name", async () => {
  for (const job of JOBS) {
    await withPrograms({}, async (folder) => {
      await Deno.writeTextFile(`${folder}/script`, slurmScript(job));
      const { code, stderr } = await outcomeOf(bash(folder, ["-n", "script"]));
      equal(code, 0, stderr);
    });
  }
});

Deno.test({
  name: "slurmScript() is a script without a warning of shellcheck (needs shellcheck)",
  ignore: !hasShellcheck,
  async fn() {
    for (const job of JOBS) {
      await withPrograms({}, async (folder) => {
        await Deno.writeTextFile(`${folder}/script`, slurmScript(job));
        const checked = await new Deno.Command("shellcheck", {
          args: ["--severity=warning", `${folder}/script`],
        }).output();
        equal(checked.code, 0, new TextDecoder().decode(checked.stdout));
      });
    }
  },
});

Deno.test("slurmScript() asks for an array with a task for each shard, a warning before the limit, requeues, and one log", () => {
  const options = slurmScript(JOB).split("\n").filter((line) => line.startsWith("#SBATCH"));
  deepEqual(options, [
    "#SBATCH --job-name=glyphs-dae-sweep",
    "#SBATCH --array=1-8",
    "#SBATCH --time=08:00:00",
    "#SBATCH --cpus-per-task=2",
    "#SBATCH --mem=4G",
    "#SBATCH --signal=B:USR1@120",
    "#SBATCH --requeue",
    "#SBATCH --open-mode=append",
    "#SBATCH --output=%x-%A_%a.log",
  ]);
  // Slurm reads options only up to the first command.
  const lines = slurmScript(TRICKY_JOB).split("\n"), first = lines.findIndex((line) => /^[^#\s]/.test(line));
  ok(lines.slice(first).every((line) => !line.startsWith("#SBATCH")));
  match(lines[first], /^set -u$/);
});

Deno.test("slurmScript() starts the shard of its task, in a folder of its own below the one that it is given", async () => {
  const { code, stderr, calls, requeued } = await runScript(TRICKY_JOB, {
    deno: RECORDS_WORDS,
    args: ["/shared/x y"],
  });
  equal(code, 0, stderr);
  deepEqual(calls, [[
    ...["task", "-q", "sweep", ...TRICKY_JOB.words],
    ...["--shard", "3/8", "--runs", "/shared/x y/3", "--ui", "plain"],
  ]]);
  deepEqual(requeued, []);
  const own = await runScript(JOB, { deno: RECORDS_WORDS });
  deepEqual(own.calls[0].slice(-4), ["--runs", "runs/glyphs-dae.shards/3", "--ui", "plain"]);
});

for (const code of [0, 1, 2, 4]) {
  Deno.test(`slurmScript() ends with the sweep's exit code ${code}`, async () => {
    const ran = await runScript(JOB, { deno: `${RECORDS_WORDS}; exit ${code}` });
    equal(ran.code, code, ran.stderr);
    deepEqual(ran.requeued, []);
  });
}

Deno.test("slurmScript() passes USR1 on, waits for the checkpoint, and puts the task back into the queue", async () => {
  const { code, stdout, stderr, requeued } = await runScript(JOB, { deno: STOPPABLE, signals: ["SIGUSR1"] });
  equal(code, 124, stderr);
  deepEqual(requeued, [["requeue", "41_3"]]);
  equal(stdout, "shard 3 stopped with a checkpoint and goes back to the queue\n");
});

Deno.test("slurmScript() passes TERM on and leaves requeuing to Slurm, which preempts or cancels the task", async () => {
  const { code, stderr, requeued } = await runScript(JOB, { deno: STOPPABLE, signals: ["SIGTERM"] });
  equal(code, 143, stderr);
  deepEqual(requeued, []);
});

Deno.test("slurmScript() waits for the end through several signals", async () => {
  const { code } = await runScript(JOB, {
    deno: SLOW,
    signals: ["SIGUSR1", "SIGTERM", "SIGUSR1"],
  });
  equal(code, 124);
});

Deno.test("slurmScript() requeues no more after a hundred restarts", async () => {
  const env = { SLURM_RESTART_COUNT: "100" };
  const { code, stderr, requeued } = await runScript(JOB, { deno: STOPPABLE, env, signals: ["SIGUSR1"] });
  equal(code, 124);
  deepEqual(requeued, []);
  match(stderr, /was restarted 100 times already: submit it again/);
});
