/** Sweeps as a user runs them: in real processes, with real kills. */
import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import {
  onlyRun,
  outcomeOf,
  readJson,
  ROOT,
  runProgram,
  start,
  withRunsFolder,
} from "../../support/program.ts";
import { until } from "../../support/until.ts";
import { assertSameResult, resultOf } from "../../support/run_result.ts";

/** Small trainings: an epoch takes milliseconds. */
const SMALL = `
  import { adam, ae, evaluate, glyphs, load, pipeline, train } from "../../mod.ts";
  export default pipeline("small").pipe(load(glyphs()))
    .pipe(train(ae({ encoder: [35, 20], latent: 2, activation: "tanh" }), { optimizer: adam(), epochs: 20, repeats: 4, previews: false }))
    .pipe(evaluate({ splits: ["test"] }));`;

/** A stage of its own that counts its runs, takes a while, and fails as long as a file says so. */
const COUNTED = `
  import { glyphs, load, metric, pipeline, stage } from "../../mod.ts";
  const folder = new URL("./", import.meta.url).pathname;
  const append = (file: string, text: string) => Deno.writeTextFileSync(folder + file, text + "\\n", { append: true });
  const failures = () => { try { return Number(Deno.readTextFileSync(folder + "failures.txt")); } catch { return 0; } };
  const shared = stage({
    name: "shared", version: 1, inputs: [], outputs: ["shared"], options: { slow: 300 },
    async run(_inputs, { slow }) {
      append("shared.txt", "computed");
      await new Promise((resolve) => setTimeout(resolve, slow));
      return { outputs: { shared: Float32Array.of(1) } };
    },
  });
  const last = stage({
    name: "last", version: 1, inputs: ["shared"], outputs: [], options: { at: 0, fails: -1 },
    run({ shared }: { shared: Float32Array }, { at, fails }) {
      append("last.txt", String(at));
      const left = failures();
      if (at === fails && left > 0) {
        Deno.writeTextFileSync(folder + "failures.txt", String(left - 1));
        throw new Error("failed as it was asked to");
      }
      return Promise.resolve({ outputs: {}, metrics: { sum: metric(shared[0] + at, { unit: "score", direction: "lower" }) } });
    },
  });
  export default pipeline("counted").pipe(load(glyphs())).pipe(shared()).pipe(last());`;

/** A folder with a pipeline file, and the words of a sweep over it; \`made\` are its runs. */
async function withPipeline(
  text: string,
  use: (
    place: { folder: string; words: (...more: string[]) => string[]; lines: (file: string) => string[] },
  ) => Promise<void>,
): Promise<void> {
  await withRunsFolder(async (folder) => {
    await Deno.mkdir(`${ROOT}${folder}`, { recursive: true });
    await Deno.writeTextFile(`${ROOT}${folder}/own.ts`, text);
    await use({
      folder,
      words: (
        ...more
      ) => [`${folder}/own.ts`, "--runs", `${folder}/made`, "--engine", "wasm", "--ui", "plain", ...more],
      lines: (file) => linesOf(`${ROOT}${folder}/${file}`),
    });
  });
}

function linesOf(file: string): string[] {
  try {
    return Deno.readTextFileSync(file).trimEnd().split("\n");
  } catch {
    return [];
  }
}

/** The results of a sweep's trials by label and seed, without times and names of runs. */
function resultsOf(runs: string, pipeline: string): Record<string, unknown> {
  const sweep = onlyRun(runs, `${pipeline}.sweep`);
  const { trials } = readJson(`${sweep}/sweep.json`) as {
    trials: { id: string; label: string; seed: number }[];
  };
  return Object.fromEntries(trials.map(({ id, label, seed }) => {
    const { state, exitCode, attempts, metrics } = readJson(`${sweep}/trials/${id}.json`);
    const untimed = JSON.parse(
      JSON.stringify(metrics, (key, value) => /seconds|PerSecond/i.test(key) ? undefined : value),
    );
    return [`${label}, seed ${seed}`, { state, exitCode, attempts, metrics: untimed }];
  }));
}

/** The folders of all runs by their settings and seeds. */
function runsBySetting(runs: string, pipeline: string): Map<string, string> {
  const parent = `${ROOT}${runs}/${pipeline}`;
  return new Map(
    [...Deno.readDirSync(parent)].filter(({ name }) => !name.startsWith(".")).map(({ name }) => {
      const { overrides, seed } = readJson(`${parent}/${name}/run.json`);
      return [`${overrides.join(" ")} ${seed}`, `${parent}/${name}`];
    }),
  );
}

const GRID = ["--sweep", "train.optimizer.learningRate=1e-3,3e-3", "--sweep", "seed=1,2"];

