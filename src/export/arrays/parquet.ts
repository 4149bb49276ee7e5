/**
 * Writes Apache Parquet by hyparquet-writer, a group of rows at a time.
 *
 * @module
 */
import { importPackage } from "../../core/import_package.ts";
import type { PartFile } from "../../core/part_file.ts";
import type { Cell } from "../tables/csv.ts";
import type { Column, TableFile } from "./table.ts";

type Package = typeof import("hyparquet-writer");

/** The most rows of a group, and about the most cells: it is encoded in memory as a whole. */
const GROUP = 50_000, GROUP_CELLS = 1_000_000;

const TYPES = {
  text: "STRING",
  float: "FLOAT",
  double: "DOUBLE",
  integer: "INT32",
  long: "INT64",
  boolean: "BOOLEAN",
} as const;

/** A Parquet table in a file. */
export async function parquetTable(file: PartFile, columns: readonly Column[]): Promise<TableFile> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await importPackage<Package>(
    "npm:hyparquet-writer@0.17.0",
  );
  const columnsOf = (rows: readonly (readonly Cell[])[]) =>
    columns.map(({ name, type, nullable = type === "text" }, at) => ({
      name,
      type: TYPES[type],
      nullable,
      data: rows.map((row) => type === "long" ? long(row[at]) : row[at] ?? null),
    }));
  const group = Math.min(GROUP, Math.ceil(GROUP_CELLS / columns.length));
  const bytes = new ByteWriter(), schema = schemaFromColumnData({ columnData: columnsOf([]) });
  const parquet = new ParquetWriter({ writer: bytes, schema, createdBy: "hourglass" });
  let waiting: (readonly Cell[])[] = [];
  function flush(): void {
    file.write(bytes.getBytes());
    // `offset`, the place in the whole file, continues.
    bytes.index = 0;
  }
  async function writeGroup(): Promise<void> {
    await parquet.write({ columnData: columnsOf(waiting.slice(0, group)), rowGroupSize: group });
    waiting = waiting.slice(group);
    flush();
  }
  return {
    async write(rows) {
      waiting = waiting.concat(rows);
      while (waiting.length >= group) await writeGroup();
    },
    async finish() {
      if (waiting.length > 0) await writeGroup();
      await parquet.finish();
      flush();
      file.finish();
    },
    abort: file.abort,
  };
}

/** A cell of 64 bits, which hyparquet-writer takes as a BigInt. */
function long(cell: Cell): bigint | null {
  return typeof cell === "number" ? BigInt(cell) : null;
}
