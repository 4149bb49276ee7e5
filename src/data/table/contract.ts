/**
 * The interface of a table's file, whatever its format: columns with the types that were found, and blocks of rows.
 *
 * @module
 */

/** A value of a table as its parser gives it: a text (of CSV), or a number, bigint, boolean, date, text or nothing (of Parquet). */
export type Cell = unknown;

/** What the cells of a column are. `empty`: none has a value as far as it was looked at. `other`: lists, structures, raw bytes. */
export type ColumnType = "number" | "integer" | "boolean" | "date" | "text" | "empty" | "other";

/** A column as the head of the file, or its metadata, shows it. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** What `other` is, for messages: `lists`, `structures`. */
  readonly what?: string;
  /** The median of the finite numbers in the head of the file, where that was read. */
  readonly median?: number;
}

/** Where the numbers of a column go: that of the first row to `at`, each next one `stride` further. */
export interface ColumnTarget {
  readonly values: Float32Array;
  readonly at: number;
  readonly stride: number;
}

/** Consecutive rows. */
export interface RowBlock {
  /** The number of the first row, counted from 0 without the header. */
  readonly first: number;
  readonly count: number;
  /** The cells of a column, by its position in the file. Length `count`. */
  column(position: number): Promise<ArrayLike<Cell>>;
  /**
   * Reads a column of numbers with a decimal point without a text for each, NaN where one is missing. Returns how many are missing, or
   * `undefined` where a cell is no number of single precision; the target then holds anything.
   * @default {there is no such way}
   */
  numbers?(position: number, target: ColumnTarget): number | undefined;
}

/** How a table's file is read. */
export interface TableFormat {
  /** What separates the columns of a text file. @default {found in the first lines} */
  readonly delimiter?: string;
  /** The decimal mark of a text file. @default {"."} */
  readonly decimal?: "." | ",";
  /** Whether the first line of a text file holds the names of the columns. @default {true} */
  readonly header?: boolean;
}

/** A table that was opened: its columns are known, its rows are not read yet. */
export interface TableFile {
  readonly path: string;
  /** `CSV`, `TSV` or `Parquet`. */
  readonly format: string;
  readonly columns: readonly Column[];
  /** The number of rows, where the file states it. */
  readonly rows?: number;
  /** The decimal mark of its texts. */
  readonly decimal: "." | ",";
  /** Problems of the file that do not keep it from being read. */
  readonly warnings: readonly string[];
  /** At least as many rows as the file has, and few more. */
  mostRows(): Promise<number>;
  /** Reads all rows in order, some of their columns, a block at a time. */
  read(columns: readonly number[], visit: (block: RowBlock) => Promise<void> | void): Promise<void>;
}
