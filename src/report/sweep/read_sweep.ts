/**
 * Reads everything that the page of a sweep shows.
 *
 * @module
 */
import { parseCondition } from "../../core/condition.ts";
import { typed } from "../../core/typed_command.ts";
import { readCurve, type TrialCurve } from "../../sweep/curves.ts";
import { evenly } from "../../sweep/evenly.ts";
import type { SweepRecord } from "../../sweep/folder.ts";
import { folderName } from "../../run/folder_name.ts";
import { resourceNotices } from "../../sweep/merge/resources.ts";
import { openSweep } from "../../sweep/read_view.ts";
import { type SweepResults, sweepResults } from "../../sweep/results.ts";
import { pooledView } from "../../sweep/make_view.ts";
import type { TrialResult } from "../../sweep/result.ts";
import type { PooledSweep } from "../../sweep/tables/trial_summary.ts";
import type { SweepView, TrialView } from "../../sweep/view.ts";
import { shellWord } from "../../core/shell_word.ts";

/** The most curves of a page, and the most points of each. */
const MOST_CURVES = 300, POINTS = 120;
/** Files that are read at a time. */
const AT_ONCE = 20;

/** Where a report takes the results of a sweep from. */
export interface SweepReportOptions {
  /** The metric to rank by. @default {that of the sweep} */
  readonly metric?: string;
  /** The plan and the results, where they have been read. @default {they are read from the folder} */
  readonly pooled?: PooledSweep;
  /** Folders of runs in which the trials' runs are. @default {the one that the folder of the sweep is in} */
  readonly roots?: readonly string[];
}

/**
 * Reads the results of a sweep from its folder.
 *
 * @throws {RunError} When its plan cannot be read.
 */
export async function readSweepResults(
  folder: string,
  options: SweepReportOptions = {},
): Promise<SweepResults> {
  const { view, record, runs, results, problems } = await readSweep(folder, options);
  const rule = typeof record.options.success === "string" ? record.options.success : undefined;
  const condition = rule === undefined ? undefined : parseCondition(rule);
  const ranked = sweepResults(view, {
    ...(condition === undefined ? {} : { success: { text: rule!, condition } }),
    logarithmic: logarithmicPaths(record),
    notices: [...problems, ...resourceNotices(results)],
    commandOf: (trial: TrialView) => commandOf(record, trial),
  });
  const folders = (options.roots ?? [runs]).map((root) => `${root}/${folderName(record.pipeline)}`);
  return { ...ranked, curves: await readCurves(ranked, folders) };
}

/** A sweep as it was read. */
interface ReadSweep {
  readonly view: SweepView;
  readonly record: SweepRecord;
  readonly runs: string;
  readonly results: Iterable<Pick<TrialResult, "state" | "resources">>;
  /** Results that cannot be used, one sentence each. */
  readonly problems: readonly string[];
}

async function readSweep(folder: string, { metric, pooled }: SweepReportOptions): Promise<ReadSweep> {
  if (pooled !== undefined) {
    const view = pooledView(pooled, folder, metric);
    return { view, record: pooled.plan, runs: folder, results: pooled.results.values(), problems: [] };
  }
  const reader = await openSweep(folder, metric), view = await reader.read();
  reader.close();
  const { record, place: { runs } } = reader;
  return { view, record, runs, results: reader.results(), problems: reader.problems() };
}

/**
 * The curves of trials, evenly chosen by the rank of their settings, the best last.
 *
 * @param folders Where the runs may be.
 */
async function readCurves({ ranked, best }: SweepResults, folders: readonly string[]): Promise<TrialCurve[]> {
  const started = ranked.flatMap(({ trials }) => trials).filter((trial) =>
    trial.run !== null && trial !== best
  );
  const chosen = [...evenly(started, MOST_CURVES - 1), ...(best === undefined ? [] : [best])],
    curves: TrialCurve[] = [];
  for (let from = 0; from < chosen.length; from += AT_ONCE) {
    const read = chosen.slice(from, from + AT_ONCE).map((trial) => curveOf(trial, folders));
    curves.push(...(await Promise.all(read)).filter((curve) => curve !== undefined));
  }
  return curves;
}

async function curveOf({ id, run }: TrialView, folders: readonly string[]): Promise<TrialCurve | undefined> {
  for (const folder of folders) {
    const curve = await readCurve(`${folder}/${run}`, id, POINTS);
    if (curve !== undefined) return curve;
  }
}

/** The axes that the sweep draws by their logarithm. */
function logarithmicPaths({ axes }: SweepRecord): string[] {
  return Object.entries(axes).flatMap(([path, axis]) =>
    (axis as { kind?: unknown } | null)?.kind === "logUniform" ? [path] : []
  );
}

/** The command that runs a trial again, as a run of its own. */
function commandOf({ file, set }: SweepRecord, { settings, seed }: TrialView): string {
  const own = Object.entries(settings).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
  const sets = [...set, ...own].flatMap((text) => ["--set", text]);
  return typed(["run", file, "--single", ...sets, "--seed", String(seed)].map(shellWord).join(" "));
}
