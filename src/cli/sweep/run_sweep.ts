/** Runs a sweep: its trials one after the other, and a comparison of their results. @module */
import { UsageError } from "../../core/errors.ts";
import { type Condition, parseCondition } from "../../core/condition.ts";
import { shown } from "../../pipeline/fault_text.ts";
import { samplerOf, type Sweep } from "../../pipeline/sweep/sweep.ts";
import { folderName } from "../../run/folder_name.ts";
import { fileUrl } from "../../run/load_pipeline.ts";
import { STOP_SIGNALS } from "../../run/stop.ts";
import { openEarlyStopping } from "../../sweep/early/early_stopping.ts";
import { openSweepFolder } from "../../sweep/folder.ts";
import { openProposals, type Proposals } from "../../sweep/proposals.ts";
import { planSweep, type SweepPlan } from "../../sweep/plan.ts";
import type { Trial } from "../../sweep/trial.ts";
import type { TrialResult } from "../../sweep/result.ts";
import { watchSweepStop } from "../../sweep/stop_request.ts";
import type { Environment } from "../../ui/terminal/environment.ts";
import { tryWriteSweepReport } from "../notify_end.ts";
import { writeAll, writeJson } from "../output.ts";
import type { RunOptions } from "../run_options.ts";
import { runTrial, type TrialEnd } from "./run_trial.ts";
import { sweepSignals } from "./sweep_signals.ts";
import { reportSweep } from "./write_comparison.ts";

/** The exit code when part of a sweep failed. */
const PART_FAILED = 4;

/** Runs a sweep to its end, or until a signal; returns its exit code. Trials that are complete already are not run again. */
export async function runSweep(
  sweep: Sweep,
  file: string,
  options: RunOptions,
  env: Environment,
): Promise<number> {
  const { plan, success } = await checkedPlan(sweep, file, options);
  const folder = await openSweepFolder(options.runs, plan, sweep, { file, set: options.set });
  if (options.announce !== undefined) {
    writeJson({ sweep: plan.pipeline, folder: `${options.runs}/${folderName(plan.pipeline)}` });
  }
  const results: TrialResult[] = [], signals = sweepSignals();
  watchSweepStop(folder, signals.take);
  const early = openEarlyStopping(folder, sweep, plan.watched);
  const proposals = samplerOf(sweep) === "tpe"
    ? openProposals(folder, sweep, { file: fileUrl(file), set: options.set, seed: options.seed })
    : undefined;
  const all: Trial[] = [], total = proposals?.total ?? plan.trials.length;
  for await (const trial of trialsInTurn(plan, proposals)) {
    all.push(trial);
    const requested = signals.requested();
    if (requested !== undefined) return STOP_SIGNALS[requested];
    const end = await runTrial(trial, { folder, plan, file, options, env, signals, early });
    const name = `${all.length}/${total}  ${trial.label}, seed ${trial.seed}`;
    writeAll(`${name}: ${endText(end, options.runs)}\n`);
    if (end.kind === "stopped") return end.exitCode;
    if (end.kind === "ended") results.push(end.result);
  }
  const stopped = results.filter(({ state }) => state === "stoppedEarly").length;
  if (stopped > 0) {
    writeAll(`${stopped} of ${all.length} trials were stopped early, and are not compared\n`);
  }
  await reportSweep({ sweep, plan: { ...plan, trials: all }, results, success, folder, runs: options.runs });
  if (options.report) {
    await tryWriteSweepReport(folder);
    writeAll(`${folder}/index.html\n`);
  }
  return results.some(({ state }) => state === "failed") ? PART_FAILED : 0;
}

/** All trials of a plan, or those that are chosen by results, each when it is asked for. */
async function* trialsInTurn({ trials }: SweepPlan, proposals: Proposals | undefined): AsyncGenerator<Trial> {
  yield* trials;
  if (proposals === undefined) return;
  yield* await proposals.trials();
  for (let next = await proposals.next(); next.length > 0; next = await proposals.next()) yield* next;
}

/** How a trial ended, as text. */
function endText(end: TrialEnd, runs: string): string {
  if (end.kind === "taken") return "another process runs it";
  if (end.kind === "stopped") return `${end.reason} (exit code ${end.exitCode})`;
  const { state, reason, exitCode, metrics, folder } = end.result,
    place = folder === undefined ? "" : `  ${runs}/${folder}`;
  if (state === "stoppedEarly") return `${reason}${place}`;
  if (state !== "complete") return `${reason} (exit code ${exitCode})${place}`;
  const { seconds } = Object.values(metrics).find((stage) => "seconds" in stage) ?? {};
  return `done${seconds == null ? "" : ` (${seconds.toFixed(1)} s of training)`}${place}`;
}

/** The plan of a sweep and its condition of success, all checked before any work. @throws {UsageError} */
async function checkedPlan(
  sweep: Sweep,
  file: string,
  options: RunOptions,
): Promise<{ plan: SweepPlan; success?: Condition }> {
  if (options.dvc !== undefined) {
    throw new UsageError(
      "--dvc must be used with a single run, got a sweep (its runs would replace each other's files)",
    );
  }
  const { success, baseline } = sweep.options;
  const plan = await planSweep(sweep, { file: fileUrl(file), set: options.set, seed: options.seed });
  const labels = plan.trials.flatMap(({ label, aliases = [] }) => [label, ...aliases]);
  if (baseline != null && !labels.includes(baseline)) {
    throw new UsageError(
      `sweep.baseline must be the label of one of its settings, got ${shown(baseline)}; labels are ${
        [...new Set(labels)].join(", ")
      }`,
    );
  }
  const condition = success == null ? undefined : parseCondition(success);
  if (success != null && condition === undefined) {
    throw new UsageError(
      `sweep.success must be a condition such as "evaluate.mse < 0.1", got ${shown(success)}`,
    );
  }
  return { plan, success: condition };
}
