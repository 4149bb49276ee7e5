/** Runs one trial of a sweep in this process, or uses what is complete already. @module */
import { LockedError, RunError } from "../../core/errors.ts";
import { EXIT, readRecord, recordedSpec, type RunRecord } from "../../run/record.ts";
import { folderName } from "../../run/folder_name.ts";
import { type RunningRun, startRun } from "../../run/start.ts";
import type { NextWorker } from "../../run/start_worker.ts";
import { stopReason } from "../../run/stop.ts";
import { readEvents } from "../../run/event_file.ts";
import { type Claim, claimTrial } from "../../sweep/claim.ts";
import type { Decision } from "../../sweep/early/decision.ts";
import type { EarlyStopping } from "../../sweep/early/early_stopping.ts";
import { stoppedResult } from "../../sweep/early/stopped_result.ts";
import type { TrialWatch } from "../../sweep/early/watch.ts";
import type { TrialResult } from "../../sweep/result.ts";
import { measuredBy } from "../../sweep/run_result.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import { prepareRun } from "../prepare.ts";
import { startWithTensorboard, writeTables } from "../run_files.ts";
import { runStarted } from "../stray_errors.ts";
import type { CompleteRuns } from "./complete_runs.ts";
import type { TrialSetup, TrialToRun } from "./sweep_run.ts";
import type { SweepStops } from "./sweep_stops.ts";
import { thisProcess } from "./this_process.ts";

/** What a trial needs of its sweep and of the process that runs it. */
export interface TrialContext {
  readonly setup: TrialSetup;
  readonly env: Environment;
  readonly stops: SweepStops;
  /** @default {none: every trial trains to its end} */
  readonly early?: EarlyStopping;
  /** The worker of the next trial, or of the last one. */
  readonly worker: NextWorker;
  /** Runs that are complete already. @default {none is used} */
  readonly complete?: CompleteRuns;
}

/** How the turn of a trial ended: with its result for good; stopped, to be resumed; or another process runs it. */
export type TrialEnd =
  | { readonly kind: "ended"; readonly result: TrialResult }
  | {
    readonly kind: "stopped";
    readonly exitCode: number;
    readonly reason: string;
    readonly run: string;
    /** Whether its own limit (`--max-epochs`) has stopped it, which leaves the others running. */
    readonly isOwnLimit: boolean;
  }
  | { readonly kind: "taken" };

/** A run of a trial that has ended. */
interface EndedRun {
  readonly id: string;
  readonly folder: string;
  readonly exitCode: number;
  /** Missing where an earlier run is used. */
  readonly reason?: string;
  /** The decision to stop it early. */
  readonly stopped?: Decision;
}

/** Exit codes of runs that were stopped, and can be resumed. */
const STOPPED: readonly number[] = [EXIT.budget, EXIT.interrupted, EXIT.terminated];

/** Runs a trial until it has ended for good or is stopped. */
export async function runTrial(trial: TrialToRun, context: TrialContext): Promise<TrialEnd> {
  const { folder, retries } = context.setup;
  const claim = await claimTrial(folder, trial.id, { ...thisProcess(), retries });
  if (claim === undefined) return { kind: "taken" };
  if ("result" in claim) return { kind: "ended", result: claim.result };
  try {
    for (;;) {
      const run = await watchedRun(trial, claim, context);
      const { id, exitCode, reason = "", stopped } = run;
      const isOwn = stopped !== undefined ||
        (reason === stopReason("request") && context.stops.requested() === undefined);
      if (STOPPED.includes(exitCode) && !isOwn) {
        return { kind: "stopped", exitCode, reason, run: id, isOwnLimit: reason === stopReason("epochs") };
      }
      if (
        exitCode === EXIT.failed && claim.failed(id) <= retries && context.stops.requested() === undefined
      ) continue;
      const result = await resultOf(trial, run, claim, context);
      await claim.finish(result);
      return { kind: "ended", result };
    }
  } catch (thrown) {
    // Its run is running in a process that this sweep did not start.
    if (thrown instanceof LockedError) return { kind: "taken" };
    throw thrown;
  } finally {
    claim.release();
  }
}

