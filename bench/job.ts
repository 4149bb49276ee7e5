/**
 * A whole job as a user runs it, compared with the same in PyTorch, whole processes in turns: `bench/main_job.ts` (55,000 digits to train on,
 * 5,000 held out), or with `--job conv` `bench/conv_job.ts`. PyTorch runs with each number of threads; ratios are against the better one.
 *
 * Training is the same on both sides. The whole process of this project also interpolates, generates and exports; PyTorch's only loads,
 * trains and evaluates.
 *
 *     deno run -A --no-lock bench/job.ts [--json | --markdown] [--epochs 3] [--rounds 3] [--engines native,wasm]
 *         [--without pytorch] [--job conv] [--threads 1,2]
 *
 * @module
 */
import { readFlags } from "./flags.ts";
import { median } from "./interleave.ts";
import { jobFlags } from "./job_flags.ts";
import { checkLoss, hourglass, type Job, JOBS, peerName, torch, type TrainStage } from "./job_runs.ts";
import { circumstances, markdown, note, show } from "./note.ts";
import { type Python, pythonWithTorch } from "./peers/python.ts";

/** The medians of an engine's runs. */
interface Result extends Job {
  /** How many times faster than PyTorch at the better of its numbers of threads; `null` without it. */
  readonly wallRatio: number | null;
  readonly trainRatio: number | null;
}

const flags = readFlags(() => jobFlags(Deno.args));
const kind = JOBS[flags.job];
const python = flags.withPytorch ? await pythonWithTorch() : "left out";
if (typeof python === "string") note(`without PyTorch: ${python}`);
const results = resultsOf(await takeTurns(python));
if (flags.json) show(JSON.stringify(results, null, 2));
else show(`${circumstances()}; ${flags.epochs} epochs\n\n${tableOf(results)}`);

/** Runs of all engines, by engine; each round begins with another one. */
async function takeTurns(python: Python | string): Promise<Map<string, Job[]>> {
  let stage: TrainStage = {};
  const contestants = flags.engines.map((engine) => ({
    engine,
    run: async () => {
      const { job, options } = await hourglass(kind, engine, flags.epochs);
      stage = options;
      return job;
    },
  }));
  if (typeof python !== "string") {
    for (const threads of flags.threads) {
      for (const format of kind.formats) {
        const run = () => torch(kind, python, stage, { threads, format });
        contestants.push({ engine: peerName(threads, format), run });
      }
    }
  }
  const jobs = new Map(contestants.map(({ engine }): [string, Job[]] => [engine, []]));
  for (let round = 0; round < flags.rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const { engine, run } = contestants[(round + turn) % contestants.length];
      const job = await run();
      jobs.get(engine)!.push(job);
      note(
        `${engine}: ${job.wallSeconds.toFixed(1)} s, training ${job.trainSeconds.toFixed(1)} s, validation ${
          job.validation.toFixed(2)
        }`,
      );
      // At once: the remaining rounds may take hours.
      checkLoss(job, jobs.get(flags.engines[0])![0]);
    }
  }
  return jobs;
}

/** Medians and ratios. */
function resultsOf(jobs: ReadonlyMap<string, Job[]>): Result[] {
  const middle = (all: readonly Job[], key: "wallSeconds" | "trainSeconds") =>
    median(all.map((job) => job[key]));
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
