// R = rows, C = columns; cell (r, c) is number r C + c.

/**
 * Rows of text files that need no parser: ASCII without quotes, as many cells in each row as there are columns. Cells are places in the
 * bytes, so that numbers are read without a text for each.
 *
 * @module
 */
import { isMissing, numberOf } from "./cells.ts";
import type { ColumnTarget, RowBlock } from "./contract.ts";
import { plainNumber } from "./plain_number.ts";

const QUOTE = 34, LINE_FEED = 10, RETURN = 13, BEYOND_ASCII = 128;

/** Where the cells of some rows are. */
interface PlainRows {
  readonly bytes: Uint8Array;
  /** R. */
  readonly count: number;
  /** Where each cell begins. Length R C. */
  readonly starts: Int32Array;
  /** Where each cell ends. */
  readonly ends: Int32Array;
}

/** Memory for the places of cells, which the next piece takes again. */
interface Places {
  starts: Int32Array;
  ends: Int32Array;
}

/** Finds the cells of pieces of a file; `undefined` for a piece that a parser has to read. */
export function plainRowReader(
  columns: number,
  delimiter: string,
): (bytes: Uint8Array) => PlainRows | undefined {
  const places: Places = { starts: new Int32Array(0), ends: new Int32Array(0) },
    mark = delimiter.charCodeAt(0);
  // A row of one cell may be a blank one.
  const isPossible = columns > 1 && mark < BEYOND_ASCII && mark !== QUOTE;
  return (bytes) => isPossible ? findCells(bytes, columns, mark, places) : undefined;
}

function findCells(bytes: Uint8Array, columns: number, mark: number, places: Places): PlainRows | undefined {
  // No cell is shorter than its delimiter.
  if (places.starts.length < bytes.length + 1) {
    places.starts = new Int32Array(bytes.length + 1);
    places.ends = new Int32Array(bytes.length + 1);
  }
  const { starts, ends } = places;
  let cell = 0, last = columns, start = 0;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at];
    if (code === mark) {
      starts[cell] = start;
      ends[cell++] = at;
      start = at + 1;
    } else if (code === LINE_FEED) {
      starts[cell] = start;
      ends[cell++] = at > start && bytes[at - 1] === RETURN ? at - 1 : at;
      if (cell !== last) return undefined;
      last += columns;
      start = at + 1;
    } else if (code === QUOTE || code >= BEYOND_ASCII) return undefined;
  }
  return start === bytes.length ? { bytes, count: cell / columns, starts, ends } : undefined;
}

/** Rows from `skipped` on as a block whose first row has a number. */
export function plainBlock(
  { bytes, count, starts, ends }: PlainRows,
  columns: number,
  { first, skipped }: { readonly first: number; readonly skipped: number },
): RowBlock {
  let decoded: string | undefined;
  const textOf = (cell: number) =>
    (decoded ??= new TextDecoder().decode(bytes)).slice(starts[cell], ends[cell]);
  const rows = count - skipped, cellOf = (row: number, column: number) => (row + skipped) * columns + column;
  function numbers(column: number, { values, at, stride }: ColumnTarget): number | undefined {
    let missing = 0;
    for (let row = 0, place = at; row < rows; row++, place += stride) {
      const cell = cellOf(row, column), plain = plainNumber(bytes, starts[cell], ends[cell]);
      if (plain !== undefined) values[place] = plain;
      else {
        const text = textOf(cell), value = numberOf(text, "number", ".");
        if (isMissing(text)) missing++;
        else if (value === undefined || !Number.isFinite(Math.fround(value))) return undefined;
        values[place] = value!;
      }
    }
    return missing;
  }
  return {
    first,
    count: rows,
    column: (column) =>
      Promise.resolve(Array.from({ length: rows }, (_, row) => textOf(cellOf(row, column)))),
    numbers,
  };
}
