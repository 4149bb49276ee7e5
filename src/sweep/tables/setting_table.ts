/**
 * The table of a sweep's settings: a row per setting, over its seeds.
 *
 * @module
 */
import {
  type Better,
  type ComparedGroup,
  type ComparedRun,
  compareRuns,
  type Difference,
} from "../../analysis/statistics/comparison.ts";
import type { Estimate } from "../../analysis/statistics/intervals.ts";
import { parseCondition } from "../../core/condition.ts";
import type { Column } from "../../export/arrays/table.ts";
import type { Cell } from "../../export/tables/csv.ts";
import { intervalOf, metricAddresses, metricInfos } from "./metric_addresses.ts";
import { type SettingColumn, settingColumns } from "./setting_columns.ts";
import { metricsOf, type PooledSweep } from "./trial_summary.ts";
import type { SweepRecord } from "../folder.ts";
import type { ListedTrial } from "../trial.ts";
import type { RowTable } from "./trial_table.ts";

/** The states whose trials are counted. */
const COUNTED = ["complete", "failed", "stoppedEarly", "missing"] as const;

/**
 * The settings in the order of the plan: `label`, `settings.PATH`, how many trials each has and in which states, and for each metric the mean
 * over its complete trials with its 95 % interval (`mean`, `low`, `high`, and `count`, the numbers that it is of). A sweep with a rule of
 * success has its rate over the trials that are complete or have failed; one with a baseline the differences from it, seed by seed.
 */
export function settingTable({ plan, results }: PooledSweep): RowTable {
  const { trials } = plan, { success, baseline } = shownOptions(plan);
  const infos = metricInfos(results.values());
  const metrics = metricAddresses(results.values()).filter((address) =>
    intervalOf(address, infos) === undefined
  );
  const condition = success === undefined ? undefined : parseCondition(success);
  const better = (address: string): Better => infos.get(address)?.direction ?? "none";
  const byLabel = trialsByLabel(trials),
    runsOf = (label: string) => endedRuns(label, byLabel.get(label)!, results);
  const baselineRuns = baseline !== undefined && byLabel.has(baseline) ? runsOf(baseline) : [];
  const parts = [
    labelPart(settingColumns(trials)),
    statePart(results),
    ...(condition === undefined ? [] : [successPart]),
    ...metrics.map((address) => metricPart(address, baseline !== undefined)),
  ];
  function* rows(): Generator<readonly Cell[]> {
    for (const [label, trials] of byLabel) {
      // One setting at a time: all of them at once would take much memory where there are many.
      const runs = [...runsOf(label), ...(label === baseline ? [] : baselineRuns)];
      const groups = compareRuns(runs, metrics, { success: condition, baseline, better });
      const group = groups.find((group) => group.label === label);
      yield parts.flatMap(({ cells }) => cells({ label, trials, group }));
    }
  }
  return { columns: parts.flatMap(({ columns }) => columns), rows: { [Symbol.iterator]: rows } };
}

/** The trials of each label. Settings that resolve to the same trial share it. */
function trialsByLabel(trials: readonly ListedTrial[]): Map<string, ListedTrial[]> {
  const byLabel = new Map<string, ListedTrial[]>();
  for (const trial of trials) {
    for (const label of [trial.label, ...trial.aliases ?? []]) {
      const own = byLabel.get(label);
      if (own === undefined) byLabel.set(label, [trial]);
      else own.push(trial);
    }
  }
  return byLabel;
}

/** What the options of a sweep say about its results. Other versions of a file may hold anything there. */
function shownOptions({ options: { success, baseline } }: SweepRecord) {
  return {
    success: typeof success === "string" ? success : undefined,
    baseline: typeof baseline === "string" ? baseline : undefined,
  };
}

/** The trials of a label that are complete or have failed: one that was stopped early is neither. */
function endedRuns(
  label: string,
  trials: readonly ListedTrial[],
  results: PooledSweep["results"],
): ComparedRun[] {
  return trials.flatMap(({ id, seed }) => {
    const result = results.get(id);
    if (result?.state !== "complete" && result?.state !== "failed") return [];
    return [{ label, seed, metrics: result.state === "complete" ? metricsOf(result) : undefined }];
  });
}

/** A setting with its trials, and what those that have ended came to. */
interface SettingRow {
  readonly label: string;
  readonly trials: readonly ListedTrial[];
  readonly group?: ComparedGroup;
}

/** Some columns that belong together, and their cells in the row of a setting. */
interface Part {
  readonly columns: readonly Column[];
  readonly cells: (row: SettingRow) => readonly Cell[];
}

/** A setting's name and values. A label may stand for several settings: what differs between them is empty. */
function labelPart(settings: readonly SettingColumn[]): Part {
  return {
    columns: [{ name: "label", type: "text", nullable: false }, ...settings.map(({ column }) => column)],
    cells({ label, trials }) {
      return [
        label,
        ...settings.map(({ path, cell }) => {
          const [first, ...others] = trials.map(({ settings }) => cell(settings[path]));
          return others.every((other) => other === first) ? first : null;
        }),
      ];
    },
  };
}

function statePart(results: PooledSweep["results"]): Part {
  return {
    columns: ["trials", ...COUNTED].map((name) => ({ name, type: "integer" })),
    cells({ trials }) {
      const states = trials.map(({ id }) => results.get(id)?.state ?? "missing");
      return [
        states.length,
        ...COUNTED.map((wanted) => states.filter((state) => state === wanted).length),
      ];
    },
  };
}

const successPart: Part = {
  columns: numbers("success", ["rate", "low", "high"]),
  cells: ({ group }) => [group?.success?.value, group?.success?.low, group?.success?.high],
};

function metricPart(address: string, hasBaseline: boolean): Part {
  const name = `metrics.${address}`,
    ends = ({ value, low, high }: Partial<Estimate> = {}) => [value, low, high];
  return {
    columns: [
      ...numbers(name, ["mean", "low", "high"]),
      { name: `${name}.count`, type: "integer" },
      ...(hasBaseline
        ? [
          ...numbers(name, ["difference", "differenceLow", "differenceHigh"]),
          { name: `${name}.verdict`, type: "text" } as const,
        ]
        : []),
    ],
    cells({ group }) {
      const difference: Difference | undefined = group?.differences?.[address];
      return [
        ...[...ends(group?.means[address]), group?.values[address].length ?? 0],
        ...(hasBaseline ? [...ends(difference), difference?.verdict] : []),
      ];
    },
  };
}

function numbers(name: string, ends: readonly string[]): Column[] {
  return ends.map((end) => ({ name: `${name}.${end}`, type: "double", nullable: true }));
}
