// n = rows, F = features; values [n, F] are row-major.

/**
 * The rows of a table in memory: features, labels, names and the split that each row says it belongs to.
 *
 * @module
 */
import { countText } from "../../core/amounts.ts";
import { RunError, shortened } from "../../core/errors.ts";
import { isMissing, nameOf } from "./cells.ts";
import { complaintsOf } from "./complaints.ts";
import type { Cell, RowBlock, TableFile } from "./contract.ts";
import { encodeBlock, type Encoding, type EncodingCounts, sortedNames } from "./encode.ts";
import type { TableRoles } from "./features.ts";
import type { TableSpec } from "./options.ts";

export type { EncodingCounts } from "./encode.ts";

/** The splits of rows, as numbers; `left` is a row that is left out. */
export const GROUPS = { train: 0, test: 1, validation: 2, left: 3 } as const;

/** What the split column may say. */
const GROUP_NAMES: Readonly<Record<string, number | undefined>> = {
  train: GROUPS.train,
  training: GROUPS.train,
  test: GROUPS.test,
  testing: GROUPS.test,
  validation: GROUPS.validation,
  valid: GROUPS.validation,
  val: GROUPS.validation,
};

/** The most classes that a label may have: a column of measurements is none. */
const MOST_CLASSES = 1000;

/** Rows that were read. */
export interface Rows {
  /** n. */
  readonly count: number;
  /** [n, F]; NaN where a value is missing. Longer than the rows where the file has fewer than it could have. */
  readonly values: Float32Array;
  /** Codes of {@link ClassNames}. */
  readonly labels?: Uint16Array;
  readonly names?: string[];
  /** The split that each row says it belongs to, see {@link GROUPS}. */
  readonly groups?: Uint8Array;
  readonly counts: EncodingCounts;
}

/** Classes in the order in which they were found, over all files of a table. */
export type ClassNames = Map<string, number>;

/** Reads all rows of a file into one array. @throws {RunError} With all cells that cannot be used. */
export async function readRows(
  file: TableFile,
  roles: TableRoles,
  encoding: Encoding,
  spec: TableSpec,
  classes: ClassNames,
): Promise<Rows> {
  const most = await file.mostRows(), size = encoding.names.length;
  const values = new Float32Array(most * size);
  const labels = roles.label === undefined ? undefined : new Uint16Array(most);
  const groups = roles.split === undefined ? undefined : new Uint8Array(most);
  const names: string[] | undefined = roles.id === undefined ? undefined : [];
  const counts = { missing: 0, infinite: 0, unknown: 0 }, complaints = complaintsOf(file.path);
  let count = 0;
  await file.read(positionsOf(roles), async (block) => {
    await encodeBlock(block, encoding, spec, { values, from: 0, complaints, counts });
    if (labels !== undefined) await readLabels(file, block, roles.label!, classes, labels, 0);
    if (groups !== undefined) await readGroups(file, block, roles.split!, groups, 0);
    if (names !== undefined) names.push(...await readNames(block, roles.id!));
    count = block.first + block.count;
  });
  complaints.check();
  return {
    count,
    values,
    labels: labels?.subarray(0, count),
    groups: groups?.subarray(0, count),
    names,
    counts,
  };
}

/** A block of rows as numbers: what {@link readRows} reads of all rows at once. */
export interface BlockRows {
  readonly first: number;
  readonly count: number;
  /** [count, F]; the next block takes the same memory. */
  readonly values: Float32Array;
  readonly labels?: Uint16Array;
  readonly names?: string[];
  readonly groups?: Uint8Array;
}

/** Reads all rows of a file, a block at a time. Returns counts. @throws {RunError} With all cells that cannot be used. */
export async function visitRows(
  file: TableFile,
  roles: TableRoles,
  encoding: Encoding,
  spec: TableSpec,
  classes: ClassNames,
  visit: (rows: BlockRows) => void,
): Promise<EncodingCounts> {
  const counts = { missing: 0, infinite: 0, unknown: 0 }, complaints = complaintsOf(file.path);
  let memory = new Float32Array();
  await file.read(positionsOf(roles), async (block) => {
    const { first, count } = block, length = count * encoding.names.length;
    if (memory.length < length) memory = new Float32Array(length);
    const labels = roles.label === undefined ? undefined : new Uint16Array(count);
    const groups = roles.split === undefined ? undefined : new Uint8Array(count);
    await encodeBlock(block, encoding, spec, { values: memory, from: first, complaints, counts });
    if (labels !== undefined) await readLabels(file, block, roles.label!, classes, labels, first);
    if (groups !== undefined) await readGroups(file, block, roles.split!, groups, first);
    const names = roles.id === undefined ? undefined : await readNames(block, roles.id);
    visit({ first, count, values: memory, labels, names, groups });
  });
  complaints.check();
  return counts;
}

