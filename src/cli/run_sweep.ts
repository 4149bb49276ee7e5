/** Runs a sweep: every run of the grid in sequence, and a comparison of their results. @module */
import {
  type ComparedGroup,
  type ComparedRun,
  compareRuns,
  type RunMetrics,
} from "../analysis/statistics/comparison.ts";
import { type Condition, parseCondition } from "../core/condition.ts";
import { UsageError } from "../core/errors.ts";
import { writeFileAtomically } from "../core/files.ts";
import { SCHEMA } from "../core/schema_version.ts";
import { writeComparison } from "../report/report.ts";
import { shown } from "../pipeline/fault_text.ts";
import { infoOf, type RecordedInfo } from "../pipeline/metric.ts";
import type { Sweep, SweepMember } from "../pipeline/sweep.ts";
import { folderName, SWEEPS } from "../run/folder_name.ts";
import { type ReadMetrics, readMetrics } from "../run/metrics_file.ts";
import { type RunningRun, startRun } from "../run/start.ts";
import { STOP_SIGNALS, type StopSignalName } from "../run/stop.ts";
import type { Environment } from "../ui/terminal/environment.ts";
import { comparisonLines } from "../ui/runs/comparison_table.ts";
import { writeAll, writeJson } from "./output.ts";
import { prepareRun } from "./prepare.ts";
import { startWithTensorboard, writeTables } from "./run_files.ts";
import { runStarted } from "./stray_errors.ts";
import type { RunOptions } from "./run_options.ts";
import { listenToSignals } from "./signals.ts";
import { checkedMembers } from "./sweep_members.ts";

/** The exit code when part of a sweep failed. */
const PART_FAILED = 4;

/** The outcome of one run of a sweep. */
interface MemberOutcome extends SweepMember {
  readonly run: string;
  readonly folder: string;
  readonly exitCode: number;
  /** Why it ended; missing where an earlier run is used. */
  readonly reason?: string;
  readonly metrics: RunMetrics | undefined;
  /** What the metrics state of themselves, by stage. */
  readonly info?: ReadMetrics["metrics"];
}

/** Runs a sweep to its end, or until a signal; returns its exit code. Runs that are complete already are reused. */
export async function runSweep(
  sweep: Sweep,
  file: string,
  options: RunOptions,
  env: Environment,
): Promise<number> {
  const { members, condition } = await checkedSweep(sweep, options);
  const place = `${options.runs}/${folderName(sweep.pipeline.name)}`;
  if (options.announce !== undefined) writeJson({ sweep: sweep.pipeline.name, folder: place });
  const outcomes: MemberOutcome[] = [], stopping = sweepSignals();
  for (const [place, member] of members.entries()) {
    const requested = stopping.requested();
    if (requested !== undefined) return STOP_SIGNALS[requested];
    const outcome = await runMember(member, file, options, { env, stopping });
    outcomes.push(outcome);
    writeAll(
      `${place + 1}/${members.length}  ${member.label}, seed ${member.seed}: ${outcomeText(outcome)}\n`,
    );
    if ([130, 143, 124].includes(outcome.exitCode)) return outcome.exitCode;
  }
  await reportSweep(sweep, outcomes, condition, `${place}${SWEEPS}`);
  return outcomes.some(({ exitCode }) => exitCode !== 0) ? PART_FAILED : 0;
}

/** The runs of a sweep and its condition of success, all checked before any work. @throws {UsageError} */
async function checkedSweep(
  sweep: Sweep,
  options: RunOptions,
): Promise<{ members: SweepMember[]; condition?: Condition }> {
  if (options.dvc !== undefined) {
    throw new UsageError(
      "--dvc must be used with a single run, got a sweep (its runs would replace each other's files)",
    );
  }
  const { success, baseline } = sweep.options;
  const members = await checkedMembers(sweep, options);
  if (baseline != null && !members.some(({ label }) => label === baseline)) {
    throw new UsageError(
      `sweep.baseline must be the label of one of its settings, got ${shown(baseline)}; labels are ${
        [...new Set(members.map(({ label }) => label))].join(", ")
      }`,
    );
  }
  const condition = success == null ? undefined : parseCondition(success);
  if (success != null && condition === undefined) {
    throw new UsageError(
      `sweep.success must be a condition such as "evaluate.mse < 0.1", got ${shown(success)}`,
    );
  }
  return { members, condition };
}

/** Compares the runs of a sweep, writes the comparison into a folder below `root`, and shows it. */
async function reportSweep(
  sweep: Sweep,
  outcomes: readonly MemberOutcome[],
  condition: Condition | undefined,
  root: string,
): Promise<void> {
  const { success, baseline, metrics = comparedMetrics(outcomes), each = false } = sweep.options;
  const info = metricsInfo(outcomes, metrics);
  const groups = compareRuns(outcomes as readonly ComparedRun[], metrics, {
    success: condition,
    baseline: baseline ?? undefined,
    better: (address) => info[address]?.direction ?? "none",
  });
  const folder = await writeSweep(root, {
    outcomes,
    groups,
    success: success ?? null,
    baseline: baseline ?? null,
    each,
    info,
  });
  const lines = comparisonLines(groups, metrics, { success, baseline, info });
  writeAll(`\n${lines.join("\n")}\n\n${folder}\n`);
}

