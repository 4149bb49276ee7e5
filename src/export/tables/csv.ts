/**
 * Comma-separated values, quoted as in RFC 4180, with a line of names first. Lines end with a line feed, as those of other text files.
 *
 * @module
 */

/** A value of a table; what is missing or not finite is an empty cell. */
export type Cell = string | number | boolean | null | undefined;

/** A table with a row per record. */
export function csv(
  columns: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  delimiter: "," | "\t" = ",",
): string {
  return [columns, ...rows].map((row) => `${row.map(cellText).join(delimiter)}\n`).join("");
}

/** Beginnings for which spreadsheets take a text for a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** A cell. A text that a spreadsheet would run as a formula begins with an apostrophe, which shows it as a text; numbers stay as they are. */
function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  const text = FORMULA.test(String(cell)) ? `'${cell}` : String(cell);
  return /[",\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
