/**
 * Tables in text files: CSV, TSV, and others with one character between columns, gzipped or not. Parsed by Papa Parse, a piece at a time.
 *
 * @module
 */
import { importPackage } from "../../core/import_package.ts";
import { countText, plural } from "../../core/amounts.ts";
import { RunError } from "../../core/errors.ts";
import { countLines, LONGEST_ROW, partsOf, PIECE } from "./text_parts.ts";
import { columnOfTexts } from "./cells.ts";
import type { Column, RowBlock, TableFile, TableFormat } from "./contract.ts";
import { plainBlock, plainRowReader } from "./plain_rows.ts";

/** Rows of the head, by which the types of columns are found. */
const HEAD_ROWS = 1000;

const DELIMITERS = [",", ";", "\t", "|"];

/** The part of Papa Parse that is used. */
interface PapaParse {
  readonly Parser: new (options: { delimiter: string; newline: string }) => {
    parse(text: string, baseIndex: number, ignoreLastRow: boolean): {
      data: string[][];
      errors: { message: string; row: number }[];
      meta: { cursor: number };
    };
  };
}

let papa: PapaParse | undefined;

async function loadParser(): Promise<PapaParse> {
  papa ??= (await importPackage<{ default: PapaParse }>("npm:papaparse@5.7.1")).default;
  return papa;
}

/** The rows of a text, cut where it is cut. */
interface Parse {
  (text: string, isLast: boolean): { rows: string[][]; rest: string };
}

/** Parses pieces of a file; the caller passes what is left of a piece with the next one. */
function rowParser({ Parser }: PapaParse, path: string, delimiter: string, newline: string): Parse {
  const parser = new Parser({ delimiter, newline });
  return (text, isLast) => {
    const { data, errors, meta } = parser.parse(text, 0, !isLast);
    // An error beyond the rows is of one whose end is not there yet.
    const fault = errors.find(({ row }) => row < data.length);
    if (fault !== undefined) {
      const start = data[fault.row].join(delimiter).slice(0, 40);
      throw new RunError(
        `"${path}" must have a quote at both ends of a quoted cell, got ${
          JSON.stringify(start)
        } in one (write a quote ` +
          `inside of a cell as two quotes)`,
      );
    }
    const rest = isLast ? "" : text.slice(meta.cursor);
    if (rest.length > LONGEST_ROW) {
      throw new RunError(
        `"${path}" must have rows of at most ${countText(LONGEST_ROW)} characters, got a longer one ` +
          `(close the quote that begins in ${JSON.stringify(rest.slice(0, 40))})`,
      );
    }
    return { rows: data, rest };
  };
}

/** What comes before the rows: how the file is cut into cells, its columns and where its rows begin. */
interface Head {
  readonly delimiter: string;
  readonly newline: string;
  readonly columns: readonly Column[];
  readonly warnings: readonly string[];
}

/** Opens a text file: reads its first piece. @throws {RunError} */
export async function openDelimited(path: string, format: TableFormat): Promise<TableFile> {
  const parsing = await loadParser(), { decimal = ".", header = true } = format;
  const { delimiter, newline, columns, warnings } = await readHead(parsing, path, format);
  return {
    path,
    format: delimiter === "\t" ? "TSV" : "CSV",
    columns,
    decimal,
    warnings,
    mostRows: () => countLines(path, newline),
    read: (wanted, visit) =>
      readRows(
        path,
        { header, columns, delimiter, newline, parse: rowParser(parsing, path, delimiter, newline) },
        wanted,
        visit,
      ),
  };
}

/** How the rows of a file are found. */
interface Layout extends Pick<Head, "columns" | "delimiter" | "newline"> {
  readonly header: boolean;
  readonly parse: Parse;
}

