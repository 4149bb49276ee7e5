/** Compares the settings of a sweep by the results of its trials, and shows the comparison. @module */
import { type ComparedGroup, compareRuns, type RunMetrics } from "../../analysis/statistics/comparison.ts";
import { countText } from "../../core/amounts.ts";
import type { Condition } from "../../core/condition.ts";
import { writeFileAtomically } from "../../core/files.ts";
import { parseMetricAddress } from "../../core/metric_address.ts";
import { SCHEMA } from "../../core/schema_version.ts";
import { infoOf, type RecordedInfo } from "../../pipeline/metric.ts";
import type { Sweep } from "../../pipeline/sweep/sweep.ts";
import { writeComparison } from "../../report/report.ts";
import type { SweepPlan } from "../../sweep/plan.ts";
import type { TrialResult } from "../../sweep/result.ts";
import { comparisonLines } from "../../ui/runs/comparison_table.ts";
import { writeAll } from "../output.ts";

/** A sweep with the results of its trials. */
export interface EndedSweep {
  readonly sweep: Sweep;
  readonly plan: SweepPlan;
  readonly results: readonly TrialResult[];
  readonly success?: Condition;
  /** The folder of the sweep. */
  readonly folder: string;
  /** The folder of runs. */
  readonly runs: string;
}

/** One trial of a comparison, once for each of its labels. */
interface Outcome {
  readonly label: string;
  readonly overrides: readonly string[];
  readonly seed: number;
  readonly run?: string;
  /** The folder of its run; missing where it has none. */
  readonly folder?: string;
  readonly exitCode: number;
  /** Why it ended, where it is not complete. */
  readonly reason?: string;
  /** Missing where it failed. */
  readonly metrics?: RunMetrics;
  /** What the metrics state of themselves, by stage. */
  readonly info: TrialResult["info"];
}

/** Compares the trials of a sweep, writes the comparison into its folder, and shows it. */
export async function reportSweep(ended: EndedSweep): Promise<void> {
  const outcomes = outcomesOf(ended), { sweep, folder } = ended;
  const { success, baseline, metrics = comparedMetrics(outcomes), each = false } = sweep.options;
  const info = metricsInfo(outcomes, metrics);
  const groups = compareRuns(outcomes, metrics, {
    success: ended.success,
    baseline: baseline ?? undefined,
    better: (address) => info[address]?.direction ?? "none",
  });
  await writeFiles(folder, ended.plan.sweep, {
    outcomes,
    groups,
    success: success ?? null,
    baseline: baseline ?? null,
    each,
    info,
  });
  const lines = groups.length > MOST_COMPARED
    ? [`${countText(groups.length)} settings are compared in settings.csv`]
    : comparisonLines(groups, metrics, { success, baseline, info });
  writeAll(`\n${lines.join("\n")}\n\n${folder}\n`);
}

/** The outcomes of the trials that count: those that were stopped early are neither complete nor failed. */
function outcomesOf(
  { plan, results, runs }: EndedSweep,
): (Outcome & { readonly metrics: RunMetrics | undefined })[] {
  const byTrial = new Map(results.map((result) => [result.trial, result]));
  return plan.trials.flatMap(({ id, label, aliases = [], overrides, seed }) => {
    const result = byTrial.get(id);
    if (result === undefined || result.state === "stoppedEarly") return [];
    const { run, folder, exitCode, reason, info, state } = result;
    const metrics = state === "complete" ? result.metrics as RunMetrics : undefined;
    const place = folder === undefined ? {} : { run, folder: `${runs}/${folder}` };
    return [label, ...aliases].map((label) => ({
      label,
      overrides,
      seed,
      ...place,
      exitCode,
      reason,
      metrics,
      info,
    }));
  });
}

/** What the compared metrics state of themselves, by `stage.metric`; nothing where runs state different units or directions. */
function metricsInfo(
  outcomes: readonly Outcome[],
  addresses: readonly string[],
): Record<string, RecordedInfo> {
  return Object.fromEntries(addresses.flatMap((address): [string, RecordedInfo][] => {
    const { stage, name } = parseMetricAddress(address);
    const infos = outcomes.map(({ info }) =>
      infoOf(info[stage] as Readonly<Record<string, RecordedInfo>> ?? {}, name)
    );
    const stated = infos.filter((info) => info !== undefined);
    const { unit, direction, split, estimator } = stated[0] ?? {};
    const isSame = stated.every((info) => info.unit === unit && info.direction === direction);
    if (unit === undefined || direction === undefined || !isSame) return [];
    return [[address, { unit, direction, split, estimator }]];
  }));
}

/** The metrics of evaluations, and the epochs and seconds of trainings. */
function comparedMetrics(outcomes: readonly Outcome[]): string[] {
  const found = outcomes.flatMap(({ metrics = {}, info }) =>
    Object.entries(info).filter(([stage]) => metrics[stage] !== undefined).flatMap(([stage, own]) =>
      Object.keys(own).filter((metric) => "epochs" in own ? ["epochs", "seconds"].includes(metric) : true)
        .map((metric) => `${stage}.${metric}`)
    )
  );
  return [...new Set(found)];
}

/** The most settings that are printed, and the most runs on the page that shows all of each: two small ones took 168 kB. */
const MOST_COMPARED = 100;

/** Writes the comparison into the folder of a sweep, with a page if more than one trial is complete, and not more than fit on it. */
async function writeFiles(
  folder: string,
  sweep: string,
  comparison: {
    readonly outcomes: readonly Outcome[];
    readonly groups: readonly ComparedGroup[];
    readonly success: string | null;
    readonly baseline: string | null;
    readonly each: boolean;
    readonly info: Readonly<Record<string, RecordedInfo>>;
  },
): Promise<void> {
  const outcomes = comparison.outcomes.map(({ info: _, ...outcome }) => outcome);
  const content = { schema: SCHEMA.comparison, sweep, ...comparison, outcomes };
  await writeFileAtomically(`${folder}/comparison.json`, JSON.stringify(content, null, 2) + "\n");
  const done = outcomes.filter(({ exitCode, folder }) => exitCode === 0 && folder !== undefined);
  const folders = done.map(({ folder }) => folder!), labels = done.map(({ label }) => label);
  if (folders.length > 1 && folders.length <= MOST_COMPARED) {
    await writeComparison(folders, `${folder}/comparison.html`, labels);
  }
}
