// n = rows, F = features; values [n, F] are row-major.

/**
 * Large tables: read once, a block at a time, into a file of floats for each split, from which training reads. Their rows are in an order
 * of chance there, as training shuffles what is in memory alone.
 *
 * @module
 */
import { countText, plural } from "../../core/amounts.ts";
import { RunError } from "../../core/errors.ts";
import { writeFileAtomically } from "../../core/files.ts";
import { writeValues } from "../arrays/value_cache.ts";
import type { SourceContext } from "../contract.ts";
import type { Dataset } from "../dataset.ts";
import { hashOf } from "../duplicates.ts";
import { type BucketSplit, bucketSplit, mixed } from "./bucket_files.ts";
import { fill, hasMissing, withoutFeatures } from "./fill.ts";
import { type FinishedFeatures, finishFeatures } from "./finish_features.ts";
import type { OpenedTable, OtherTable } from "./opened_table.ts";
import {
  type BlockRows,
  type ChosenRows,
  type ClassNames,
  type EncodingCounts,
  GROUPS,
  sortClasses,
  visitRows,
} from "./rows.ts";
import {
  cacheBase,
  readStored,
  type SplitName,
  SPLITS,
  storedDataset,
  type StoredTable,
  valuesPath,
} from "./table_cache.ts";
import { trainStatistics } from "./train_statistics.ts";

/** A large table as a dataset whose splits are in files. @throws {RunError} When cells cannot be used, or the cache cannot be written. */
export async function streamTable(
  table: OpenedTable,
  context: SourceContext,
  chosen?: ChosenRows,
): Promise<Dataset> {
  const base = cacheBase(table, context);
  const { log, warn = log } = context;
  let stored = readStored(base);
  if (stored === undefined) {
    log(`Converting "${table.file.path}" into ${base}-*.values, once`);
    stored = await convert(table, base, context, chosen);
  }
  stored.logged.forEach((message) => log(message));
  stored.warned.forEach((message) => warn(message));
  return storedDataset(stored, base, context.memory ?? Infinity);
}

