// deno-lint-ignore-file no-console -- a bench prints.

/**
 * What an attached dashboard costs a long training that computes on all cores: a dashboard is attached in every other span of the same
 * training. Printed are the ratio of the epochs' times and, as machines drift by more than that, what the system itself counts: the
 * processor time of the dashboard, and how long the training's threads were runnable without a core. Needs Linux and `script` of
 * util-linux.
 *
 *     deno run -A bench/viewer.ts [pairs] [seconds]
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { wordsOf } from "../src/cli/tasks.ts";
import { startInTerminal } from "./pseudo_terminal.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const pairs = Number(Deno.args[0] ?? 8), seconds = Number(Deno.args[1] ?? 20);
const runs = `runs/bench-${crypto.randomUUID().slice(0, 8)}`;
const JOB = [
  "load.source.testLimit=100",
  "load.source.limit=12000",
  "train.epochs=100000",
  "train.patience=null",
];
/** Seconds until the training has started. */
const START = 10;
/** Seconds of warm-up of a dashboard: its code is compiled as it runs. */
const WARM_UP = 45;
/** Ticks of `/proc/PID/stat` in a second. */
const TICKS = 100;

const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

/** The words of a task's command after `deno`. */
const task = (name: "run" | "monitor" | "stop") => wordsOf(config.tasks[name].command);

async function outputOf(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args: [...args], cwd: ROOT, stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}

/** The Deno processes with these words in their command line. */
async function processes(words: string): Promise<number[]> {
  const found = (await outputOf("pgrep", ["-f", words])).trim().split("\n").map(Number);
  return found.filter((id) => id !== Deno.pid && read(`/proc/${id}/comm`).trim() === "deno");
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** Milliseconds of processor time that a process has taken. */
function cpuOf(id: number): number {
  const fields = read(`/proc/${id}/stat`).split(") ").at(-1)!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS;
}

/** Milliseconds that the threads of a process were runnable without a core. */
function runnableOf(id: number): number {
  const threads = [...Deno.readDirSync(`/proc/${id}/task`)];
  return threads.reduce(
    (sum, { name }) => sum + Number(read(`/proc/${id}/task/${name}/schedstat`).split(" ")[1] ?? 0) / 1e6,
    0,
  );
}

/** A dashboard without a viewer. */
function attachDashboard(): Deno.ChildProcess {
  const words = [Deno.execPath(), ...task("monitor"), "--runs", runs];
  return startInTerminal(words, { cwd: ROOT, stdout: "null" });
}

/** The measurements of one span. */
interface Span {
  readonly isAttached: boolean;
  readonly from: number;
  readonly to: number;
  /** Milliseconds in each second. */
  readonly cpu: number;
  readonly runnable: number;
}

async function span(training: number, isAttached: boolean): Promise<Span> {
  const dashboard = isAttached ? attachDashboard() : undefined;
  if (isAttached) await wait(WARM_UP);
  const ids = isAttached ? await processes(`monitor.*--runs ${runs}`) : [];
  const cpuOfAll = () => ids.reduce((sum, id) => sum + cpuOf(id), 0);
  const from = Date.now(), before = { cpu: cpuOfAll(), runnable: runnableOf(training) };
  await wait(seconds);
  const to = Date.now();
  const each = 1000 / (to - from);
  const seen = {
    cpu: (cpuOfAll() - before.cpu) * each,
    runnable: (runnableOf(training) - before.runnable) * each,
  };
  ids.forEach((id) => Deno.kill(id, "SIGTERM"));
  await dashboard?.status;
  return { isAttached, from, to, ...seen };
}

interface Epoch {
  readonly t: number;
  readonly seconds: number;
}

/** The mean time of the epochs that lie within a span. */
function epochTime(epochs: readonly Epoch[], { from, to }: Span): number {
  const within = epochs.filter(({ t, seconds }) => t - 1000 * seconds >= from && t <= to);
  return mean(within.map(({ seconds }) => seconds));
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** Half of a 95 % interval for the mean, by the normal distribution. */
function halfInterval(numbers: readonly number[]): number {
  const middle = mean(numbers);
  const variance = numbers.reduce((sum, number) => sum + (number - middle) ** 2, 0) / (numbers.length - 1);
  return 1.96 * Math.sqrt(variance / numbers.length);
}

const settings = JOB.flatMap((setting) => ["--set", setting]);
const said = await outputOf(Deno.execPath(), [
  ...task("run"),
  "bench/main_job.ts",
  "--detach",
  "--runs",
  runs,
  ...settings,
]);
const id = said.split(" ")[0];
await wait(START);
const [training] = await processes(`bench/main_job.ts.*${runs}`);
const spans: Span[] = [];
for (let pair = 0; pair < pairs; pair++) {
  // The order alternates, so that a machine that warms up or slows down favours neither.
  for (const isAttached of pair % 2 === 0 ? [false, true] : [true, false]) {
    spans.push(await span(training, isAttached));
  }
}
await outputOf(Deno.execPath(), [...task("stop"), "--runs", runs, id]);
const epochs: Epoch[] = read(`${ROOT}${runs}/main-job/${id}/events.jsonl`).trim().split("\n")
  .map((line) => JSON.parse(line)).filter(({ type }) => type === "epoch");
await Deno.remove(`${ROOT}${runs}`, { recursive: true });

const alone = spans.filter(({ isAttached }) => !isAttached), seen = spans.filter((span) => span.isAttached);
const ratios = seen.map((span, pair) => epochTime(epochs, span) / epochTime(epochs, alone[pair]));
const meanText = (numbers: readonly number[], digits: number) =>
  `${mean(numbers).toFixed(digits)} ± ${halfInterval(numbers).toFixed(digits)}`;
console.log(
  `an epoch with the dashboard takes ${
    meanText(ratios, 3)
  } of the time without (${pairs} pairs of ${seconds} s)`,
);
console.log(`the dashboard takes ${meanText(seen.map(({ cpu }) => cpu), 1)} ms/s of processor time`);
console.log(
  `the training's threads are runnable without a core for ${
    meanText(alone.map(({ runnable }) => runnable), 1)
  } ms/s ` +
    `without it, and ${meanText(seen.map(({ runnable }) => runnable), 1)} ms/s with it`,
);