/** Reads all rows, those of numbers alone without a text for each cell. */
async function readRows(
  path: string,
  { header, columns, delimiter, newline, parse }: Layout,
  wanted: readonly number[],
  visit: (block: RowBlock) => Promise<void> | void,
): Promise<void> {
  let rest = "", first = 0, isHeader = header;
  async function visitTexts(text: string, isLast: boolean) {
    const parsed = parse(text, isLast), rows = parsed.rows.filter((row) => !isBlank(row));
    rest = parsed.rest;
    if (isHeader && rows.length > 0) {
      rows.shift();
      isHeader = false;
    }
    if (rows.length === 0) return;
    checkLengths(path, rows, first, columns.length);
    if (newline === "\n") rows.forEach(stripReturn);
    await visit(blockOf(rows, first, wanted));
    first += rows.length;
  }
  const plainRows = plainRowReader(columns.length, delimiter);
  for await (const { lines, text } of partsOf(path, newline)) {
    const plain = lines === undefined || rest !== "" ? undefined : plainRows(lines);
    if (plain === undefined) {
      await visitTexts(rest + text(), false);
      continue;
    }
    const block = plainBlock(plain, columns.length, { first, skipped: Number(isHeader) });
    isHeader = false;
    if (block.count > 0) await visit(block);
    first += block.count;
  }
  await visitTexts(rest, true);
}

async function readHead(parsing: PapaParse, path: string, format: TableFormat): Promise<Head> {
  const { decimal = ".", header = true } = format;
  let text = "", isWhole = true;
  for await (const part of partsOf(path, "")) {
    text += part.text();
    if (text.length >= PIECE) {
      isWhole = false;
      break;
    }
  }
  const newline = text.includes("\n") || !text.includes("\r") ? "\n" : "\r";
  const line = text.slice(0, (text.indexOf(newline) + 1 || text.length + 1) - 1);
  const delimiter = format.delimiter ?? delimiterOf(path, line);
  const rows = rowParser(parsing, path, delimiter, newline)(text, isWhole).rows
    .filter((row) => !isBlank(row)).slice(0, HEAD_ROWS + 1);
  if (newline === "\n") rows.forEach(stripReturn);
  if (rows.length === 0) {
    throw new RunError(`"${path}" must have a line of column names and rows, got an empty file`);
  }
  const names = header ? rows[0].map((name) => name.trim()) : rows[0].map((_, place) => `column${place + 1}`);
  const head = header ? rows.slice(1) : rows;
  checkLengths(path, head, 0, names.length);
  const columns = names.map((name, place) => ({
    name,
    ...columnOfTexts(head.map((row) => row[place]), decimal),
  }));
  const isNumeric = header && rows[0].every((name) => name.trim() !== "" && !Number.isNaN(Number(name)));
  return {
    delimiter,
    newline,
    columns,
    warnings: isNumeric
      ? [
        `The first line of "${path}" holds numbers and is read as names of columns (header: false reads it as a row)`,
      ]
      : [],
  };
}

function delimiterOf(path: string, line: string): string {
  if (/\.(tsv|tab)(\.gz)?$/i.test(path)) return "\t";
  const unquoted = line.replace(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((mark) => unquoted.split(mark).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

const isBlank = (row: readonly string[]) => row.length === 1 && row[0].trim() === "";

/** A file of mixed line ends is cut at line feeds; what is before them is no part of the last cell. */
function stripReturn(row: string[]): void {
  const last = row[row.length - 1];
  if (last.endsWith("\r")) row[row.length - 1] = last.slice(0, -1);
}

function checkLengths(path: string, rows: readonly string[][], first: number, columns: number): void {
  const ragged = rows.flatMap((row, place) => row.length === columns ? [] : [{ row, place }]);
  if (ragged.length === 0) return;
  const places = ragged.slice(0, 3).map(({ row, place }) => `${row.length} in row ${first + place + 1}`);
  const others = ragged.length - places.length;
  const more = others === 0 ? "" : ` and wrong numbers in ${plural(others, "more row")}`;
  throw new RunError(
    `"${path}" must have ${columns} cells in each row, as many as its first line has, got ${
      places.join(", ")
    }${more} ` +
      `(quote cells that hold the delimiter, or give it: delimiter: ";")`,
  );
}

function blockOf(rows: readonly string[][], first: number, wanted: readonly number[]): RowBlock {
  const known = new Set(wanted);
  return {
    first,
    count: rows.length,
    column(position) {
      if (!known.has(position)) throw new RangeError(`Column ${position} must be among those that are read`);
      return Promise.resolve(rows.map((row) => row[position]));
    },
  };
}
