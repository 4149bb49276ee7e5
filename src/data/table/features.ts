// F = features.

/**
 * What the columns of a table are for: which are features and how they become numbers, which is the label, the name, the split.
 *
 * @module
 */
import { nearest, shortened } from "../../core/errors.ts";
import type { Fault } from "../../core/fault.ts";
import type { Column, ColumnType, TableFile } from "./contract.ts";
import type { TableSpec } from "./options.ts";

/** A column that a model sees, as a number or as categories. */
export interface FeatureColumn {
  /** Its position in the file. */
  readonly position: number;
  readonly name: string;
  readonly kind: "number" | "category";
  /** What its cells are, which says how they become numbers. */
  readonly type: ColumnType;
}

/** Where the parts of a table are, by positions of columns. */
export interface TableRoles {
  readonly features: readonly FeatureColumn[];
  readonly label?: number;
  readonly id?: number;
  readonly split?: number;
}

/** Names of columns of row numbers that pandas writes beside the data. */
const ROW_NUMBERS = /^(|Unnamed: 0|__index_level_\d+__)$/;

/** Names in quotes, the first five of them. */
export function namesText(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(shortened(name, 60))).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

const exclusion = (names: readonly string[]) => `exclude: [${namesText(names)}]`;

/** The roles of a table's columns, and all reasons why they cannot be as the options say. */
export function rolesOf(
  file: TableFile,
  spec: TableSpec,
): { roles: TableRoles; faults: Fault[]; warnings: string[] } {
  const names = file.columns.map(({ name }) => name), faults = repeatedNames(file.path, names);
  const find = (path: string, name: string | undefined): number | undefined => {
    if (name === undefined) return undefined;
    const position = names.indexOf(name);
    if (position >= 0) return position;
    faults.push({ path, message: unknownColumn(file.path, name, names) });
    return undefined;
  };
  const label = find("label", spec.label), id = find("id", spec.id), split = find("split", spec.split);
  const excluded = new Set((spec.exclude ?? []).map((name, place) => find(`exclude[${place}]`, name)));
  for (const name of Object.keys(spec.types)) find(`types.${name}`, name);
  const others = new Set([label, id, split]);
  const rowNumbers = names.flatMap((name, position) =>
    ROW_NUMBERS.test(name) && !others.has(position) && !excluded.has(position) ? [position] : []
  );
  const chosen = spec.features === undefined
    ? names.flatMap((_, position) =>
      others.has(position) || excluded.has(position) || rowNumbers.includes(position) ? [] : [position]
    )
    : spec.features.flatMap((name, place) => find(`features[${place}]`, name) ?? []);
  faults.push(
    ...chosen.filter((position) => others.has(position)).map((position) => twoRoles(names[position])),
  );
  const features = chosen.map((position) => featureOf(file.columns[position], position, spec));
  faults.push(...typeFaults(file, spec, chosen));
  if (features.length === 0 && faults.length === 0) {
    faults.push({ path: "features", message: `must be one column at least, got none of "${file.path}"` });
  }
  const warnings = spec.features === undefined && rowNumbers.length > 0
    ? [rowNumbersText(file.path, rowNumbers[0])]
    : [];
  return { roles: { features, label, id, split }, faults, warnings };
}

function featureOf(column: Column, position: number, spec: TableSpec): FeatureColumn {
  const kind = isCategory(column, spec) ? "category" : "number";
  return { position, name: column.name, type: typeOf(column, spec), kind };
}

/** Names that several columns have, all in one fault. */
function repeatedNames(path: string, names: readonly string[]): Fault[] {
  const repeated = [...new Set(names.filter((name, position) => names.indexOf(name) !== position))];
  if (repeated.length === 0) return [];
  return [{
    path: "file",
    message:
      `must have a name of its own for each column, got ${namesText(repeated)} more than once in "${path}" ` +
      `(rename the others, or pass header: false)`,
  }];
}

/** A feature that is the label, the id or the split as well. */
function twoRoles(name: string): Fault {
  const message = `must be other columns than the label, the id and the split, got ${
    namesText([name])
  } as both`;
  return { path: "features", message };
}

function rowNumbersText(path: string, position: number): string {
  return `Column ${position + 1} of "${path}" is taken for row numbers and is no feature ` +
    `(pandas leaves it out with index=False)`;
}

function unknownColumn(path: string, name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  const remedy = near === undefined
    ? `its columns: ${namesText(names)}`
    : `did you mean ${JSON.stringify(near)}?`;
  return `must be a column of "${path}", got ${JSON.stringify(shortened(name))} (${remedy})`;
}

/** Whether a column is read as categories: what the options say, or what its cells look like. */
function isCategory({ name, type }: Column, { types }: TableSpec): boolean {
  return (types[name] ?? (type === "text" ? "category" : "number")) === "category";
}

/** What the cells of a column are; a text that should be read as a number is one, or an error in its row. */
function typeOf({ name, type }: Column, { types }: TableSpec): ColumnType {
  return types[name] === "number" && type === "text" ? "number" : type;
}

/** Features of types that the options refuse, all columns of a type together. */
function typeFaults({ path, columns }: TableFile, spec: TableSpec, chosen: readonly number[]): Fault[] {
  const found = chosen.map((position) => columns[position]);
  const ofType = (type: ColumnType) =>
    found.filter((column) => column.type === type && spec.types[column.name] === undefined);
  const faults: Fault[] = [];
  const categories = found.filter((column) => isCategory(column, spec)).map(({ name }) => name);
  if (categories.length > 0 && spec.categories === "refuse") {
    faults.push({
      path: "categories",
      message:
        `must be "oneHot" for features of text, got "refuse" and texts in ${
          namesText(categories)
        } of "${path}" ` +
        `(or leave them out: ${exclusion(categories)})`,
    });
  }
  const dates = ofType("date").map(({ name }) => name);
  if (dates.length > 0 && spec.dates === "refuse") {
    faults.push({
      path: "dates",
      message:
        `must be "days" for features of dates, got "refuse" and dates in ${namesText(dates)} of "${path}" ` +
        `(they become days since 1970; or leave them out: ${exclusion(dates)})`,
    });
  }
  for (const { name, what } of found.filter(({ type }) => type === "other")) {
    faults.push({
      path: "features",
      message: `must be columns of single values, got ${what} in ${namesText([name])} of "${path}" ` +
        `(leave it out: ${exclusion([name])}, or write each element as a column of its own)`,
    });
  }
  return faults;
}
