import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { GLYPHS, glyphsArguments } from "../support/glyphs_run.ts";
import {
  onlyRun,
  type Outcome,
  outcomeOf,
  readJson,
  ROOT,
  runProgram,
  taskArguments,
  withRunsFolder,
} from "../support/program.ts";
import { resultOf } from "../support/run_result.ts";
import { until } from "../support/until.ts";
import { hasMpirun, mpirun } from "./mpirun.ts";

const RUN = taskArguments("run");

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !hasMpirun(), fn });
}

/** Runs `ranks` ranks to their end. */
function train(ranks: number, args: readonly string[], env?: Record<string, string>): Promise<Outcome> {
  return outcomeOf(mpirun(ranks, [...RUN, ...args], { env }));
}

/** What a run has computed: its files, metrics and events, but not by which processes. */
function computed(folder: string) {
  const { files, metrics, events } = resultOf(folder);
  return { files, metrics, events: events.filter((event) => !event.startsWith('{"type":"run"')) };
}

/** Settings by which much is decided from summed values: clipping, averages, a validation loss, a short last batch. */
const DECIDING = [
  ...[
    "train.batchSize=45",
    "train.clipNorm=0.5",
    "train.ema=0.9",
    "train.validationShare=0.2",
    "train.patience=4",
  ],
  "train.epochs=30",
];

test("run trains by 2 and by 4 ranks to the same bits as in one process, with a short last batch", async () => {
  await withRunsFolder(async (runs) => {
    const args = (name: string) => glyphsArguments(`${runs}/${name}`, ...DECIDING, "train.parts=4");
    const alone = await runProgram("run", args("1"));
    equal(alone.code, 0, alone.stderr);
    const expected = computed(onlyRun(`${runs}/1`, GLYPHS));
    for (const ranks of [2, 4]) {
      const { code, stderr } = await train(ranks, args(String(ranks)));
      equal(code, 0, stderr);
      deepEqual(computed(onlyRun(`${runs}/${ranks}`, GLYPHS)), expected);
    }
  });
});

test("run of several ranks writes no escapes into a pipe, though its launcher gives them a terminal", async () => {
  await withRunsFolder(async (runs) => {
    const env = { NO_COLOR: "", TERM: "xterm-256color" };
    const args = glyphsArguments(`${runs}/made`, "train.parts=2", "train.epochs=2");
    const { code, stdout, stderr } = await train(2, args, env);
    equal(code, 0, stderr);
    match(stdout, /artifacts {2}\d+ files/);
    equal((stdout + stderr).includes("\x1b"), false, stdout + stderr);
  });
});

test("run trains by 2 and by 4 ranks with the native engine to the bits of one process", async () => {
  await withRunsFolder(async (runs) => {
    const args = (name: string, threads: number) => [
      ...["tests/mpi/wide.ts", "--runs", `${runs}/${name}`, "--engine", "native"],
      ...["--threads", String(threads), "--ui", "plain", "--no-report", "--set", "train.parts=4"],
    ];
    for (const [ranks, threads] of [[4, 1], [2, 2]]) {
      equal((await runProgram("run", args(`1-${threads}`, threads))).code, 0);
      const { code, stdout, stderr } = await train(ranks, args(String(ranks), threads));
      equal(code, 0, stderr);
      match(stdout, new RegExp(`^wide {2}4 stages {2}seed 5 {2}native, ${threads} threads?, ${ranks} ranks`));
      deepEqual(
        computed(onlyRun(`${runs}/${ranks}`, "wide")),
        computed(onlyRun(`${runs}/1-${threads}`, "wide")),
      );
    }
  });
});

test("run of 4 ranks finds where a training diverged as one process does", async () => {
  await withRunsFolder(async (runs) => {
    const args = (name: string) =>
      glyphsArguments(`${runs}/${name}`, "train.parts=4", "train.optimizer.learningRate=1e30");
    const alone = await runProgram("run", args("1")), together = await train(4, args("4"));
    const [one, four] = ["1", "4"].map((name) => readJson(`${onlyRun(`${runs}/${name}`, GLYPHS)}/run.json`));
    equal(alone.code, 1, alone.stderr);
    equal(together.code, 1, together.stderr);
    match(one.reason, /the first number that is not finite is in /);
    equal(four.reason, one.reason);
  });
});

test("run by ranks takes the stages that they share from the cache when only a later one has changed", async () => {
  await withRunsFolder(async (runs) => {
    const args = (draws: number) =>
      glyphsArguments(runs, "train.epochs=5", "train.parts=2", `evaluate.draws=${draws}`);
    const first = await train(2, args(2));
    equal(first.code, 0, first.stderr);
    const again = await train(2, args(3));
    equal(again.code, 0, again.stdout + again.stderr);
    match(again.stdout, /train .*cached from /);
  });
});

