/**
 * Single cells: which are missing, which are numbers, and what a column of texts holds.
 *
 * @module
 */
import type { Cell, ColumnType } from "./contract.ts";

/** Texts that stand for a value that is missing, beside the empty one; as in pandas. */
const MISSING = new Set(["NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "<NA>", "#N/A", "?"]);

const INFINITE = /^[+-]?(inf|infinity|∞)$/i;

/** Dates of ISO 8601, with or without a time. */
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

const BOOLEANS: Readonly<Record<string, number | undefined>> = { true: 1, false: 0 };

const MILLISECONDS_PER_DAY = 86_400_000;

const inDays = (milliseconds: number) => milliseconds / MILLISECONDS_PER_DAY;

/** Whether a cell has no value: nothing, an empty text, a text such as `NA`, or a number that is not a number. */
export function isMissing(cell: Cell): boolean {
  if (cell === null || cell === undefined) return true;
  if (typeof cell === "number") return Number.isNaN(cell);
  if (typeof cell !== "string") return false;
  const text = cell.trim();
  return text === "" || MISSING.has(text);
}

/**
 * The number of a cell of a column: NaN where its value is missing, an infinite number where it is one, `undefined` where it is none that a
 * column of this type has. Booleans are 1 and 0; dates are days since 1970.
 */
export function numberOf(cell: Cell, type: ColumnType, decimal: "." | ","): number | undefined {
  if (isMissing(cell)) return NaN;
  if (type === "date") return cell instanceof Date ? inDays(cell.getTime()) : daysOf(nameOf(cell));
  if (type === "boolean") {
    return typeof cell === "boolean" ? Number(cell) : BOOLEANS[nameOf(cell).toLowerCase()];
  }
  if (typeof cell === "string") return numberOfText(cell.trim(), decimal);
  return typeof cell === "number" || typeof cell === "bigint" ? Number(cell) : undefined;
}

function numberOfText(text: string, decimal: "." | ","): number | undefined {
  if (INFINITE.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  // JavaScript also reads 0x10, 0b1 and 0o7, which no table means.
  if (/^[+-]?0[xbo]/i.test(text)) return undefined;
  const value = Number(decimal === "," ? withPoint(text) : text);
  return Number.isNaN(value) ? undefined : value;
}

/** `1,5` as `1.5`; a text that has a point is no number with a decimal comma. */
function withPoint(text: string): string {
  return text.includes(".") ? "no number" : text.replace(",", ".");
}

/** Days since 1970 of a date; a time without a zone is UTC, so that the machine does not matter. */
function daysOf(text: string): number | undefined {
  const found = DATE.exec(text);
  if (found === null) return undefined;
  const zoned = text.length > 10 && found[1] === undefined ? `${text}Z` : text;
  const time = Date.parse(zoned.replace(" ", "T"));
  return Number.isNaN(time) ? undefined : inDays(time);
}

/** A cell as the name of a class or a category. */
export function nameOf(cell: Cell): string {
  return cell instanceof Date ? cell.toISOString() : String(cell).trim();
}

/**
 * What a column of texts holds, and the median of its finite numbers. A column is of numbers when at least half of its values are, so that a
 * misspelt number is an error in its row and not a category.
 */
export function columnOfTexts(
  cells: readonly string[],
  decimal: "." | ",",
): { type: ColumnType; median?: number } {
  let values = 0, whole = 0, booleans = 0, dates = 0;
  const numbers: number[] = [];
  for (const cell of cells) {
    if (isMissing(cell)) continue;
    values++;
    const text = cell.trim(), value = numberOfText(text, decimal);
    if (BOOLEANS[text.toLowerCase()] !== undefined) booleans++;
    else if (DATE.test(text)) dates++;
    else if (value !== undefined) {
      numbers.push(value);
      if (Number.isInteger(value)) whole++;
    }
  }
  if (values === 0) return { type: "empty" };
  if (booleans === values) return { type: "boolean" };
  if (2 * dates >= values && dates > 0) return { type: "date" };
  if (2 * numbers.length < values) return { type: "text" };
  return { type: whole === numbers.length ? "integer" : "number", ...medianOf(numbers) };
}

/** The upper median of finite numbers, which is one of them; nothing where there are none. */
function medianOf(numbers: readonly number[]): { median?: number } {
  const finite = Float64Array.from(numbers.filter(Number.isFinite)).sort();
  return finite.length === 0 ? {} : { median: finite[finite.length >> 1] };
}
