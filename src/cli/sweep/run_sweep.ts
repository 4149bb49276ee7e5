/** Runs a sweep: those of its trials that have not ended, and a comparison of all results. @module */
import { plural } from "../../core/amounts.ts";
import type { Condition } from "../../core/condition.ts";
import { UsageError } from "../../core/errors.ts";
import { statIfThere } from "../../core/files.ts";
import { samplerOf, type Sweep } from "../../pipeline/sweep/sweep.ts";
import { folderName } from "../../run/folder_name.ts";
import { fileUrl } from "../../run/load_pipeline.ts";
import { PART_FAILED } from "../../run/record.ts";
import type { NextWorker } from "../../run/start_worker.ts";
import { isToRetry } from "../../sweep/claim.ts";
import { openSweepFolder, sweepFolder } from "../../sweep/folder.ts";
import type { SweepPlan } from "../../sweep/plan.ts";
import { POOLED_FILE } from "../../sweep/pooled_results.ts";
import { holdSweep } from "../../sweep/presence.ts";
import { openProposals } from "../../sweep/proposals.ts";
import { readResults } from "../../sweep/result.ts";
import { markShard, otherCountNotice, startedShards } from "../../sweep/shards/shard_marks.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import { asBadInput } from "../bad_input.ts";
import { secretOf } from "../options.ts";
import { writeAll, writeJson } from "../output.ts";
import { checkedPlan } from "./checked_plan.ts";
import { chooseShard, type ChosenTrials } from "./choose_shard.ts";
import { repeatedLines } from "./list_trials.ts";
import { notifyingEnd } from "./notify_sweep.ts";
import { refuseOptions } from "./refuse_options.ts";
import { reportResults } from "./report_results.ts";
import { runMissing, type SweepEnd } from "./run_missing.ts";
import type { RunningSweep, SweepRunOptions } from "./sweep_run.ts";

/**
 * Runs a sweep to its end, or until it is stopped; returns its exit code. Trials that have ended are not run again.
 *
 * @param worker The worker that is prepared for the first trial of this process.
 */
export async function runSweep(
  sweep: Sweep,
  file: string,
  options: SweepRunOptions,
  env: Environment,
  worker: NextWorker,
): Promise<number> {
  refuseOptions(sweep, options);
  const webhook = secretOf("--webhook", options.webhook, env), { shard } = options;
  const { plan, success } = await checkedPlan(sweep, file, options);
  const part = shard === undefined ? undefined : chooseShard(shard, sweep, plan, env);
  refuseMerge(sweepFolder(options.runs, plan));
  const folder = await openSweepFolder(options.runs, plan, sweep, { file, set: options.set });
  const presence = await holdSweep(folder);
  try {
    const running = await startedSweep({ sweep, plan, part, folder, file, options, env, worker });
    return await notifyingEnd(running, webhook, () => runToEnd(running, { part, success }));
  } finally {
    presence.release();
  }
}

/** Refuses the folder of a large merge: no trial finds its result there. @throws {UsageError} */
function refuseMerge(folder: string): void {
  if (statIfThere(`${folder}/${POOLED_FILE}`) === undefined) return;
  throw new UsageError(
    `"${folder}" must be the folder of a sweep to be run, got a merge with ${POOLED_FILE} (--runs FOLDER runs it elsewhere)`,
  );
}

/** Announces a sweep, and finds the trials that have ended. @throws {UsageError} When a result cannot be used. */
async function startedSweep(
  { part, ...held }: Omit<RunningSweep, "proposals" | "trials" | "total" | "results"> & {
    /** The trials of a shard. @default {all} */
    readonly part?: ChosenTrials;
  },
): Promise<RunningSweep> {
  const { sweep, plan, folder, file, options } = held, { retries = 0, runs, set, seed, ui } = options;
  if (options.announce !== undefined) {
    const place = `${runs}/${folderName(plan.pipeline)}`;
    writeJson({ sweep: plan.pipeline, folder: place, results: folder });
  }
  if (part !== undefined) await announceShard(part, folder);
  const proposals = samplerOf(sweep) === "tpe"
    ? openProposals(folder, sweep, { file: fileUrl(file), set, seed })
    : undefined;
  const chosen = await proposals?.chosen();
  const trials = [...part?.trials ?? plan.trials, ...chosen?.trials ?? []];
  const found = await asBadInput(() => readResults(folder, trials.map(({ id }) => id)));
  const results = new Map([...found].filter(([, result]) => !isToRetry(result, retries)));
  const total = chosen?.total ?? trials.length;
  if (ui !== "off") writeAll(startText(plan, results.size, total));
  return { ...held, proposals, trials, total, results };
}

/** Runs the trials that have not ended, and reports all results. */
async function runToEnd(
  running: RunningSweep,
  { part, success }: { readonly part?: ChosenTrials; readonly success?: Condition },
): Promise<SweepEnd> {
  const stopped = await runMissing(running);
  if (stopped !== undefined) return stopped;
  const { sweep, plan, folder, options, trials, results } = running;
  const ended = part === undefined ? results : await readResults(folder, plan.trials.map(({ id }) => id));
  await reportResults({
    sweep,
    plan: part === undefined ? { ...plan, trials } : plan,
    results: [...ended.values()],
    success,
    folder,
    runs: options.runs,
  }, options);
  const failed = results.values().filter(({ state }) => state === "failed").toArray().length;
  return failed === 0
    ? { exitCode: 0, reason: "all trials have ended" }
    : { exitCode: PART_FAILED, reason: `${failed} of ${plural(running.total, "trial")} failed` };
}

/** Says which shard runs, and records it in the folder of the sweep. */
async function announceShard({ shard, text }: ChosenTrials, folder: string): Promise<void> {
  const notice = otherCountNotice(await startedShards(folder), shard);
  writeAll([text, notice].filter((line) => line !== undefined).map((line) => `${line}\n`).join(""));
  await markShard(folder, shard);
}

/** What is known before anything runs; nothing where that goes without saying. */
function startText({ repeated }: SweepPlan, ended: number, total: number): string {
  const lines = [
    ...repeatedLines(repeated),
    ...ended === 0 ? [] : [`${ended} of ${plural(total, "trial")} have ended already`],
  ];
  return lines.map((line) => `${line}\n`).join("");
}
