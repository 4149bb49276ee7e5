/**
 * The tables of a sweep as files: `table` of its trials and `settings`, each as CSV and Parquet.
 *
 * @module
 */
import type { TableFile } from "../../export/arrays/table.ts";
import { openTable } from "../../export/arrays/table_file.ts";
import type { Cell } from "../../export/tables/csv.ts";
import { settingTable } from "./setting_table.ts";
import type { PooledSweep } from "./trial_summary.ts";
import { type RowTable, trialTable } from "./trial_table.ts";

/** The names of the tables of a sweep, without an ending, and what makes them. */
const TABLES = { table: trialTable, settings: settingTable } as const satisfies Record<
  string,
  (sweep: PooledSweep) => RowTable
>;
const ENDINGS = ["csv", "parquet"] as const;

/** The names of the files. */
export const TABLE_FILES: readonly string[] = Object.keys(TABLES).flatMap((name) =>
  ENDINGS.map((ending) => `${name}.${ending}`)
);

/** Rows that are written at once. */
const BLOCK = 1000;

/**
 * Writes the tables of a sweep into a folder: what merge does with the shards, and a sweep on one machine at its end. The same results give
 * the same bytes. A file that is there is replaced whole.
 *
 * @throws {RunError} When one cannot be written; nothing is left of it then.
 */
export async function writeSweepTables(folder: string, sweep: PooledSweep): Promise<void> {
  for (const [name, make] of Object.entries(TABLES)) {
    await writeTable(ENDINGS.map((ending) => `${folder}/${name}.${ending}`), make(sweep));
  }
}

/** Writes a table as several files in one pass over its rows. */
async function writeTable(paths: readonly string[], { columns, rows }: RowTable): Promise<void> {
  const files: TableFile[] = [];
  try {
    for (const path of paths) files.push(await openTable(path, columns));
    for (const block of blocksOf(rows)) {
      for (const file of files) await file.write(block);
    }
    for (const file of files) await file.finish();
  } catch (thrown) {
    files.forEach((file) => file.abort());
    throw thrown;
  }
}

function* blocksOf(rows: Iterable<readonly Cell[]>): Generator<(readonly Cell[])[]> {
  let block: (readonly Cell[])[] = [];
  for (const row of rows) {
    if (block.push(row) < BLOCK) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}
