/**
 * The source `table`: the rows of a table in CSV, TSV or Parquet, a vector of features each.
 *
 * @module
 */
import { plural } from "../core/amounts.ts";
import { messageOf } from "../core/errors.ts";
import type { Fault } from "../core/fault.ts";
import type { Source } from "./contract.ts";
import { fingerprintFiles } from "./fingerprint.ts";
import { fileFault } from "./picture_files.ts";
import { SPLIT_VERSION } from "./split.ts";
import type { TableFile } from "./table/contract.ts";
import { rolesOf, type TableRoles } from "./table/features.ts";
import { openTableFile } from "./table/open.ts";
import { TableSpec } from "./table/options.ts";

export { table, type TableInput, type TableOptions } from "./table/options.ts";

/** What the head of a table shows, for a plan. */
interface Inspection {
  readonly file: TableFile;
  readonly roles: TableRoles;
  readonly faults: readonly Fault[];
}

/** What was found by {@link Source.inspect}, by spec; an error where the file could not be opened. */
const inspected = new Map<string, Inspection | Error>();

const keyOf = (spec: TableSpec) => JSON.stringify(spec);

async function inspect(spec: TableSpec): Promise<void> {
  if (fileFaults(spec).length > 0) return;
  try {
    const file = await openTableFile(spec.file, spec);
    const { roles, faults } = rolesOf(file, spec);
    inspected.set(keyOf(spec), { file, roles, faults });
  } catch (thrown) {
    inspected.set(keyOf(spec), thrown as Error);
  }
}

function inspection(spec: TableSpec): Inspection | undefined {
  const found = inspected.get(keyOf(spec));
  return found instanceof Error ? undefined : found;
}

function fileFaults(spec: TableSpec): Fault[] {
  return (["file", "test", "validation"] as const).flatMap((option) => {
    const file = spec[option], fault = file === undefined ? undefined : fileFault(file);
    return fault === undefined ? [] : [{ path: option, message: fault }];
  });
}

/** Columns that are named in one line of a plan. */
const IN_LINE = 8;

/** Columns that a plan names. */
const NAMED = 48;

/** The columns with their types and what becomes of them. */
function columnLines({ file, roles }: Inspection, spec: TableSpec): string[] {
  const features = roles.features.map(({ position, name, kind, type }) => {
    const found = type === "empty"
      ? "no value yet"
      : kind === "category"
      ? `${file.columns[position].type}, one-hot`
      : type;
    return `${name} (${found})`;
  });
  const lines: string[] = [];
  for (let at = 0; at < Math.min(features.length, NAMED); at += IN_LINE) {
    lines.push(
      `${at === 0 ? "features: " : "  "}${features.slice(at, Math.min(at + IN_LINE, NAMED)).join(", ")}`,
    );
  }
  if (features.length > NAMED) lines.push(`  and ${features.length - NAMED} more`);
  const used = new Set([
    ...roles.features.map(({ position }) => position),
    roles.label,
    roles.id,
    roles.split,
  ]);
  const unused = file.columns.filter((_, position) => !used.has(position)).map(({ name }) =>
    JSON.stringify(name)
  );
  const others = [
    spec.label === undefined ? [] : [`label ${spec.label}`],
    spec.id === undefined ? [] : [`names ${spec.id}`],
    spec.split === undefined ? [] : [`splits ${spec.split}`],
    unused.length === 0
      ? []
      : [`left out ${unused.slice(0, IN_LINE).join(", ")}${unused.length > IN_LINE ? " and more" : ""}`],
    spec.missing === "refuse" ? [] : [`missing values: ${spec.missing}`],
  ].flat();
  return others.length === 0 ? lines : [...lines, others.join(", ")];
}

/** The source `table`. */
export const tableSource: Source<typeof TableSpec> = {
  kind: "table",
  schema: TableSpec,
  describe(spec) {
    const found = inspection(spec);
    if (found === undefined) return `table: ${spec.file}`;
    const { file: { format, rows, columns } } = found;
    const size = rows === undefined ? "" : `${plural(rows, "row")} and `;
    return `table: ${spec.file}, ${format}, ${size}${columns.length} columns`;
  },
  details(spec) {
    const found = inspection(spec);
    return found === undefined ? [] : columnLines(found, spec);
  },
  shape(spec) {
    const features = inspection(spec)?.roles.features;
    // The number of categories is known only when all rows were read.
    const isKnown = features !== undefined && features.every(({ kind }) => kind === "number");
    return isKnown && features.length > 0 ? [features.length] : undefined;
  },
  seenValues(spec) {
    const { normal, split } = spec, { file, roles } = inspection(spec) ?? {};
    // Half of the head lies on the far side of a median, so a drawn train split has such rows; one of a class or a column may not.
    if (normal !== undefined || split !== undefined) return [];
    return (roles?.features ?? []).flatMap(({ position, name, kind }) => {
      const value = kind === "number" ? file!.columns[position].median : undefined;
      return value === undefined ? [] : [{ what: `the median of column ${JSON.stringify(name)}`, value }];
    });
  },
  classes: ({ label }) => label === undefined ? null : undefined,
  hasValidation: ({ validation, validationShare, split }) =>
    validation !== undefined || validationShare > 0 || split !== undefined,
  inspect,
  faults(spec) {
    const missing = fileFaults(spec), found = inspected.get(keyOf(spec));
    if (missing.length > 0 || found === undefined) return missing;
    if (found instanceof Error) {
      return [{ path: "file", message: messageOf(found) }];
    }
    return [...found.faults];
  },
  version: `table 1, ${SPLIT_VERSION}`,
  fingerprint: ({ file, test, validation }) => fingerprintFiles([file, test, validation]),
  open: async (spec, context) => (await import("./table/load_table.ts")).loadTable(spec, context),
};