/** Reads the rows of a large file that are chosen (a 1 for each), `count` of them, into one array. @throws {RunError} */
export async function readChosenRows(
  file: TableFile,
  roles: TableRoles,
  encoding: Encoding,
  spec: TableSpec,
  classes: ClassNames,
  { isChosen, count }: ChosenRows,
): Promise<Rows> {
  const size = encoding.names.length, values = new Float32Array(count * size);
  const labels = roles.label === undefined ? undefined : new Uint16Array(count);
  const groups = roles.split === undefined ? undefined : new Uint8Array(count);
  const names: string[] | undefined = roles.id === undefined ? undefined : [];
  let to = 0;
  const counts = await visitRows(file, roles, encoding, spec, classes, (rows) => {
    for (let row = 0; row < rows.count; row++) {
      if (isChosen[rows.first + row] === 0) continue;
      values.set(rows.values.subarray(row * size, (row + 1) * size), to * size);
      if (labels !== undefined) labels[to] = rows.labels![row];
      if (groups !== undefined) groups[to] = rows.groups![row];
      names?.push(rows.names![row]);
      to++;
    }
  });
  return { count: to, values, labels, names, groups, counts };
}

/** Some rows of a file. */
export interface ChosenRows {
  /** A 1 for each row that is chosen. */
  readonly isChosen: Uint8Array;
  readonly count: number;
}

async function readNames(block: RowBlock, position: number): Promise<string[]> {
  return Array.from(await block.column(position), nameOf);
}

function positionsOf({ features, label, id, split }: TableRoles): number[] {
  const others = [label, id, split].filter((position) => position !== undefined);
  return [...new Set([...features.map(({ position }) => position), ...others])];
}

async function readLabels(
  { path, columns }: TableFile,
  block: RowBlock,
  position: number,
  classes: ClassNames,
  labels: Uint16Array,
  from: number,
): Promise<void> {
  const cells = await block.column(position), name = JSON.stringify(columns[position].name);
  for (let row = 0; row < block.count; row++) {
    if (isMissing(cells[row])) {
      throw cellError(path, name, "a class in each row", block.first + row, cells[row]);
    }
    const text = nameOf(cells[row]);
    let code = classes.get(text);
    if (code === undefined) {
      if (classes.size === MOST_CLASSES) {
        throw new RunError(
          `"${path}": the label ${name} must have at most ${countText(MOST_CLASSES)} classes, got more ` +
            `(choose a column of classes, or none)`,
        );
      }
      classes.set(text, code = classes.size);
    }
    labels[block.first - from + row] = code;
  }
}

async function readGroups(
  { path, columns }: TableFile,
  block: RowBlock,
  position: number,
  groups: Uint8Array,
  from: number,
): Promise<void> {
  const cells = await block.column(position), name = JSON.stringify(columns[position].name);
  for (let row = 0; row < block.count; row++) {
    const group = isMissing(cells[row]) ? undefined : GROUP_NAMES[nameOf(cells[row]).toLowerCase()];
    if (group === undefined) {
      throw cellError(
        path,
        name,
        '"train", "test" or "validation" in each row',
        block.first + row,
        cells[row],
      );
    }
    groups[block.first - from + row] = group;
  }
}

function cellError(path: string, column: string, what: string, row: number, cell: Cell): RunError {
  const got = isMissing(cell) ? "none" : JSON.stringify(shortened(nameOf(cell), 40));
  return new RunError(
    `"${path}": column ${column} must have ${what}, got ${got} in row ${
      countText(row + 1)
    } (correct it, or choose another column)`,
  );
}

/** The names of classes, sorted, and the labels in that order. */
export function sortClasses(
  classes: ClassNames,
  labels: readonly (Uint16Array | undefined)[],
): string[] {
  const sorted = sortedNames(classes.keys());
  const places = new Map(sorted.map((name, place) => [name, place]));
  const codes = Uint16Array.from(classes.keys(), (name) => places.get(name)!);
  for (const own of labels) {
    if (own !== undefined) { for (let row = 0; row < own.length; row++) own[row] = codes[own[row]]; }
  }
  return sorted;
}
