/**
 * Cells that cannot be used, counted by column, with the places of the first few.
 *
 * @module
 */
import { countText, plural } from "../../core/amounts.ts";
import { RunError, shortened } from "../../core/errors.ts";

/** What is wrong with a cell. */
export type Complaint = "text" | "missing" | "infinite" | "large";

/** Places that a message names. */
const NAMED = 3;

/** Columns that a message names. */
const COLUMNS = 5;

interface Found {
  readonly column: string;
  readonly kind: Complaint;
  readonly places: string[];
  count: number;
}

/** What a column must hold, and the remedy, by what is wrong. */
const TEXTS: Readonly<Record<Complaint, { must: string; got: string; remedy: (column: string) => string }>> =
  {
    text: {
      must: "must hold numbers",
      got: "",
      remedy: (column) =>
        `correct the cells, or choose: decimal: ",", types: { ${column}: "category" } or exclude: [${column}]`,
    },
    missing: {
      must: "must have a value in each row",
      got: "none",
      remedy: (column) =>
        `choose a rule: missing: "mean", "median", "zero" or "drop", or exclude: [${column}]`,
    },
    infinite: {
      must: "must hold finite numbers",
      got: "",
      remedy: () => `choose infinite: "missing" and a rule for missing values, or correct the cells`,
    },
    large: {
      must: "must hold numbers of single precision, up to 3.4e38",
      got: "",
      remedy: (column) => `give it in a larger unit, or exclude: [${column}]`,
    },
  };

/** Collects complaints of a file. */
export interface Complaints {
  /** Row `row` (from 0) of a column has a cell that cannot be used. */
  add(kind: Complaint, column: string, row: number, cell: unknown): void;
  /** @throws {RunError} When there are any. */
  check(): void;
}

/** Collects the complaints of one file, so that all of its columns are named at once. */
export function complaintsOf(path: string): Complaints {
  const all = new Map<string, Found>();
  return {
    add(kind, column, row, cell) {
      const key = `${kind} ${column}`;
      let found = all.get(key);
      if (found === undefined) all.set(key, found = { column, kind, places: [], count: 0 });
      found.count++;
      if (found.count > NAMED) return;
      const got = TEXTS[kind].got === ""
        ? `${shownCell(cell)} `
        : found.count === 1
        ? `${TEXTS[kind].got} `
        : "";
      found.places.push(`${got}in row ${countText(row + 1)}`);
    },
    check() {
      if (all.size === 0) return;
      const sentences = [...all.values()].slice(0, COLUMNS).map((found) => sentenceOf(path, found));
      const more = all.size > COLUMNS ? [`${all.size - COLUMNS} more columns have such cells`] : [];
      throw new RunError([...sentences, ...more].join("; "));
    },
  };
}

function shownCell(cell: unknown): string {
  return typeof cell === "string" ? JSON.stringify(shortened(cell, 40)) : shortened(String(cell), 40);
}

function sentenceOf(path: string, { column, kind, places, count }: Found): string {
  const { must, remedy } = TEXTS[kind], name = JSON.stringify(shortened(column, 60));
  const others = count - places.length;
  const more = others === 0 ? "" : ` and ${plural(others, "more row")}`;
  return `"${path}": column ${name} ${must}, got ${places.join(", ")}${more} (${remedy(name)})`;
}