async function convert(
  table: OpenedTable,
  base: string,
  context: SourceContext,
  chosen: ChosenRows | undefined,
): Promise<StoredTable> {
  const folder = `${base}.${crypto.randomUUID().slice(0, 8)}.parts`;
  const size = table.encoding.names.length, most = await table.file.mostRows();
  const buckets = Math.max(
    1,
    Math.ceil(2 * 4 * most * size / Math.min(context.memory ?? Infinity, MOST_BUCKET)),
  );
  Deno.mkdirSync(folder, { recursive: true });
  const splits = Object.fromEntries(
    SPLITS.map((name) => [name, bucketSplit(folder, name, size, buckets)]),
  ) as Record<SplitName, BucketSplit>;
  try {
    return await convertInto(table, base, splits, context, chosen);
  } finally {
    SPLITS.forEach((name) => splits[name].close());
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The most bytes of a bucket, which is shuffled in memory. */
const MOST_BUCKET = 32e6;

async function convertInto(
  table: OpenedTable,
  base: string,
  splits: Record<SplitName, BucketSplit>,
  { seed }: SourceContext,
  chosen: ChosenRows | undefined,
): Promise<StoredTable> {
  const { spec, file, roles, encoding, others } = table, size = encoding.names.length;
  const classes: ClassNames = new Map(), statistics = trainStatistics(size);
  const logged: string[] = [], warned: string[] = [];
  const groupOf = grouper(table, classes, seed);
  const { left, ...counts } = await addFirst(table, splits, { classes, statistics, groupOf, chosen });
  let gaps = counts.missing + counts.infinite;
  if (left > 0) logged.push(`${plural(left, "row")} of "${file.path}" left out`);
  for (const other of others) {
    const { unknown, missing, infinite } = await addOther(other, table, splits[other.split], classes);
    gaps += missing + infinite;
    if (unknown > 0) warned.push(unknownText(unknown, other.file.path, file.path));
  }
  checkCounts(table, classes, (name) => splits[name].count());
  const finished = finishFeatures(table, statistics.ranges(), gaps, {
    fills: () => statistics.fills(spec.missing, encoding.names, (visit) => splits.train.scan(visit)),
    log: (message) => logged.push(message),
    warn: (message) => warned.push(message),
  });
  const stored = await writeSplits(base, file.path, splits, finished, size);
  const labelNames = roles.label === undefined
    ? undefined
    : sortClasses(classes, stored.map(({ labels }) => labels));
  const whole: StoredTable = {
    features: finished.names,
    ...(labelNames && { labelNames }),
    ...(finished.fills && { fills: [...finished.fills] }),
    logged,
    warned,
    splits: Object.fromEntries(stored.map((split) => [split.name, storedSplit(split)])),
  };
  await writeFileAtomically(`${base}.json`, JSON.stringify(whole));
  return whole;
}

/** Adds the rows of the table's own file to their splits; counts those that are left out, too. */
async function addFirst(
  { spec, file, roles, encoding }: OpenedTable,
  splits: Record<SplitName, BucketSplit>,
  { classes, statistics, groupOf, chosen }: {
    readonly classes: ClassNames;
    readonly statistics: ReturnType<typeof trainStatistics>;
    readonly groupOf: ReturnType<typeof grouper>;
    readonly chosen: ChosenRows | undefined;
  },
): Promise<EncodingCounts & { readonly left: number }> {
  const size = encoding.names.length;
  let left = 0;
  const counts = await visitRows(file, roles, encoding, spec, classes, (rows) => {
    for (let row = 0; row < rows.count; row++) {
      if (chosen?.isChosen[rows.first + row] === 0) continue;
      const group = groupOf(rows, row);
      if (group === GROUPS.left) left++;
      else addRow(splits[SPLITS[group]], rows, row, size);
      if (group === GROUPS.train) statistics.add(rows.values, row * size);
    }
  });
  return { ...counts, left };
}

/** Cells of another file that hold categories of their own, as text. */
export function unknownText(unknown: number, other: string, first: string): string {
  return `${
    countText(unknown)
  } cells of "${other}" hold categories that "${first}" has not: all of their columns are 0`;
}

function addRow(
  split: BucketSplit,
  { first, values, labels, names }: BlockRows,
  row: number,
  size: number,
): void {
  split.add(first + row, values, row * size, labels?.[row], names?.[row]);
}

/** The split of each row: by its split column, or drawn by its values, so that identical rows are in one split. */
function grouper(
  { spec, encoding }: OpenedTable,
  classes: ClassNames,
  seed: number,
): (rows: BlockRows, row: number) => number {
  const size = encoding.names.length, isDrawn = spec.test === undefined && spec.split === undefined;
  const testShare = isDrawn ? spec.testShare ?? 0.1 : 0, { validationShare } = spec;
  const draws = [mixed(2 * seed + 1), mixed(2 * seed + 2)];
  const isBelow = (hash: number, share: number, draw: number) => mixed(hash ^ draws[draw]) < share * 2 ** 32;
  return ({ values, labels, groups }, row) => {
    if (spec.missing === "drop" && hasMissing(values, row, size)) return GROUPS.left;
    const own = groups?.[row] ?? GROUPS.train;
    if (own !== GROUPS.test && spec.normal !== undefined && labels![row] !== classes.get(spec.normal)) {
      return isDrawn ? GROUPS.test : GROUPS.left;
    }
    if (own !== GROUPS.train || (testShare === 0 && validationShare === 0)) return own;
    const hash = hashOf(values.subarray(row * size, (row + 1) * size));
    if (isBelow(hash, testShare, 0)) return GROUPS.test;
    return isBelow(hash, validationShare, 1) ? GROUPS.validation : GROUPS.train;
  };
}

async function addOther(
  { file, roles, encoding }: OtherTable,
  { spec }: OpenedTable,
  split: BucketSplit,
  classes: ClassNames,
): Promise<EncodingCounts> {
  const size = encoding.names.length;
  return await visitRows(file, roles, encoding, spec, classes, (rows) => {
    for (let row = 0; row < rows.count; row++) {
      if (spec.missing !== "drop" || !hasMissing(rows.values, row, size)) addRow(split, rows, row, size);
    }
  });
}

function checkCounts(
  { spec, file }: OpenedTable,
  classes: ClassNames,
  count: (name: SplitName) => number,
): void {
  if (spec.normal !== undefined && !classes.has(spec.normal)) {
    throw new RunError(
      `load.source.normal must be a class of "${file.path}", got ${
        JSON.stringify(spec.normal)
      } (its classes: ${[...classes.keys()].slice(0, 5).join(", ")})`,
    );
  }
  const wantsTest = spec.split !== undefined || spec.test !== undefined;
  if (count("train") >= 2 && (!wantsTest || count("test") > 0)) return;
  throw new RunError(
    `"${file.path}" must have two rows to train on at least and one to test on, got ${count("train")} and ${
      count("test")
    } (add rows, or loosen what leaves rows out)`,
  );
}

interface WrittenSplit {
  readonly name: SplitName;
  readonly count: number;
  readonly labels: Uint16Array;
  readonly names: string[];
}

/** Writes the splits that have rows, filled and without the features that are left out. */
async function writeSplits(
  base: string,
  name: string,
  splits: Record<SplitName, BucketSplit>,
  { names, removed, fills }: FinishedFeatures,
  size: number,
): Promise<WrittenSplit[]> {
  const written: WrittenSplit[] = [];
  for (const split of SPLITS) {
    const count = splits[split].count();
    if (count === 0) continue;
    let made = { labels: [] as number[], names: [] as string[] };
    await writeValues(valuesPath(base, split), `"${name}"`, 4 * count * names.length, (write) => {
      made = splits[split].forEach((values) => {
        const kept = withoutFeatures(values, size, removed);
        if (fills !== undefined) fill(kept, fills);
        write(kept);
      });
      return Promise.resolve();
    });
    written.push({ name: split, count, labels: Uint16Array.from(made.labels), names: made.names });
  }
  return written;
}

/** A split as the cache's description has it: its values are in a file of their own. */
function storedSplit({ count, labels, names }: WrittenSplit): StoredTable["splits"][SplitName] {
  return {
    count,
    ...(labels.length > 0 && { labels: new Uint8Array(labels.buffer).toBase64() }),
    ...(names.length > 0 && { names }),
  };
}
