/**
 * The options of a table: what a pipeline file writes, and their schema.
 *
 * @module
 */
import { z } from "zod";
import { optionsOf } from "../../core/arguments.ts";
import { type InfiniteRule, InfiniteSetting, type MissingRule, MissingSetting } from "../arrays/missing.ts";
import { limitOption, testShareOption } from "../contract.ts";

const columns = z.array(z.string().min(1)).min(1).optional();
const column = z.string().min(1).optional();

/** The schema of a table's spec. */
export const TableSpec = z.strictObject({
  source: z.literal("table"),
  file: z.string().min(1),
  features: columns,
  exclude: columns,
  label: column,
  id: column,
  types: z.record(z.string(), z.enum(["number", "category"])).default({}),
  missing: MissingSetting,
  infinite: InfiniteSetting,
  categories: z.enum(["refuse", "oneHot"]).default("refuse"),
  maxCategories: z.int().min(1).max(10_000).default(100),
  dates: z.enum(["refuse", "days"]).default("refuse"),
  test: column,
  validation: column,
  split: column,
  testShare: testShareOption.optional(),
  validationShare: testShareOption.default(0),
  normal: column,
  limit: limitOption,
  delimiter: z.string().length(1).optional(),
  decimal: z.enum([".", ","]).default("."),
  header: z.boolean().default(true),
}).refine(
  ({ test, testShare, split }) => [test, testShare, split].filter((way) => way !== undefined).length < 2,
  {
    path: ["test"],
    error: "'test', 'testShare' and 'split' each choose the test split: give one of them",
  },
).refine(
  ({ validation, validationShare, split }) =>
    [validation !== undefined, validationShare > 0, split !== undefined].filter((way) => way).length < 2,
  {
    path: ["validation"],
    error: "'validation', 'validationShare' and 'split' each choose the validation split: give one of them",
  },
).refine(({ normal, label }) => normal === undefined || label !== undefined, {
  path: ["normal"],
  error: "'normal' is a class of 'label', which is not given",
});

/** A table's spec with its defaults filled in. */
export type TableSpec = z.output<typeof TableSpec>;

/** Options for {@link table}. */
export interface TableOptions {
  /** The columns that a model sees, by name. @default {all but those of the other options} */
  features?: string[];
  /** Columns that a model does not see. @default {[]} */
  exclude?: string[];
  /** The column of classes, for evaluation and colours; a model never sees it. @default none */
  label?: string;
  /** The column of names, for captions and scores. @default {the number of the row} */
  id?: string;
  /** What a column is where it is not what its cells look like: `{ zip: "category" }`. @default {found in the first 1,000 rows} */
  types?: Record<string, "number" | "category">;
  /**
   * What becomes of missing values (empty cells, `NA`, `NaN` and the like): an error, the mean or the median of the column in the train
   * split, 0, or a row that is left out. A missing category has a 0 in all of its columns. @default {"refuse"}
   */
  missing?: MissingRule;
  /** What becomes of infinite numbers: an error, or a missing value. @default {"refuse"} */
  infinite?: InfiniteRule;
  /** What becomes of columns of texts: an error, or a column of 0 and 1 for each text, named `colour=red`. @default {"refuse"} */
  categories?: "refuse" | "oneHot";
  /** The most categories that a column may have. @default {100} */
  maxCategories?: number;
  /** What becomes of dates: an error, or days since 1970. @default {"refuse"} */
  dates?: "refuse" | "days";
  /** A table of the same columns that is the test split. */
  test?: string;
  /** A table of the same columns for the validation loss. */
  validation?: string;
  /** A column that says `train`, `test` or `validation` of each row. */
  split?: string;
  /** Which share of the rows becomes the test split, from 0 (none: train is test) to 0.9. @default {0.1} */
  testShare?: number;
  /** Which share of the other rows becomes the validation split, from 0 (none) to 0.9. @default {0} */
  validationShare?: number;
  /**
   * The class of `label` that is normal, for a search for anomalies: train and validation rows have this class alone. Rows of other classes
   * are test rows where the test split is drawn, else only those are kept that the table says are test rows. @default all classes
   */
  normal?: string;
  /** How many rows to use at most, chosen from all by the run's seed. @default all */
  limit?: number;
  /** What separates the columns of a text file. @default {found in its first line} */
  delimiter?: string;
  /** The decimal mark of a text file. @default {"."} */
  decimal?: "." | ",";
  /** Whether the first line of a text file holds the names of the columns. @default {true} */
  header?: boolean;
}

/** This source as a pipeline file writes it, by {@link table}. */
export type TableInput = { source: "table"; file: string } & TableOptions;

/**
 * The rows of a table in CSV, TSV (gzipped or not) or Parquet: a sample is a vector of its columns. Nothing is read before the run but the
 * first rows, for `plan`.
 *
 * @example
 * ```ts
 * import { load, standardize, table } from "@hourglass/hourglass";
 *
 * const stage = load(table("sensors.csv", { label: "state", missing: "median" }), { scale: standardize() });
 * ```
 */
export function table(file: string, options: TableOptions = {}): TableInput {
  return { source: "table", file, ...optionsOf("table", options) };
}