/** The processes of the ranks of a run, by rank: found by their environment. */
function processesOf(runs: string): Map<number, number> {
  const found = new Map<number, number>();
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const read = (file: string) => Deno.readTextFileSync(`/proc/${name}/${file}`).split("\0");
      if (!read("cmdline").includes(runs) || read("cmdline")[0].includes("mpirun")) continue;
      const rank = read("environ").find((line) => line.startsWith("OMPI_COMM_WORLD_RANK="));
      if (rank !== undefined) found.set(Number(rank.split("=")[1]), Number(name));
    } catch {
      // It has ended.
    }
  }
  return found;
}

/** A training of a second or two that is long enough to be cut off. */
const LONG = ["train.epochs=200", "train.repeats=64"];

/** A training that no machine ends before it is cut off. */
const ENDLESS = ["train.epochs=6000", "train.repeats=64"];

/** Starts ranks, and calls back once they have a checkpoint. */
async function cutOff(
  runs: string,
  cut: (process: Deno.ChildProcess) => void,
  options: readonly string[] = [],
  settings: readonly string[] = LONG,
): Promise<Outcome> {
  const process = mpirun(4, [...RUN, ...glyphsArguments(runs, ...settings, "train.parts=4")], { options });
  await untilCheckpoint(runs);
  cut(process);
  return await outcomeOf(process);
}

/** Waits until the one run under a root has a checkpoint: long, as 4 ranks may start on one core. */
async function untilCheckpoint(runs: string): Promise<void> {
  const isThere = () => {
    try {
      return Deno.statSync(`${onlyRun(runs, GLYPHS)}/checkpoints/train.last.safetensors`).isFile;
    } catch {
      // Not there yet.
      return false;
    }
  };
  await until(isThere, `a checkpoint in ${runs}`, { seconds: 120 });
}

/** The result of the long training in one process. */
async function uncut(runs: string) {
  const { code, stderr } = await runProgram(
    "run",
    glyphsArguments(`${runs}/uncut`, ...LONG, "train.parts=4"),
  );
  equal(code, 0, stderr);
  return computed(onlyRun(`${runs}/uncut`, GLYPHS));
}

test("run names a rank that was killed, and resumes to the bits of a run that was not, also by fewer ranks", async () => {
  await withRunsFolder(async (runs) => {
    const killed = `${runs}/killed`;
    const kill = () => Deno.kill(processesOf(killed).get(2)!, "SIGKILL");
    const { code } = await cutOff(killed, kill, ["--mca", "odls_base_sigkill_timeout", "6"]);
    equal(code, 137);
    const folder = onlyRun(killed, GLYPHS), { status, exitCode, reason } = readJson(`${folder}/run.json`);
    deepEqual([status, exitCode], ["failed", 1]);
    match(reason, /^rank 2 of 4 \(process \d+ on .*\) has ended: resume with --resume auto$/);
    const args = [...glyphsArguments(killed, ...LONG, "train.parts=4"), "--resume", "auto"];
    const resumed = await train(2, args);
    equal(resumed.code, 0, resumed.stderr);
    match(resumed.stdout, /resumes from train, epoch \d+/);
    deepEqual(computed(folder), await uncut(runs));
  });
});

test("run leaves a run whose rank 0 was killed as one that has crashed", async () => {
  await withRunsFolder(async (runs) => {
    const { code } = await cutOff(runs, () => Deno.kill(processesOf(runs).get(0)!, "SIGKILL"), [], ENDLESS);
    equal(code, 137);
    equal(readJson(`${onlyRun(runs, GLYPHS)}/run.json`).status, "running");
    const listed = await runProgram("runs", ["--runs", runs]);
    match(listed.stdout, /crashed/);
  });
});

test("run ends when a rank hangs, where HOURGLASS_RANK_TIMEOUT limits the time to wait for it", async () => {
  await withRunsFolder(async (runs) => {
    const hang = () => Deno.kill(processesOf(runs).get(2)!, "SIGSTOP");
    const { code } = await cutOff(runs, hang, ["-x", "HOURGLASS_RANK_TIMEOUT=3"], ENDLESS);
    equal(code, 1);
    const { status, exitCode, reason } = readJson(`${onlyRun(runs, GLYPHS)}/run.json`);
    deepEqual([status, exitCode], ["failed", 1]);
    match(
      reason,
      /^rank 0 got no answer from the other ranks for 3 s \(HOURGLASS_RANK_TIMEOUT\): .* \(ranks 0, 1, 2, 3\): resume with/,
    );
  });
});

test("run ends and names a rank with an error that nothing awaits", async () => {
  await withRunsFolder(async (runs) => {
    const args = ["tests/mpi/stray.ts", "--runs", runs, "--engine", "wasm", "--ui", "plain", "--no-report"];
    const { code, stdout, stderr } = await train(4, args);
    equal(code, 1, stdout + stderr);
    match(stderr, /^error: rank 2 on \S+: a stray error$/m);
  });
});

