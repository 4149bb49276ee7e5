/** A table in memory. @module */
import type { PartFile } from "../../core/part_file.ts";
import { type Cell, csv } from "../tables/csv.ts";
import { parquetTable } from "./parquet.ts";
import type { Column } from "./table.ts";

/** The bytes of a Parquet table. */
export async function parquetBytes(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const memory: PartFile = { write: (bytes) => void parts.push(bytes.slice()), finish() {}, abort() {} };
  const table = await parquetTable(memory, columns);
  await table.write(rows);
  await table.finish();
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

/** The text of a CSV table. */
export function csvText(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  return csv(columns.map(({ name }) => name), rows);
}