/** Runs the run of a trial to its end, or until early stopping ends it. */
async function watchedRun(trial: TrialToRun, claim: Claim, context: TrialContext): Promise<EndedRun> {
  const { early } = context, earlier = await earlierRun(claim, context);
  if (early === undefined) return await endedRun(trial, claim, context, { earlier });
  const before = earlier === undefined ? undefined : await early.stopped(trial.id);
  // An earlier process decided, and ended before it wrote the result.
  if (earlier !== undefined && before !== undefined) {
    return { id: earlier.record.id, folder: earlier.folder, exitCode: EXIT.budget, stopped: before };
  }
  let running: RunningRun | undefined, isStopping = false;
  const stop = () => running?.stop({ exitCode: EXIT.budget, cause: "sweep" });
  const watch = early.watch(trial.id, () => {
    isStopping = true;
    stop();
  });
  const run = await endedRun(trial, claim, context, {
    earlier,
    watch,
    onStarted(started) {
      running = started;
      // Events of earlier processes come before it has started.
      if (isStopping) stop();
    },
  });
  if (running === undefined) (await readEvents(run.folder)).forEach(watch.observe);
  return { ...run, stopped: await watch.ended(run.exitCode === EXIT.completed) };
}

/** A run that an earlier owner of a trial has started. */
interface EarlierRun {
  readonly folder: string;
  readonly record: RunRecord;
}

/** The run that an earlier owner of a trial has started, if there is one. */
async function earlierRun(
  { run }: Claim,
  { setup: { options, plan } }: TrialContext,
): Promise<EarlierRun | undefined> {
  if (run === undefined) return undefined;
  const folder = `${options.runs}/${folderName(plan.pipeline)}/${run}`, record = await readRecord(folder);
  return record === undefined ? undefined : { folder, record };
}

/** Runs the run of a trial to its end: a new one, or the one that an earlier owner has started. */
async function endedRun(
  { overrides, seed }: TrialToRun,
  claim: Claim,
  context: TrialContext,
  { earlier, watch, onStarted }: {
    readonly earlier?: EarlierRun;
    readonly watch?: TrialWatch;
    onStarted?(running: RunningRun): void;
  },
): Promise<EndedRun> {
  const { setup: { file, options, cores }, env, stops } = context;
  if (earlier?.record.status === "completed") {
    const { folder, record } = earlier;
    return { id: record.id, folder, exitCode: record.exitCode! };
  }
  const prepared = await prepareRun(file, {
    ...options,
    set: [...options.set, ...overrides],
    seed,
    complete: context.complete,
    resume: earlier?.folder ?? options.resume ?? "none",
    cores,
  }, env);
  if ("done" in prepared) return { ...prepared, exitCode: 0 };
  const { plan: runPlan, resumption } = prepared;
  if (resumption?.isSame) claim.started(resumption.entry.id);
  const running = await startWithTensorboard(
    options.tensorboard,
    prepared,
    { ...SILENT, ...watch === undefined ? {} : { past: watch.observe, listen: watch.observe } },
    (listeners) => startRun(runPlan, prepared, listeners, { next: context.worker, stays: true }),
  );
  claim.started(running.id);
  runStarted();
  const leave = stops.pass(running);
  onStarted?.(running);
  const { exitCode, reason } = await running.finished;
  leave();
  return { id: running.id, folder: running.folder, exitCode, reason };
}

/** Trials have no screen of their own. */
const SILENT = {
  past() {},
  listen() {},
  onEnd: writeTables,
  onAborted: (exitCode: number) => Deno.exit(exitCode),
};

async function resultOf(
  { id: trial }: TrialToRun,
  { id: run, folder, exitCode, reason, stopped }: EndedRun,
  claim: Claim,
  { setup: { plan: { sweep, pipeline } }, early }: TrialContext,
): Promise<TrialResult> {
  const record = await readRecord(folder);
  if (record === undefined) {
    throw new RunError(`"${folder}/run.json" must be the record of a run that has ended`);
  }
  const result: TrialResult = {
    sweep,
    trial,
    state: exitCode === 0 ? "complete" : STOPPED.includes(exitCode) ? "stoppedEarly" : "failed",
    exitCode,
    ...exitCode === 0 ? {} : { reason: reason ?? record.reason ?? "failed" },
    attempts: claim.failures + (exitCode === EXIT.failed ? 0 : 1),
    run,
    folder: `${folderName(pipeline)}/${run}`,
    ...await measuredBy(folder, record),
  };
  if (stopped === undefined || early === undefined) return result;
  const stages = recordedSpec(record)?.stages.map(({ name }) => name) ?? [];
  return stoppedResult(result, stopped, early.stage, stages.slice(0, stages.indexOf(early.stage)));
}
