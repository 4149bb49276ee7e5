/** What a table is that is written to a file. @module */
import type { Cell } from "../tables/csv.ts";

/** A column of a table: `integer` has 32 bits, `long` 64 (whole numbers up to 2^53, as JavaScript has them). */
export interface Column {
  readonly name: string;
  readonly type: "text" | "float" | "double" | "integer" | "long" | "boolean";
  /** Whether cells may be missing (`null`). @default {true for text, else false} */
  readonly nullable?: boolean;
}

/** A table that is being written. */
export interface TableFile {
  /** Appends rows, a cell for each column. */
  write(rows: readonly (readonly Cell[])[]): Promise<void>;
  finish(): Promise<void>;
  abort(): void;
}
