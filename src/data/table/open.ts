/**
 * Opens the file of a table, in whatever format it is.
 *
 * @module
 */
import { messageOf, RunError } from "../../core/errors.ts";
import type { TableFile, TableFormat } from "./contract.ts";
import { openDelimited } from "./delimited.ts";
import { openParquet } from "./parquet.ts";

/** What the first bytes of files say that are no tables, for messages. */
const OTHERS: readonly (readonly [start: string, what: string])[] = [
  ["PK\x03\x04", "a zip archive, as of Excel (save the sheet as CSV)"],
  ["\xd0\xcf\x11\xe0", "an old Excel file (save the sheet as CSV)"],
  ["\x93NUMPY", "a NumPy file (read it by npy())"],
  ["\x89HDF", "an HDF5 file (write the table as Parquet or CSV)"],
  ["ARROW1", "a Feather file (write it as Parquet)"],
  ["SQLite format 3", "an SQLite database (write the table as CSV)"],
];

/**
 * Opens a table and reads its head: the first rows of CSV and TSV, the metadata of Parquet.
 *
 * @throws {RunError} When it is no table, with what it is.
 */
export async function openTableFile(path: string, format: TableFormat = {}): Promise<TableFile> {
  let start: string;
  try {
    using file = await Deno.open(path);
    const bytes = new Uint8Array(16);
    const count = await file.read(bytes) ?? 0;
    start = String.fromCharCode(...bytes.subarray(0, count));
  } catch (thrown) {
    const reason = thrown instanceof Deno.errors.NotFound ? "which does not exist" : messageOf(thrown);
    throw new RunError(`"${path}" must be a table, got a file ${reason} (check the path)`);
  }
  const other = OTHERS.find(([mark]) => start.startsWith(mark));
  if (other !== undefined) {
    throw new RunError(`"${path}" must be a table in CSV, TSV or Parquet, got ${other[1]}`);
  }
  if (start.startsWith("PAR1")) return await openParquet(path);
  if (/\.(parquet|pq)$/i.test(path)) {
    throw new RunError(
      `"${path}" must begin with PAR1 as each Parquet file does, got ${
        start === "" ? "an empty file" : JSON.stringify(start.slice(0, 4))
      } (write it again, or name a text file .csv)`,
    );
  }
  return await openDelimited(path, format);
}
