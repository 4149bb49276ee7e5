/**
 * The tables of a sweep as files: `table` of its trials and `settings`, each as CSV and Parquet.
 *
 * @module
 */
import type { TableFile } from "../../export/arrays/table.ts";
import { openTable } from "../../export/arrays/table_file.ts";
import type { Cell } from "../../export/tables/csv.ts";
import { settingTable } from "./setting_table.ts";
import type { PooledSweep } from "./pooled_sweep.ts";
import { type RowTable, trialTable } from "./trial_table.ts";

/** The names of the tables of a sweep, without an ending, and what makes them. */
const TABLES = { table: trialTable, settings: settingTable } as const satisfies Record<
  string,
  (results: PooledSweep) => RowTable
>;
const ENDINGS = ["csv", "parquet"] as const;

/** The names of the files. */
export const TABLE_FILES: readonly string[] = Object.keys(TABLES).flatMap((name) =>
  ENDINGS.map((ending) => `${name}.${ending}`)
);

/** Rows that are written at once. */
const BLOCK = 10_000;

/**
 * Writes the tables of a sweep into a folder: what merge does with the shards, and a sweep on one machine at its end. The same results give
 * the same bytes. A file that is there is replaced whole.
 *
 * @throws {RunError} When one cannot be written; nothing is left of it then.
 */
export async function writeSweepTables(folder: string, results: PooledSweep): Promise<void> {
  for (const [name, make] of Object.entries(TABLES)) {
    const table = make(results);
    for (const ending of ENDINGS) await writeTable(`${folder}/${name}.${ending}`, table);
  }
}

async function writeTable(path: string, { columns, rows }: RowTable): Promise<void> {
  const file = await openTable(path, columns);
  try {
    await writeRows(file, rows);
    await file.finish();
  } catch (thrown) {
    file.abort();
    throw thrown;
  }
}

async function writeRows(file: TableFile, rows: Iterable<readonly Cell[]>): Promise<void> {
  let block: (readonly Cell[])[] = [];
  for (const row of rows) {
    if (block.push(row) < BLOCK) continue;
    await file.write(block);
    block = [];
  }
  await file.write(block);
}