test("run stops all ranks at SIGUSR1 to mpirun with a checkpoint and exit code 124, and resumes", async () => {
  await withRunsFolder(async (runs) => {
    const stopped = `${runs}/stopped`;
    const { code } = await cutOff(stopped, (process) => process.kill("SIGUSR1"));
    equal(code, 124);
    const folder = onlyRun(stopped, GLYPHS), { status, reason } = readJson(`${folder}/run.json`);
    deepEqual([status, reason], ["stopped", "stopped by SIGUSR1: resume with --resume auto"]);
    const resumed = await train(4, [
      ...glyphsArguments(stopped, ...LONG, "train.parts=4"),
      "--resume",
      "auto",
    ]);
    equal(resumed.code, 0, resumed.stderr);
    deepEqual(computed(folder), await uncut(runs));
  });
});

test("run stops all ranks at SIGTERM to mpirun with a checkpoint, where mpirun leaves the time for it", async () => {
  await withRunsFolder(async (runs) => {
    const leave = ["--mca", "odls_base_sigkill_timeout", "6"];
    await cutOff(runs, (process) => process.kill("SIGTERM"), leave, ENDLESS);
    const { status, exitCode } = readJson(`${onlyRun(runs, GLYPHS)}/run.json`);
    deepEqual([status, exitCode], ["stopped", 143]);
  });
});

test("run says that another number of ranks starts over, unless the number of parts is the same", async () => {
  await withRunsFolder(async (runs) => {
    const args = glyphsArguments(runs, "train.epochs=200", "train.repeats=16");
    equal((await train(2, [...args, "--max-epochs", "5"])).code, 124);
    equal(Deno.readTextFileSync(`${onlyRun(runs, GLYPHS)}/events.jsonl`).match(/"type":"epoch"/g)?.length, 5);
    const { stdout } = await train(4, [...args, "--resume", "auto", "--max-epochs", "1"]);
    match(stdout, /starting over: train.parts 2 -> 4 changes what \S+ has computed/);
  });
});

/** The lines of an output that are not of mpirun itself. */
function own(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("error:"));
}

for (
  const [name, ranks, args, env, message] of [
    [
      "a number of parts that its ranks cannot share",
      3,
      ["pipelines/glyphs-dae.ts", "--set", "train.parts=4"],
      {},
      "error: train.parts must be the number of ranks times a power of two, got 4 for 3 ranks",
    ],
    [
      "a pipeline without a training",
      2,
      ["tests/mpi/no_training.ts"],
      {},
      "error: a pipeline for 2 ranks must have a stage that they can share (train), got none",
    ],
    [
      "a dashboard",
      2,
      ["pipelines/glyphs-dae.ts", "--ui", "tui"],
      {},
      'error: a dashboard needs a terminal of its own, got "--ui tui" under mpirun or srun (attach one with the task "monitor")',
    ],
    [
      "a time limit that is no number",
      2,
      ["pipelines/glyphs-dae.ts"],
      { HOURGLASS_RANK_TIMEOUT: "soon" },
      'error: HOURGLASS_RANK_TIMEOUT must be a number of seconds above 0, got "soon"',
    ],
    [
      "ranks without the library of Open MPI",
      4,
      ["pipelines/glyphs-dae.ts"],
      { HOURGLASS_MPI: "/nowhere/libmpi.so.40" },
      "error: training on several processes needs the library of Open MPI 4 or 5, got none at /nowhere/libmpi.so.40 " +
      '(install Open MPI, as in "apt install openmpi-bin", or set HOURGLASS_MPI to its libmpi)',
    ],
  ] as const
) {
  test(`run refuses ${name} in one line, and writes nothing`, async () => {
    await withRunsFolder(async (runs) => {
      const { code, stderr } = await train(ranks, [...args, "--runs", runs], env);
      equal(code, 2, stderr);
      deepEqual(own(stderr), [message]);
      ok(![...Deno.readDirSync(`${ROOT}runs`)].some(({ name }) => `runs/${name}` === runs));
    });
  });
}

test("run names a rank whose pipeline is another one, and one that has none", async () => {
  await withRunsFolder(async (runs) => {
    const second = (file: string) => [
      ...[...RUN, "pipelines/glyphs-dae.ts", "--runs", runs, "--ui", "plain", ":", "-n", "1"],
      ...[Deno.execPath(), ...RUN, file, "--runs", runs],
    ];
    const other = await outcomeOf(mpirun(1, second("pipelines/glyphs-ae.ts")));
    equal(other.code, 1);
    match(other.stdout, /failed .*rank 1 on \S+: the pipeline must /);
    const none = await outcomeOf(mpirun(1, second("pipelines/nowhere.ts")));
    equal(none.code, 1);
    match(
      none.stdout,
      /failed .*rank 1 on \S+: pipelines\/nowhere.ts must be a file, got a path that does not exist/,
    );
  });
});
