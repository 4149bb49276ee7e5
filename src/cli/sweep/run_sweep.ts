/** Runs a sweep: those of its trials that have not ended, and a comparison of all results. @module */
import { plural } from "../../core/amounts.ts";
import type { Condition } from "../../core/condition.ts";
import { UsageError } from "../../core/errors.ts";
import { statIfThere } from "../../core/files.ts";
import { samplerOf, type Sweep } from "../../pipeline/sweep/sweep.ts";
import { alarm } from "../../run/alarm.ts";
import { folderName } from "../../run/folder_name.ts";
import { fileUrl } from "../../run/load_pipeline.ts";
import { dropNamedLock, waitForNamedLock } from "../../run/named_lock.ts";
import { EXIT, PART_FAILED } from "../../run/record.ts";
import type { NextWorker } from "../../run/start_worker.ts";
import { openSweepFolder, readSweep, sweepFolder } from "../../sweep/folder.ts";
import { isToRetry } from "../../sweep/claim.ts";
import type { SweepPlan } from "../../sweep/plan.ts";
import { POOLED_FILE } from "../../sweep/pooled_results.ts";
import { holdSweep } from "../../sweep/presence.ts";
import { openProposals, type Proposals } from "../../sweep/proposals.ts";
import { readResults, type TrialResult } from "../../sweep/result.ts";
import { poolOf } from "../../sweep/tables/trial_summary.ts";
import { writeSweepTables } from "../../sweep/tables/write_tables.ts";
import type { Trial } from "../../sweep/trial.ts";
import { watchSweepStop } from "../../sweep/stop_request.ts";
import { resourceNotices } from "../../sweep/merge/resources.ts";
import { markShard, otherCountNotice, startedShards } from "../../sweep/shards/shard_marks.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import { asBadInput } from "../bad_input.ts";
import { tryWriteSweepReport } from "../notify_end.ts";
import { warnOnce, writeAll, writeJson } from "../output.ts";
import { repeatedLines } from "./list_trials.ts";
import { chooseShard, type ChosenTrials } from "./choose_shard.ts";
import { checkedPlan } from "./checked_plan.ts";
import { bestSoFar } from "./best_so_far.ts";
import { endText, stoppedText } from "./end_text.ts";
import { metricNotice } from "./metric_notice.ts";
import { giveUpTrial } from "./give_up.ts";
import type { SweepRunOptions, TrialSetup } from "./sweep_run.ts";
import { type SweepStops, sweepStops } from "./sweep_stops.ts";
import { localHost, type TrialHost } from "./trial_host.ts";
import { runTrials } from "./trial_loop.ts";
import { workerHost } from "./worker_host.ts";
import { type EndedSweep, reportSweep } from "./write_comparison.ts";

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
  const { plan, success } = await checkedPlan(sweep, file, options), { shard } = options;
  const part = shard === undefined ? undefined : chooseShard(shard, sweep, plan, env);
  refuseMerge(sweepFolder(options.runs, plan));
  const folder = await openSweepFolder(options.runs, plan, sweep, { file, set: options.set });
  const presence = await holdSweep(folder);
  try {
    return await runHeld({ sweep, plan, success, part, folder, file, worker }, options, env);
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

/** A sweep that this process holds. */
interface HeldSweep {
  readonly sweep: Sweep;
  readonly plan: SweepPlan;
  readonly success?: Condition;
  /** The trials of a shard. @default {all} */
  readonly part?: ChosenTrials;
  readonly folder: string;
  readonly file: string;
  /** The worker that is prepared for the first trial of this process. */
  readonly worker: NextWorker;
}

async function runHeld(
  { sweep, plan, success, part, folder, file, worker }: HeldSweep,
  options: SweepRunOptions,
  env: Environment,
): Promise<number> {
  const { retries = 0 } = options;
  if (options.announce !== undefined) {
    const runs = `${options.runs}/${folderName(plan.pipeline)}`;
    writeJson({ sweep: plan.pipeline, folder: runs, results: folder });
  }
  if (part !== undefined) await announceShard(part, folder);
  const proposals = samplerOf(sweep) === "tpe"
    ? openProposals(folder, sweep, { file: fileUrl(file), set: options.set, seed: options.seed })
    : undefined;
  const chosen = await proposals?.chosen();
  const trials = [...part?.trials ?? plan.trials, ...chosen?.trials ?? []];
  const found = await asBadInput(() => readResults(folder, trials.map(({ id }) => id)));
  const results = new Map([...found].filter(([, result]) => !isToRetry(result, retries)));
  const total = chosen?.total ?? trials.length;
  if (options.ui !== "off") writeAll(startText(plan, results.size, total));
  const exitCode = await runMissing({
    sweep,
    plan,
    proposals,
    folder,
    file,
    options,
    env,
    worker,
    trials,
    total,
    results,
  });
  if (exitCode !== undefined) return exitCode;
  const ended = part === undefined ? results : await readResults(folder, plan.trials.map(({ id }) => id));
  await reportResults({
    sweep,
    plan: part === undefined ? { ...plan, trials } : plan,
    results: [...ended.values()],
    success,
    folder,
    runs: options.runs,
  }, options);
  return results.values().some(({ state }) => state === "failed") ? PART_FAILED : 0;
}

/** Shows and writes the results of a sweep, of a shard those that are in its folder. Processes that end together take turns. */
async function reportResults(ended: EndedSweep, options: SweepRunOptions): Promise<void> {
  if (ended.results.length === 0) return;
  const path = `${ended.folder}/report.lock`, lock = await waitForNamedLock(path);
  try {
    await writeResults(ended, options);
  } finally {
    await dropNamedLock(path, lock);
  }
}

async function writeResults(ended: EndedSweep, { report }: SweepRunOptions): Promise<void> {
  const { results, plan: { trials }, folder } = ended;
  const early = results.filter(({ state }) => state === "stoppedEarly").length;
  if (early > 0) writeAll(`${early} of ${trials.length} trials were stopped early, and are not compared\n`);
  await reportSweep(ended);
  const pooled = poolOf(await readSweep(folder), results), notice = metricNotice(pooled, ended.sweep.options);
  await writeSweepTables(folder, pooled);
  [...resourceNotices(results), ...notice === undefined ? [] : [notice]].forEach(warnOnce());
  if (report === false) return;
  await tryWriteSweepReport(folder);
  writeAll(`${folder}/index.html\n`);
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

/** A sweep that runs. */
interface RunningSweep {
  readonly sweep: Sweep;
  readonly plan: SweepPlan;
  /** The choices of a sweep that chooses its settings by results. */
  readonly proposals?: Proposals;
  readonly folder: string;
  readonly file: string;
  readonly options: SweepRunOptions;
  readonly env: Environment;
  /** The worker that is prepared for the first trial of this process. */
  readonly worker: NextWorker;
  /** All trials so far; those that are chosen later are added. */
  readonly trials: Trial[];
  /** How many there will be in the end; a setting that is chosen again makes them fewer. */
  total: number;
  /** By the trial's id; those of the trials that end are added. */
  readonly results: Map<string, TrialResult>;
}

/** Runs the trials that have not ended; returns the exit code of a sweep that was stopped. */
async function runMissing(running: RunningSweep): Promise<number | undefined> {
  const { sweep, folder, options, results } = running, stops = sweepStops(), setup = setupOf(running);
  const missing = running.trials.filter(({ id }) => !results.has(id));
  const limit = options.maxTime === undefined
    ? undefined
    : alarm(options.maxTime, () => stops.ask({ exitCode: EXIT.budget, cause: "time" }));
  const control = watchSweepStop(
    folder,
    (stop) =>
      stop === "now"
        ? stops.abort({ exitCode: EXIT.interrupted, reason: "aborted on request" })
        : stops.ask({ exitCode: EXIT.interrupted, cause: "request" }),
  );
  const best = bestSoFar(sweep.options, running.trials, results);
  const hosts = hostsFor(
    running,
    setup,
    stops,
    running.proposals === undefined ? missing.length : running.total,
  );
  try {
    await runTrials({
      trials: missing,
      propose: () => proposedTrials(running),
      hosts,
      stops,
      failFast: options.failFast ?? false,
      onEnd(trial, end) {
        if (end.kind === "ended") results.set(trial.id, end.result);
        const place = end.kind === "ended" ? results.size : "-", { label, seed } = trial;
        const text = `${label}, seed ${seed}: ${endText(end, options.runs, best.after(trial, end))}`;
        // A screen shows the trials of a sweep in the background.
        if (options.ui !== "off") writeAll(`${place}/${running.total}  ${text}\n`);
      },
      onWaiting: (count) => writeAll(`waiting for ${plural(count, "trial")} that other processes run\n`),
      giveUp: (trial, reason) => giveUpTrial(trial, setup, reason),
    });
  } finally {
    limit?.cancel();
    control.close();
    await Promise.all(hosts.map((host) => host.close()));
  }
  const requested = stops.requested();
  const isFailed = (options.failFast ?? false) && results.values().some(({ state }) => state === "failed");
  const exitCode = isFailed ? PART_FAILED : requested?.exitCode;
  if (exitCode !== undefined && options.ui !== "off") {
    writeAll(`${stoppedText({ isFailed, ended: results.size, total: running.total })}\n`);
  }
  return exitCode;
}

/** Those trials of one more setting that have not ended, of this process's choice or another's; `undefined` where all are chosen. */
async function proposedTrials(running: RunningSweep): Promise<readonly Trial[] | undefined> {
  const { proposals, folder, trials, results } = running;
  if (proposals === undefined) return undefined;
  const next = await proposals.next(), chosen = await proposals.chosen();
  // Nothing is awaited until they are listed, so that no other host adds them, too.
  const known = new Set(trials.map(({ id }) => id)), added = chosen.trials.filter(({ id }) => !known.has(id));
  trials.push(...added);
  running.total = Math.min(running.total, chosen.total);
  // A setting that resolves to listed trials adds none, and others follow it.
  if (next.length === 0 && added.length === 0) return undefined;
  const ended = await readResults(folder, added.map(({ id }) => id));
  ended.forEach((result, id) => results.set(id, result));
  return added.filter(({ id }) => !results.has(id));
}

/** What the processes that run trials know of the sweep. */
function setupOf({ sweep, plan, folder, file, options }: RunningSweep): TrialSetup {
  const {
    set,
    engine,
    threads,
    runs,
    force,
    cache,
    maxEpochs,
    failIf,
    tensorboard,
    debug,
    announce,
    resume,
  } = options;
  const { retries = 0, jobs = 1 } = options, { sweep: id, pipeline, watched } = plan;
  return {
    folder,
    file,
    plan: { sweep: id, pipeline, watched },
    options: {
      ...{ set, engine, threads, runs, force, cache, maxEpochs, failIf, tensorboard, debug, resume },
      // What the runs record as their command line, whatever process runs them.
      announce: announce ?? Deno.args,
    },
    retries,
    earlyStop: sweep.options.earlyStop,
    ...jobs === 1 ? {} : { cores: Math.max(1, Math.floor(navigator.hardwareConcurrency / jobs)) },
  };
}

/** Where trials run: in this process, or in some of their own. */
function hostsFor(
  { options: { jobs = 1 }, env, worker }: RunningSweep,
  setup: TrialSetup,
  stops: SweepStops,
  trials: number,
): TrialHost[] {
  if (jobs === 1) return [localHost(setup, env, stops, worker)];
  return Array.from({ length: Math.min(jobs, trials) }, () => workerHost(setup, stops));
}
