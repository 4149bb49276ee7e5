// deno-lint-ignore-file no-console -- a bench prints.

/**
 * What the dashboard costs short trainings, in which its start-up dominates: the same one with `--ui tui` in a pseudo-terminal and with
 * `--ui off`, interleaved; and how soon the first frame appears. `viewer.ts` measures a long one. Needs `script` of util-linux.
 *
 *     deno run -A bench/dashboard.ts [pairs]
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { wordsOf } from "../src/cli/tasks.ts";
import { startInTerminal } from "./pseudo_terminal.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const pairs = Number(Deno.args[0] ?? 5);
const TASK = wordsOf(config.tasks.run.command);
const JOBS = {
  "digits: load.source.limit=20000, 3 epochs": [
    "bench/main_job.ts",
    ...["load.source.limit=20000", "load.source.testLimit=100", "train.epochs=3", 'evaluate.splits=["test"]'],
  ],
  "glyphs: 4,000 epochs of one small step": [
    "pipelines/glyphs-ae.ts",
    "train.epochs=4000",
    "train.patience=null",
    "train.until=null",
  ],
};

/** Epochs before this one run while the dashboard starts. */
const STEADY_FROM = 10;

/** The measurements of a run. */
interface Measured {
  /** Of training. */
  readonly seconds: number;
  /** The median of an epoch once the dashboard has started; of all where there are few. */
  readonly epoch: number;
  /** Milliseconds until the first frame. */
  readonly firstFrame: number;
}

/** One run. */
async function measure(job: readonly string[], ui: "tui" | "off"): Promise<Measured> {
  const runs = `runs/bench-${crypto.randomUUID().slice(0, 8)}`;
  const [file, ...settings] = job;
  const args = [
    ...TASK,
    file,
    "--ui",
    ui,
    "--runs",
    runs,
    ...settings.flatMap((setting) => ["--set", setting]),
  ];
  const started = performance.now();
  const process = startInTerminal([Deno.execPath(), ...args], { cwd: ROOT, stdout: "piped" });
  let firstFrame = NaN;
  const decoder = new TextDecoder();
  for await (const chunk of process.stdout) {
    if (Number.isNaN(firstFrame) && decoder.decode(chunk).includes("load")) {
      firstFrame = performance.now() - started;
    }
  }
  const { code } = await process.status;
  if (code !== 0) throw new Error(`The run must succeed: exit code ${code}`);
  const [{ name: pipeline }] = [...Deno.readDirSync(`${ROOT}${runs}`)].filter(({ name }) =>
    !name.startsWith(".")
  );
  const [{ name }] = [...Deno.readDirSync(`${ROOT}${runs}/${pipeline}`)];
  const metrics = JSON.parse(
    Deno.readTextFileSync(`${ROOT}${runs}/${pipeline}/${name}/artifacts/metrics.json`),
  );
  const epochs = Deno.readTextFileSync(`${ROOT}${runs}/${pipeline}/${name}/events.jsonl`).trim().split("\n")
    .map((line) => JSON.parse(line)).filter(({ type }) => type === "epoch").map(({ seconds }) => seconds);
  await Deno.remove(`${ROOT}${runs}`, { recursive: true });
  const steady = epochs.length > 2 * STEADY_FROM ? epochs.slice(STEADY_FROM) : epochs;
  return { seconds: metrics.train.seconds, epoch: median(steady), firstFrame };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

for (const [name, job] of Object.entries(JOBS)) {
  const ratios: number[] = [], epochs: number[] = [], frames: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // The order alternates, so that a machine that warms up or slows down favours neither.
    const order = pair % 2 === 0 ? ["off", "tui"] as const : ["tui", "off"] as const;
    const measured: Partial<Record<"off" | "tui", Measured>> = {};
    for (const ui of order) measured[ui] = await measure(job, ui);
    const { off, tui } = measured as Record<"off" | "tui", Measured>;
    ratios.push(tui.seconds / off.seconds);
    epochs.push(tui.epoch / off.epoch);
    frames.push(tui.firstFrame);
  }
  console.log(
    `${name}: training with the dashboard takes ${
      median(ratios).toFixed(3)
    } of the time without (median of ${pairs} pairs, ${Math.min(...ratios).toFixed(3)} to ${
      Math.max(...ratios).toFixed(3)
    }), an epoch ${median(epochs).toFixed(3)} (${Math.min(...epochs).toFixed(3)} to ${
      Math.max(...epochs).toFixed(3)
    }); first frame after ${median(frames).toFixed(0)} ms`,
  );
}