/** Stops a sweep at signals: the running member stops with a checkpoint, and no other is started. */
interface SweepSignals {
  requested(): StopSignalName | undefined;
  /** Passes signals to a running member, including one that was received before. */
  pass(run: RunningRun): void;
}

function sweepSignals(): SweepSignals {
  let requested: StopSignalName | undefined, running: RunningRun | undefined;
  const stop = (signal: StopSignalName) => running?.stop({ exitCode: STOP_SIGNALS[signal], cause: signal });
  listenToSignals().direct({
    stop(signal) {
      requested = signal;
      stop(signal);
    },
    abort(signal) {
      const exitCode = STOP_SIGNALS[signal], reason = `aborted by a second ${signal}`;
      void Promise.resolve(running?.abort({ exitCode, reason })).finally(() => Deno.exit(exitCode));
    },
    hangUp: () => running?.hangUp(),
  });
  return {
    requested: () => requested,
    pass(run) {
      running = run;
      if (requested !== undefined) stop(requested);
    },
  };
}

/** Runs one member, or reuses an identical run that is complete. */
async function runMember(
  member: SweepMember,
  file: string,
  options: RunOptions,
  { env, stopping }: { env: Environment; stopping: SweepSignals },
): Promise<MemberOutcome> {
  const own = {
    ...options,
    set: [...options.set, ...member.overrides],
    seed: member.seed,
    needed: options.cache ? true as const : undefined,
    exclusive: undefined,
  };
  const prepared = await prepareRun(file, own, env);
  if ("done" in prepared) {
    const { id, folder } = prepared;
    return { ...member, run: id, folder, exitCode: 0, ...await metricsOf(folder) };
  }
  const silent = {
    past() {},
    listen() {},
    onEnd: writeTables,
    onAborted: (exitCode: number) => Deno.exit(exitCode),
  };
  const running = await startWithTensorboard(
    options.tensorboard,
    prepared,
    silent,
    (listeners) => startRun(prepared.plan, prepared, listeners),
  );
  runStarted();
  stopping.pass(running);
  const { exitCode, reason } = await running.finished;
  const measured = exitCode === 0 ? await metricsOf(running.folder) : { metrics: undefined };
  return { ...member, run: running.id, folder: running.folder, exitCode, reason, ...measured };
}

async function metricsOf(folder: string): Promise<Pick<MemberOutcome, "metrics" | "info">> {
  const found = await readMetrics(folder);
  return typeof found === "object"
    ? { metrics: found.values as RunMetrics, info: found.metrics }
    : { metrics: undefined };
}

/** What the compared metrics state of themselves, by `stage.metric`; nothing where runs state different units or directions. */
function metricsInfo(
  outcomes: readonly MemberOutcome[],
  addresses: readonly string[],
): Record<string, RecordedInfo> {
  return Object.fromEntries(addresses.flatMap((address): [string, RecordedInfo][] => {
    const dot = address.indexOf("."), stage = address.slice(0, dot), name = address.slice(dot + 1);
    const infos = outcomes.map(({ info }) => infoOf(info?.[stage] ?? {}, name));
    const stated = infos.filter((info) => info !== undefined);
    const { unit, direction, split, estimator } = stated[0] ?? {};
    const isSame = stated.every((info) => info.unit === unit && info.direction === direction);
    if (unit === undefined || direction === undefined || !isSame) return [];
    return [[address, { unit, direction, split, estimator }]];
  }));
}

function outcomeText({ exitCode, reason, folder, metrics }: MemberOutcome): string {
  if (exitCode !== 0) return `${reason ?? "failed"} (exit code ${exitCode})  ${folder}`;
  const { seconds } = Object.values(metrics ?? {}).find((stage) => "seconds" in stage) ?? {};
  return `done${seconds === undefined ? "" : ` (${seconds.toFixed(1)} s of training)`}  ${folder}`;
}

/** The metrics of evaluations, and the epochs and seconds of trainings. */
function comparedMetrics(outcomes: readonly MemberOutcome[]): string[] {
  const found = outcomes.flatMap(({ info }) =>
    Object.entries(info ?? {}).flatMap(([stage, own]) =>
      Object.keys(own).filter((metric) => "epochs" in own ? ["epochs", "seconds"].includes(metric) : true)
        .map((metric) => `${stage}.${metric}`)
    )
  );
  return [...new Set(found)];
}

/** Writes the results of a sweep into a new folder next to the runs, with a comparison page if it has more than one run. */
async function writeSweep(
  root: string,
  sweep: {
    outcomes: readonly MemberOutcome[];
    groups: readonly ComparedGroup[];
    success: string | null;
    baseline: string | null;
    each: boolean;
    info: Readonly<Record<string, RecordedInfo>>;
  },
): Promise<string> {
  const id = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  const folder = `${root}/${id}`;
  const outcomes = sweep.outcomes.map(({ info: _, ...outcome }) => outcome);
  await Deno.mkdir(folder, { recursive: true });
  const content = { schema: SCHEMA.sweep, ...sweep, outcomes };
  await writeFileAtomically(`${folder}/sweep.json`, JSON.stringify(content, null, 2) + "\n");
  const done = sweep.outcomes.filter(({ exitCode }) => exitCode === 0);
  const folders = done.map(({ folder }) => folder), labels = done.map(({ label }) => label);
  if (folders.length > 1) await writeComparison(folders, `${folder}/comparison.html`, labels);
  return folder;
}