Deno.test("sweep --jobs 2 computes the bits of a sweep that runs one trial after the other", () =>
  withPipeline(SMALL, async ({ folder, words }) => {
    const one = await runProgram("sweep", [...words(...GRID), "--runs", `${folder}/one`]);
    equal(one.code, 0, one.stderr);
    const two = await runProgram("sweep", [...words(...GRID), "--runs", `${folder}/two`, "--jobs", "2"]);
    equal(two.code, 0, two.stderr);
    deepEqual(resultsOf(`${folder}/two`, "small"), resultsOf(`${folder}/one`, "small"));
    const expected = runsBySetting(`${folder}/one`, "small"),
      actual = runsBySetting(`${folder}/two`, "small");
    deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
    for (const [setting, run] of actual) assertSameResult(resultOf(run), resultOf(expected.get(setting)!));
    const plans = ["one", "two"].map((name) => onlyRun(`${folder}/${name}`, "small.sweep"));
    const [first, second] = plans.map((plan) => Deno.readTextFileSync(`${plan}/sweep.json`));
    equal(second, first);
    match(two.stdout, /^4\/4 /m);
    const again = await runProgram("sweep", [...words(...GRID), "--runs", `${folder}/two`]);
    match(again.stdout, /^4 of 4 trials have ended already\n/);
    equal(runsBySetting(`${folder}/two`, "small").size, 4);
  }));

Deno.test("sweep --jobs 3 computes a stage that trials share once, while the others wait for its result", () =>
  withPipeline(COUNTED, async ({ folder, words, lines }) => {
    const { code, stdout, stderr } = await runProgram("sweep", [
      ...words("--sweep", "last.at=0,1,2,3,4,5", "--set", "shared.slow=1500"),
      ...["--jobs", "3"],
    ]);
    equal(code, 0, stdout + stderr);
    deepEqual(lines("shared.txt"), ["computed"]);
    deepEqual(lines("last.txt").sort(), ["0", "1", "2", "3", "4", "5"]);
    const left = [...Deno.readDirSync(`${ROOT}${folder}/made/.cache`)].map(({ name }) => name);
    deepEqual(left.filter((name) => name.endsWith(".lock")), []);
  }));

Deno.test("sweep --retries runs a trial again that failed, --fail-fast starts no more, and exit code 4 says that part failed", () =>
  withPipeline(COUNTED, async ({ folder, words, lines }) => {
    const at = ["--sweep", "last.at=0,1,2", "--set", "last.fails=1", "--set", "shared.slow=0"];
    const fail = (times: number) => Deno.writeTextFile(`${ROOT}${folder}/failures.txt`, String(times));
    await fail(9);
    const fast = await runProgram("sweep", words(...at, "--fail-fast"));
    equal(fast.code, 4, fast.stdout + fast.stderr);
    deepEqual(lines("last.txt"), ["0", "1"]);
    match(fast.stdout, /^2\/3 {2}at 1, seed 42: failed as it was asked to .*\(exit code 1\)/m);
    const going = await runProgram("sweep", words(...at, "--keep-going"));
    equal(going.code, 4, going.stdout + going.stderr);
    deepEqual(lines("last.txt"), ["0", "1", "2"], "what failed for good is not run again");
    const list = await runProgram("sweep", words(...at, "--list"));
    match(list.stdout, /3 trials, 2 complete, 1 failed\n/);
    await fail(2);
    const retried = await runProgram("sweep", words(...at, "--retries", "3"));
    equal(retried.code, 0, retried.stdout + retried.stderr);
    deepEqual(lines("last.txt"), ["0", "1", "2", "1", "1", "1"]);
    const { attempts, state } = resultsOf(`${folder}/made`, "counted")["at 1, seed 42"] as Record<
      string,
      unknown
    >;
    deepEqual([state, attempts], ["complete", 4]);
  }));

Deno.test("sweep --jobs 2 stops at SIGTERM with checkpoints in both processes, and the same command continues with the same bits", () =>
  withPipeline(SMALL, async ({ folder, words }) => {
    const long = [
      ...words(...GRID),
      "--set",
      "train.repeats=60",
      "--set",
      "train.epochs=60",
      "--jobs",
      "2",
      "--no-cache",
    ];
    const whole = await runProgram("sweep", [...long, "--runs", `${folder}/whole`]);
    equal(whole.code, 0, whole.stderr);
    const child = start("sweep", long);
    let isOver = false;
    void child.status.then(() => isOver = true);
    const checkpoints = () => {
      try {
        return [...runsBySetting(`${folder}/made`, "small").values()].filter((run) =>
          linesOf(`${run}/events.jsonl`).length > 8
        );
      } catch {
        return [];
      }
    };
    await until(() => checkpoints().length >= 2, "two trainings", { isOver: () => isOver });
    child.kill("SIGTERM");
    const stopped = await outcomeOf(child);
    equal(stopped.code, 143, stopped.stdout + stopped.stderr);
    const records = [...runsBySetting(`${folder}/made`, "small").values()].map((run) =>
      readJson(`${run}/run.json`)
    );
    ok(records.every(({ status }) => status !== "running"), "no process is left");
    ok(records.filter(({ status, exitCode }) => status === "stopped" && exitCode === 143).length >= 1);
    const rest = await runProgram("sweep", long);
    equal(rest.code, 0, rest.stdout + rest.stderr);
    deepEqual(resultsOf(`${folder}/made`, "small"), resultsOf(`${folder}/whole`, "small"));
    equal(runsBySetting(`${folder}/made`, "small").size, 4, "runs are resumed, not started again");
  }));

