// n = rows, F = features; values [n, F] are row-major.

/**
 * A table as a dataset: its files read, its rows split, missing values filled by the train rows.
 *
 * @module
 */
import type { SourceContext } from "../contract.ts";
import type { Dataset, Split } from "../dataset.ts";
import { chooseSome } from "../split.ts";
import { fill, withoutFeatures } from "./fill.ts";
import { type FinishedFeatures, finishFeatures } from "./finish_features.ts";
import { type OpenedTable, openTable, type OtherTable } from "./opened_table.ts";
import type { TableSpec } from "./options.ts";
import { checkParts, leaveGaps, partTable } from "./part_table.ts";
import {
  type ChosenRows,
  type ClassNames,
  type EncodingCounts,
  readChosenRows,
  readRows,
  sortClasses,
} from "./rows.ts";
import { type GroupRows, partRows } from "./splits.ts";
import { streamTable, unknownText } from "./stream_table.ts";
import { trainStatistics } from "./train_statistics.ts";

/**
 * The most bytes of a table that is held in memory. Training has its samples in a memory of its own, so a larger one would be held twice: it
 * goes into files, and is held once.
 */
const IN_MEMORY = 64e6;

/** Reads a table. @throws {RunError} When a file is no table, or cells cannot be used. */
export async function loadTable(spec: TableSpec, context: SourceContext): Promise<Dataset> {
  const { log, warn = log, memory = Infinity } = context;
  const table = await openTable(spec, warn), most = await table.file.mostRows();
  const isLarge = (rows: number) => 4 * table.encoding.names.length * rows > Math.min(memory, IN_MEMORY);
  if (context.inOrder === true || !isLarge(most)) return await readTable(table, context);
  const chosen = await chooseRows(table, most, context);
  return isLarge(chosen?.count ?? most)
    ? await streamTable(table, context, chosen)
    : await readTable(table, context, chosen);
}

/** The rows of a large table that `limit` leaves, chosen by the seed; `undefined`: all. */
async function chooseRows(
  { spec: { limit }, file }: OpenedTable,
  most: number,
  { seed }: SourceContext,
): Promise<ChosenRows | undefined> {
  if (limit === undefined || limit >= most) return undefined;
  let rows = file.rows ?? 0;
  if (file.rows === undefined) await file.read([], ({ count }) => void (rows += count));
  const count = Math.min(limit, rows);
  return { isChosen: chooseSome(rows, count, seed), count };
}

/** A table whose rows fit in memory. */
async function readTable(table: OpenedTable, context: SourceContext, chosen?: ChosenRows): Promise<Dataset> {
  const { spec, file, roles, encoding, others } = table, { log, inOrder = false } = context;
  // What is odd about columns matters to a training alone.
  const warn = inOrder ? () => {} : context.warn ?? log;
  const classes: ClassNames = new Map(), size = encoding.names.length;
  const rows = chosen === undefined
    ? await readRows(file, roles, encoding, spec, classes)
    : await readChosenRows(file, roles, encoding, spec, classes, chosen);
  const parts = partTable(rows, size, spec, classes, context), counts = { ...rows.counts };
  for (const other of others) parts[other.split] = await readOther(other, table, classes, counts, warn);
  checkParts(parts, spec, inOrder ? 1 : 2);
  const all = [parts.train, parts.test, parts.validation].filter((part) => part.count > 0);
  const labelNames = roles.label === undefined
    ? undefined
    : sortClasses(classes, all.map(({ labels }) => labels));
  const statistics = trainStatistics(size), train = parts.train.values;
  for (let at = 0; at < train.length; at += size) statistics.add(train, at);
  const { names, removed, fills } = finishFeatures(
    table,
    statistics.ranges(),
    context.keepsMissing ? 0 : counts.missing + counts.infinite,
    {
      fills: () => statistics.fills(spec.missing, encoding.names, (visit) => visit(train)),
      log,
      warn,
    },
  );
  const splits = all.map((part) => splitOf(part, size, { removed, fills }));
  const [first, ...rest] = splits, test = parts.test.count > 0 ? rest.shift()! : first;
  return {
    name: "table",
    shape: [names.length],
    featureNames: names,
    ...(labelNames && { labelNames }),
    ...(fills && { preparation: { fills: [...fills] } }),
    train: first,
    test,
    ...(rest.length > 0 && { validation: rest[0] }),
  };
}

/** Rows as a split, filled and without the features that are left out. */
function splitOf(
  { count, labels, names, values: read }: GroupRows,
  size: number,
  { removed, fills }: Pick<FinishedFeatures, "removed" | "fills">,
): Split {
  const values = withoutFeatures(read, size, removed);
  if (fills !== undefined) fill(values, fills);
  return { count, values, ...(labels && { labels }), ...(names && { names }) };
}

/** The rows of another file; adds to what is counted. */
async function readOther(
  { file, roles, encoding }: OtherTable,
  { spec, file: first }: OpenedTable,
  classes: ClassNames,
  counts: EncodingCounts,
  warn: (message: string) => void,
): Promise<GroupRows> {
  const rows = await readRows(file, roles, encoding, spec, classes), size = encoding.names.length;
  counts.missing += rows.counts.missing;
  counts.infinite += rows.counts.infinite;
  if (rows.counts.unknown > 0) warn(unknownText(rows.counts.unknown, file.path, first.path));
  const groups = new Uint8Array(rows.count);
  leaveGaps(rows, size, groups, spec);
  return partRows(rows, size, groups).train;
}
