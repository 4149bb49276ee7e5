/**
 * A table that is ready to be read: its file, the roles of its columns, how they become numbers, and the files of other splits.
 *
 * @module
 */
import { RunError } from "../../core/errors.ts";
import { faultText } from "../../core/fault.ts";
import type { TableFile } from "./contract.ts";
import { type Encoding, encodingOf, findCategories } from "./encode.ts";
import { type FeatureColumn, rolesOf, type TableRoles } from "./features.ts";
import { openTableFile } from "./open.ts";
import type { TableSpec } from "./options.ts";

/** A file with the columns of another one, which is a split of its own. */
export interface OtherTable {
  readonly split: "test" | "validation";
  readonly file: TableFile;
  readonly roles: TableRoles;
  /** The encoding of the first table, with the positions of these columns. */
  readonly encoding: Encoding;
}

/** A table whose columns are known and whose rows are not read yet. */
export interface OpenedTable {
  readonly spec: TableSpec;
  readonly file: TableFile;
  readonly roles: TableRoles;
  readonly encoding: Encoding;
  readonly others: readonly OtherTable[];
}

/** Opens the files of a table; reads columns of categories. @throws {RunError} With all that does not fit the options. */
export async function openTable(spec: TableSpec, warn: (message: string) => void): Promise<OpenedTable> {
  const file = await openTableFile(spec.file, spec);
  const { roles, faults, warnings } = rolesOf(file, spec);
  if (faults.length > 0) {
    throw new RunError(faults.map((fault) => `load.source.${faultText(fault)}`).join("; "));
  }
  [...file.warnings, ...warnings].forEach(warn);
  const encoding = encodingOf(roles.features, await findCategories(file, roles.features, spec.maxCategories));
  const others: OtherTable[] = [];
  for (const split of ["test", "validation"] as const) {
    const path = spec[split];
    if (path === undefined) continue;
    const other = await openTableFile(path, spec), own = rolesIn(other, roles, file);
    const columns = encoding.columns.map((column, place) => ({
      ...column,
      position: own.features[place].position,
    }));
    others.push({ split, file: other, roles: own, encoding: { ...encoding, columns } });
  }
  return { spec, file, roles, encoding, others };
}

/** The roles of columns in another file, by their names. @throws {RunError} When one is missing, or holds lists. */
function rolesIn(file: TableFile, { features, label, id }: TableRoles, first: TableFile): TableRoles {
  const missing: string[] = [];
  const find = (name: string): number => {
    const position = file.columns.findIndex((column) => column.name === name);
    if (position < 0) missing.push(JSON.stringify(name));
    return position;
  };
  const named = (position: number | undefined) =>
    position === undefined ? undefined : find(first.columns[position].name);
  const own = {
    features: features.map((feature): FeatureColumn => ({ ...feature, position: find(feature.name) })),
    label: named(label),
    id: named(id),
  };
  if (missing.length > 0) {
    throw new RunError(
      `"${file.path}" must have the columns of "${first.path}", got none named ${
        missing.slice(0, 5).join(", ")
      }${missing.length > 5 ? ` and ${missing.length - 5} more` : ""} (add them, or leave them out: exclude)`,
    );
  }
  const broken = own.features.find(({ position }) => file.columns[position].type === "other");
  if (broken !== undefined) {
    throw new RunError(
      `"${file.path}": column ${
        JSON.stringify(broken.name)
      } must hold single values as in "${first.path}", got ${
        file.columns[broken.position].what
      } (write each element as a column of its own)`,
    );
  }
  return own;
}
