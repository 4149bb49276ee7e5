// n = rows, F = features; values [n, F] are row-major.

/**
 * Rows of a table as numbers: a feature for each column of numbers, one for each category of a column of texts.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { isMissing, nameOf, numberOf } from "./cells.ts";
import type { Complaint, Complaints } from "./complaints.ts";
import type { Cell, RowBlock, TableFile } from "./contract.ts";
import type { FeatureColumn } from "./features.ts";
import type { TableSpec } from "./options.ts";

/** A column with its place among the features. */
export interface EncodedColumn extends FeatureColumn {
  /** Its first feature. */
  readonly first: number;
  /** Its categories, each a feature; missing for a number. */
  readonly categories?: readonly string[];
}

/** How rows become numbers. */
export interface Encoding {
  readonly columns: readonly EncodedColumn[];
  /** The names of the features: `alcohol`, `colour=red`. Length F. */
  readonly names: readonly string[];
}

/** Columns with their categories, in the order of the features. */
export function encodingOf(
  features: readonly FeatureColumn[],
  categories: ReadonlyMap<number, readonly string[]>,
): Encoding {
  const names: string[] = [];
  const columns = features.map((column): EncodedColumn => {
    const own = column.kind === "category" ? categories.get(column.position) : undefined,
      first = names.length;
    names.push(...own === undefined ? [column.name] : own.map((category) => `${column.name}=${category}`));
    return { ...column, first, categories: own };
  });
  return { columns, names };
}

/** The categories of each column of categories, sorted: by number where all are numbers, else by their letters. Reads these columns. */
export async function findCategories(
  file: TableFile,
  features: readonly FeatureColumn[],
  most: number,
): Promise<Map<number, string[]>> {
  const columns = features.filter(({ kind }) => kind === "category");
  const found = new Map(columns.map(({ position }) => [position, new Set<string>()]));
  if (columns.length === 0) return new Map();
  await file.read(columns.map(({ position }) => position), async (block) => {
    for (const { position, name } of columns) {
      const cells = await block.column(position), own = found.get(position)!;
      for (let row = 0; row < block.count; row++) {
        if (isMissing(cells[row])) continue;
        own.add(nameOf(cells[row]));
        if (own.size > most) throw tooMany(file.path, name, most);
      }
    }
  });
  return new Map(columns.map(({ position }) => [position, sortedNames(found.get(position)!)]));
}

function tooMany(path: string, name: string, most: number): RunError {
  return new RunError(
    `"${path}": column ${JSON.stringify(name)} must have at most ${most} categories, got more ` +
      `(leave it out: exclude: [${JSON.stringify(name)}], or raise maxCategories)`,
  );
}

/** Names in the order of their numbers where all are numbers, else of their letters. */
export function sortedNames(names: Iterable<string>): string[] {
  const all = [...names], isNumeric = all.every((name) => Number.isFinite(Number(name)));
  return isNumeric ? all.sort((a, b) => Number(a) - Number(b)) : all.sort();
}

/** Values that could not be encoded, as counts; what is missing is NaN in the values. */
export interface EncodingCounts {
  missing: number;
  infinite: number;
  /** Cells of categories that the encoding does not know. */
  unknown: number;
}

/** Encodes the rows of a block to `values` from row `block.first` on. */
export async function encodeBlock(
  block: RowBlock,
  encoding: Encoding,
  spec: TableSpec,
  { values, from, complaints, counts }: {
    values: Float32Array;
    /** The row of the file that is the first of the values. */
    from: number;
    complaints: Complaints;
    counts: EncodingCounts;
  },
): Promise<void> {
  const size = encoding.names.length, target = { values, size, at: (block.first - from) * size };
  for (const column of encoding.columns) {
    if (readNumbers(block, column, spec, target, counts)) continue;
    const cells = await block.column(column.position);
    const complain = (kind: Complaint, row: number, cell: Cell) =>
      complaints.add(kind, column.name, block.first + row, cell);
    if (column.categories === undefined) encodeNumbers(cells, column, spec, target, complain, counts);
    else encodeCategories(cells, column.first, column.categories, spec, target, complain, counts);
  }
}

/** Reads a column whose cells are plain numbers; returns whether it is one, and needs no complaint that has a text. */
function readNumbers(
  block: RowBlock,
  { position, first, categories, type }: EncodedColumn,
  { decimal, missing }: TableSpec,
  { values, size, at }: Target,
  counts: EncodingCounts,
): boolean {
  if (categories !== undefined || decimal !== "." || type === "date" || type === "boolean") return false;
  const gaps = block.numbers?.(position, { values, at: at + first, stride: size });
  if (gaps === undefined || (gaps > 0 && missing === "refuse")) return false;
  counts.missing += gaps;
  return true;
}

interface Target {
  readonly values: Float32Array;
  /** F. */
  readonly size: number;
  /** Where the block's first row begins. */
  readonly at: number;
}

type Complain = (kind: Complaint, row: number, cell: Cell) => void;

function encodeNumbers(
  cells: ArrayLike<Cell>,
  { first, type }: EncodedColumn,
  { decimal, missing, infinite }: TableSpec,
  { values, size, at }: Target,
  complain: Complain,
  counts: EncodingCounts,
): void {
  const isPlain = decimal === "." && type !== "date" && type !== "boolean";
  for (let row = 0, place = at + first; row < cells.length; row++, place += size) {
    const cell = cells[row];
    const value = isPlain && typeof cell === "number" ? cell : numberOf(cell, type, decimal);
    if (value === undefined) complain("text", row, cell);
    else if (Number.isNaN(value)) {
      counts.missing++;
      if (missing === "refuse") complain("missing", row, cell);
      values[place] = NaN;
    } else {
      values[place] = value;
      if (Number.isFinite(values[place])) continue;
      const isLarge = Number.isFinite(value);
      if (!isLarge) counts.infinite++;
      if (isLarge) complain("large", row, cell);
      else if (infinite === "refuse") complain("infinite", row, cell);
      else if (missing === "refuse") complain("missing", row, cell);
      values[place] = NaN;
    }
  }
}

function encodeCategories(
  cells: ArrayLike<Cell>,
  first: number,
  categories: readonly string[],
  { missing }: TableSpec,
  { values, size, at }: Target,
  complain: Complain,
  counts: EncodingCounts,
): void {
  const places = new Map(categories.map((category, place) => [category, first + place]));
  for (let row = 0, start = at; row < cells.length; row++, start += size) {
    const cell = cells[row], isEmpty = isMissing(cell);
    if (isEmpty) {
      counts.missing++;
      if (missing === "refuse") complain("missing", row, cell);
    }
    const place = isEmpty ? undefined : places.get(nameOf(cell));
    if (!isEmpty && place === undefined) counts.unknown++;
    // A missing category is NaN where rows without a value are left out, else a 0 in each of its columns.
    const nothing = isEmpty && missing === "drop" ? NaN : 0;
    for (let category = 0; category < categories.length; category++) {
      values[start + first + category] = nothing;
    }
    if (place !== undefined) values[start + place] = 1;
  }
}
