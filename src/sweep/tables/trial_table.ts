/**
 * The table of a sweep: a row per trial.
 *
 * @module
 */
import type { Column } from "../../export/arrays/table.ts";
import type { Cell } from "../../export/tables/csv.ts";
import { metricAddresses, metricValue } from "./metric_addresses.ts";
import { settingColumns } from "./setting_columns.ts";
import type { PooledSweep } from "./trial_summary.ts";

/** A table whose rows are made as they are written. */
export interface RowTable {
  readonly columns: readonly Column[];
  readonly rows: Iterable<readonly Cell[]>;
}

/**
 * The trials in the order of the plan: `trial` (its id), `label`, `settings.PATH`, `seed`, `state`, `metrics.STAGE.NAME`, `epochs`, `seconds`
 * and `run`. A trial without a result is in the state `missing`.
 */
export function trialTable({ plan: { trials }, results }: PooledSweep): RowTable {
  const settings = settingColumns(trials);
  const metrics = metricAddresses(results.values());
  const columns: Column[] = [
    { name: "trial", type: "text", nullable: false },
    { name: "label", type: "text", nullable: false },
    ...settings.map(({ column }) => column),
    { name: "seed", type: "long" },
    { name: "state", type: "text", nullable: false },
    ...metrics.map((address): Column => ({ name: `metrics.${address}`, type: "double", nullable: true })),
    { name: "epochs", type: "long", nullable: true },
    { name: "seconds", type: "double", nullable: true },
    { name: "run", type: "text" },
  ];
  function* rows(): Generator<readonly Cell[]> {
    for (const trial of trials) {
      const result = results.get(trial.id);
      yield [
        ...[trial.id, trial.label],
        ...settings.map(({ path, cell }) => cell(trial.settings[path])),
        ...[trial.seed, result?.state ?? "missing"],
        ...metrics.map((address) => metricValue(result, address)),
        ...[result?.epochs, result?.seconds, result?.run],
      ];
    }
  }
  return { columns, rows: { [Symbol.iterator]: rows } };
}
