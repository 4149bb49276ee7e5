/** Runs one trial of a sweep in this process, or uses what is complete already. @module */
import { LockedError, RunError } from "../../core/errors.ts";
import { EXIT, readRecord } from "../../run/record.ts";
import { folderName } from "../../run/folder_name.ts";
import { startRun } from "../../run/start.ts";
import { stopReason } from "../../run/stop.ts";
import { type Claim, claimTrial } from "../../sweep/claim.ts";
import type { SweepPlan } from "../../sweep/plan.ts";
import type { TrialResult } from "../../sweep/result.ts";
import { measuredBy } from "../../sweep/run_result.ts";
import type { Trial } from "../../sweep/trial.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import { prepareRun } from "../prepare.ts";
import { startWithTensorboard, writeTables } from "../run_files.ts";
import type { RunOptions } from "../run_options.ts";
import { runStarted } from "../stray_errors.ts";
import type { SweepSignals } from "./sweep_signals.ts";

/** What a trial needs of its sweep. */
export interface TrialContext {
  /** The folder of the sweep. */
  readonly folder: string;
  readonly plan: SweepPlan;
  /** The pipeline file, as it was typed. */
  readonly file: string;
  readonly options: RunOptions;
  readonly env: Environment;
  readonly signals: SweepSignals;
}

/** How the turn of a trial ended: with its result for good; stopped, to be resumed; or another process runs it. */
export type TrialEnd =
  | { readonly kind: "ended"; readonly result: TrialResult }
  | { readonly kind: "stopped"; readonly exitCode: number; readonly reason: string; readonly run: string }
  | { readonly kind: "taken" };

/** A run of a trial that has ended. */
interface EndedRun {
  readonly id: string;
  readonly folder: string;
  readonly exitCode: number;
  /** Missing where an earlier run is used. */
  readonly reason?: string;
}

/** Exit codes of runs that were stopped, and can be resumed. */
const STOPPED: readonly number[] = [EXIT.budget, EXIT.interrupted, EXIT.terminated];

/** Runs a trial until it has ended for good or is stopped. */
export async function runTrial(trial: Trial, context: TrialContext): Promise<TrialEnd> {
  const claim = await claimTrial(context.folder, trial.id, thisProcess());
  if (claim === undefined) return { kind: "taken" };
  if ("result" in claim) return { kind: "ended", result: claim.result };
  try {
    const run = await endedRun(trial, claim, context);
    const { id, exitCode, reason = "" } = run, isRequested = reason === stopReason("request");
    if (STOPPED.includes(exitCode) && !isRequested) return { kind: "stopped", exitCode, reason, run: id };
    const result = await resultOf(trial, run, claim, context);
    await claim.finish(result);
    return { kind: "ended", result };
  } catch (thrown) {
    // Its run is running in a process that this sweep did not start.
    if (thrown instanceof LockedError) return { kind: "taken" };
    throw thrown;
  } finally {
    claim.release();
  }
}

/** Runs the run of a trial to its end: a new one, or the one that an earlier owner has started. */
async function endedRun(
  { overrides, seed }: Trial,
  claim: Claim,
  { file, options, env, plan, signals }: TrialContext,
): Promise<EndedRun> {
  const earlier = claim.run === undefined
    ? undefined
    : `${options.runs}/${folderName(plan.pipeline)}/${claim.run}`;
  const record = earlier === undefined ? undefined : await readRecord(earlier);
  if (record?.status === "completed") return { id: record.id, folder: earlier!, exitCode: record.exitCode! };
  const prepared = await prepareRun(file, {
    ...options,
    set: [...options.set, ...overrides],
    seed,
    needed: options.cache ? true : undefined,
    exclusive: undefined,
    resume: record === undefined ? options.resume : earlier!,
  }, env);
  if ("done" in prepared) return { ...prepared, exitCode: 0 };
  const { plan: runPlan, resumption } = prepared;
  claim.start(resumption?.isSame ? resumption.entry.id : undefined);
  const running = await startWithTensorboard(
    options.tensorboard,
    prepared,
    SILENT,
    (listeners) => startRun(runPlan, prepared, listeners),
  );
  claim.started(running.id);
  runStarted();
  signals.pass(running);
  const { exitCode, reason } = await running.finished;
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
  { id: trial }: Trial,
  { id: run, folder, exitCode, reason }: EndedRun,
  { attempts }: Claim,
  { plan: { sweep, pipeline } }: TrialContext,
): Promise<TrialResult> {
  const record = await readRecord(folder);
  if (record === undefined) {
    throw new RunError(`"${folder}/run.json" must be the record of a run that has ended`);
  }
  return {
    sweep,
    trial,
    state: exitCode === 0 ? "complete" : STOPPED.includes(exitCode) ? "stoppedEarly" : "failed",
    exitCode,
    ...exitCode === 0 ? {} : { reason: reason ?? record.reason ?? "failed" },
    attempts,
    run,
    folder: `${folderName(pipeline)}/${run}`,
    ...await measuredBy(folder, record),
  };
}

function thisProcess(): { pid: number; host: string } {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return { pid: Deno.pid, host: state === "granted" ? Deno.hostname() : "" };
}
