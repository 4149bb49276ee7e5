/**
 * The settings of a sweep as columns of a table.
 *
 * @module
 */
import type { Column } from "../../export/arrays/table.ts";
import type { Cell } from "../../export/tables/csv.ts";
import type { ListedTrial } from "../trial.ts";

/** A setting that some trials have, as a column. */
export interface SettingColumn {
  /** The path of the option. */
  readonly path: string;
  readonly column: Column;
  /** The cell of a value; what a trial does not set, and `null`, is an empty cell. */
  readonly cell: (value: unknown) => Cell;
}

/** What the values of a setting have in common. */
type SettingType = "boolean" | "long" | "double" | "text";

const CELLS: Readonly<Record<SettingType, (value: unknown) => Cell>> = {
  boolean: (value) => value as Cell,
  long: (value) => value as Cell,
  double: (value) => value as Cell,
  // A kind with its options, or a list, is the JSON that --set takes.
  text: (value) => typeof value === "string" ? value : JSON.stringify(value),
};

/** The columns of all settings, `settings.PATH`, in the order in which they first appear: numbers and booleans where all values are some. */
export function settingColumns(trials: readonly Pick<ListedTrial, "settings">[]): SettingColumn[] {
  const types = new Map<string, SettingType | undefined>();
  for (const { settings } of trials) {
    for (const [path, value] of Object.entries(settings)) {
      types.set(path, commonType(types.get(path), typeOf(value)));
    }
  }
  return [...types].map(([path, type = "text"]) => ({
    path,
    column: { name: `settings.${path}`, type, nullable: true },
    cell: (value) => value === undefined || value === null ? null : CELLS[type](value),
  }));
}

function typeOf(value: unknown): SettingType | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "long" : "double";
  return "text";
}

function commonType(
  first: SettingType | undefined,
  second: SettingType | undefined,
): SettingType | undefined {
  if (first === undefined || second === undefined || first === second) return first ?? second;
  const isNumber = [first, second].every((type) => type === "long" || type === "double");
  return isNumber ? "double" : "text";
}
