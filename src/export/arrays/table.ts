/** What a table is that is written to a file. @module */
import type { Cell } from "../tables/csv.ts";

/** A column of a table. Text may be missing (`null`). */
export interface Column {
  readonly name: string;
  readonly type: "text" | "float" | "double" | "integer" | "boolean";
}

/** A table that is being written. */
export interface TableFile {
  /** Appends rows, a cell for each column. */
  write(rows: readonly (readonly Cell[])[]): Promise<void>;
  finish(): Promise<void>;
  abort(): void;
}