Deno.test("a sweep loses nothing when one of its processes, and then the sweep itself, is killed", () =>
  withPipeline(SMALL, async ({ folder, words }) => {
    const long = [
      ...words(...GRID),
      "--set",
      "train.repeats=60",
      "--set",
      "train.epochs=60",
      "--jobs",
      "2",
      "--no-cache",
    ];
    const child = start("sweep", long);
    let isOver = false;
    void child.status.then(() => isOver = true);
    const running = () => {
      try {
        return [...runsBySetting(`${folder}/made`, "small").values()].filter((run) =>
          linesOf(`${run}/events.jsonl`).length > 8
        )
          .map((run) => readJson(`${run}/run.json`)).filter(({ status }) => status === "running");
      } catch {
        return [];
      }
    };
    let seen: ReturnType<typeof running> = [];
    const areTwo = () => (seen = running()).length >= 2;
    await until(areTwo, "two trainings", { isOver: () => isOver });
    const [{ host: { pid }, id }] = seen;
    Deno.kill(pid, "SIGKILL");
    const record = () => readJson(`${ROOT}${folder}/made/small/${id}/run.json`);
    await until(() => record().resumed.length === 1, "the killed trial in another process", {
      isOver: () => isOver,
    });
    await until(() => (seen = running()).length >= 1, "a training to kill", { isOver: () => isOver });
    const others = seen.map(({ resumed, host }) => resumed.at(-1)?.pid ?? host.pid);
    child.kill("SIGKILL");
    const killed = await outcomeOf(child);
    match(killed.stdout, /its process was ended by SIGKILL; it is resumed/);
    await until(() => others.every((pid) => !isAlive(pid)), "the end of the processes of a killed sweep");
    const rest = await runProgram("sweep", long);
    equal(rest.code, 0, rest.stdout + rest.stderr);
    equal(runsBySetting(`${folder}/made`, "small").size, 4, "runs are resumed, not started again");
    const whole = await runProgram("sweep", [...long, "--runs", `${folder}/whole`]);
    equal(whole.code, 0, whole.stderr);
    deepEqual(resultsOf(`${folder}/made`, "small"), resultsOf(`${folder}/whole`, "small"));
  }));

/** Whether a process is there; one that has ended and was not collected is not. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

/** The processes that run trials now. */
function claimants(runs: string): Set<number> {
  try {
    const trials = `${onlyRun(runs, "counted.sweep")}/trials`;
    return new Set(
      [...Deno.readDirSync(trials)].filter(({ name }) => name.endsWith(".lock"))
        .map(({ name }) => readJson(`${trials}/${name}`).pid),
    );
  } catch {
    return new Set();
  }
}

Deno.test("two commands on one folder of runs share a sweep: each trial runs once, and that of one that is killed is taken over", () =>
  withPipeline(COUNTED, async ({ folder, words, lines }) => {
    const all = words("--sweep", "last.at=0,1,2,3,4,5,6,7,8,9", "--set", "shared.slow=1000", "--no-cache");
    const killed = start("sweep", all), other = start("sweep", all);
    await until(() => {
      const owners = claimants(`${folder}/made`);
      return owners.has(killed.pid) && owners.has(other.pid);
    }, "a trial in each process");
    killed.kill("SIGKILL");
    const [, second] = await Promise.all([outcomeOf(killed), outcomeOf(other)]);
    equal(second.code, 0, second.stdout + second.stderr);
    const sweep = onlyRun(`${folder}/made`, "counted.sweep");
    const names = [...Deno.readDirSync(`${sweep}/trials`)].map(({ name }) => name);
    equal(names.filter((name) => name.endsWith(".json")).length, 10);
    deepEqual(names.filter((name) => name.endsWith(".lock")), []);
    // Only the trial that was cut off may have run its last stage twice.
    ok(lines("last.txt").length <= 11, lines("last.txt").join());
    equal(new Set(lines("last.txt")).size, 10);
  }));
