/**
 * Files of rows, written part by part: CSV, TSV and Parquet by their ending.
 *
 * @module
 */
import { openPartFile, type PartFile } from "../../core/part_file.ts";
import { type Cell, csv } from "../tables/csv.ts";
import { parquetTable } from "./parquet.ts";
import type { Column, TableFile } from "./table.ts";

/** The endings of tables. */
export const TABLE_ENDINGS = [".csv", ".tsv", ".parquet"] as const;

/** Begins a table; its format goes by the ending of its name. */
export async function openTable(path: string, columns: readonly Column[]): Promise<TableFile> {
  const file = openPartFile(path);
  try {
    if (/\.parquet$/i.test(path)) return await parquetTable(file, columns);
    return delimitedTable(file, columns, /\.tsv$/i.test(path) ? "\t" : ",");
  } catch (thrown) {
    file.abort();
    throw thrown;
  }
}

function delimitedTable(file: PartFile, columns: readonly Column[], delimiter: "," | "\t"): TableFile {
  const encoder = new TextEncoder();
  const write = (text: string) => file.write(encoder.encode(text));
  const isFloat = columns.map(({ type }) => type === "float");
  write(csv(columns.map(({ name }) => name), [], delimiter));
  return {
    write(rows) {
      const cells = rows.map((row) => row.map((cell, at) => isFloat[at] ? shortFloat(cell) : cell));
      write(cells.map((row) => csv(row, [], delimiter)).join(""));
      return Promise.resolve();
    },
    finish: () => Promise.resolve(file.finish()),
    abort: file.abort,
  };
}

/** A number of single precision in the nine digits that give it back. */
function shortFloat(cell: Cell): Cell {
  return typeof cell === "number" ? Number(cell.toPrecision(9)) : cell;
}
