// n = rows, F = features; values [n, F] are row-major.

/**
 * A table as a dataset: its files read, its rows split, missing values filled by the train rows.
 *
 * @module
 */
import { countText, plural } from "../../core/amounts.ts";
import { RunError } from "../../core/errors.ts";
import { faultText } from "../../core/fault.ts";
import type { SourceContext } from "../contract.ts";
import type { Dataset, Split } from "../dataset.ts";
import { chooseSome, chooseTest, ROUNDS } from "../split.ts";
import type { TableFile } from "./contract.ts";
import { type Encoding, encodingOf, findCategories } from "./encode.ts";
import { type FeatureColumn, rolesOf, type TableRoles } from "./features.ts";
import { featureRanges, fill, fillValues, hasMissing, withoutFeatures } from "./fill.ts";
import { openTableFile } from "./open.ts";
import type { TableSpec } from "./options.ts";
import { type ClassNames, GROUPS, readRows, type Rows, sortClasses } from "./rows.ts";
import { type GroupRows, partRows } from "./splits.ts";

type Parts = ReturnType<typeof partRows>;

/** Reads a table. @throws {RunError} When a file is no table, or cells cannot be used. */
export async function loadTable(spec: TableSpec, context: SourceContext): Promise<Dataset> {
  const { log, warn = log } = context, classes: ClassNames = new Map();
  const file = await openTableFile(spec.file, spec);
  const { roles, faults, warnings } = rolesOf(file, spec);
  if (faults.length > 0) {
    throw new RunError(faults.map((fault) => `load.source.${faultText(fault)}`).join("; "));
  }
  [...file.warnings, ...warnings].forEach(warn);
  const encoding = encodingOf(roles.features, await findCategories(file, roles.features, spec.maxCategories));
  const size = encoding.names.length;
  const rows = await readRows(file, roles, encoding, spec, classes);
  const parts = partTable(rows, size, spec, classes, context);
  for (const name of ["test", "validation"] as const) {
    const path = spec[name];
    if (path !== undefined) {
      parts[name] = await readOther(path, roles, encoding, spec, classes, file, context);
    }
  }
  checkParts(parts, spec);
  const all = [parts.train, parts.test, parts.validation].filter((part) => part.count > 0);
  const labelNames = roles.label === undefined
    ? undefined
    : sortClasses(classes, all.map(({ labels }) => labels));
  const { names, values } = finished(
    all,
    encoding,
    spec,
    rows.counts.missing + rows.counts.infinite,
    context,
  );
  const splits = all.map((part, place) => splitOf(part, values[place]));
  const [train, ...others] = splits;
  const test = parts.test.count > 0 ? others.shift()! : train;
  return {
    name: "table",
    shape: [names.length],
    featureNames: names,
    ...(labelNames && { labelNames }),
    train,
    test,
    ...(others.length > 0 && { validation: others[0] }),
  };
}

function splitOf({ count, labels, names }: GroupRows, values: Float32Array): Split {
  return { count, values, ...(labels && { labels }), ...(names && { names }) };
}

/** The splits of the rows of one file: by its split column, or drawn by the seed. */
function partTable(
  rows: Rows,
  size: number,
  spec: TableSpec,
  classes: ClassNames,
  context: SourceContext,
): Parts {
  const groups = rows.groups ?? new Uint8Array(rows.count), { seed, log } = context;
  const left = leaveGaps(rows, size, groups, spec);
  if (left > 0) log(`${plural(left, "row")} of "${spec.file}" with missing values left out`);
  const isDrawn = spec.test === undefined && spec.split === undefined;
  if (spec.normal !== undefined) {
    moveOthers(rows, groups, spec, classes, isDrawn ? GROUPS.test : GROUPS.left);
  }
  const used = groups.reduce((sum, group) => sum + (group === GROUPS.left ? 0 : 1), 0);
  if (spec.limit !== undefined && spec.limit < used) leaveOut(groups, used, spec.limit, seed);
  const parts = partRows(rows, size, groups);
  const draw = (part: GroupRows, share: number, round: number) =>
    chooseTest(part, size, { share, seed, round, noun: "row", log });
  // The train split is the beginning of the memory of all rows, parted again.
  const again = (part: GroupRows, isChosen: Uint8Array) =>
    partRows({ ...part, counts: rows.counts }, size, isChosen);
  const isTest = isDrawn
    ? draw(parts.train, spec.testShare ?? DEFAULT_TEST_SHARE, ROUNDS.testSplit)
    : undefined;
  const { train, test } = isTest === undefined ? parts : again(parts.train, isTest);
  const all = {
    train,
    test: isTest === undefined ? test : joined(parts.test, test),
    validation: parts.validation,
  };
  const isHeld = draw(train, spec.validationShare, ROUNDS.validationSplit);
  if (isHeld === undefined) return all;
  const { train: kept, test: held } = again(train, isHeld);
  return { ...all, train: kept, validation: held };
}

const DEFAULT_TEST_SHARE = 0.1;

/** Leaves out rows with missing values where the rule says so. Returns how many. */
function leaveGaps(
  { values, count }: Rows,
  size: number,
  groups: Uint8Array,
  { missing }: TableSpec,
): number {
  let left = 0;
  for (let row = 0; missing === "drop" && row < count; row++) {
    if (!hasMissing(values, row, size)) continue;
    groups[row] = GROUPS.left;
    left++;
  }
  return left;
}

/** Moves train and validation rows of other classes than the normal one. */
function moveOthers(
  { labels, count }: Rows,
  groups: Uint8Array,
  { file, normal }: TableSpec,
  classes: ClassNames,
  to: number,
): void {
  const code = classes.get(normal!);
  if (code === undefined) {
    throw new RunError(
      `load.source.normal must be a class of "${file}", got ${JSON.stringify(normal)} (its classes: ${
        namesText([...classes.keys()])
      })`,
    );
  }
  for (let row = 0; row < count; row++) {
    if (labels![row] !== code && groups[row] !== GROUPS.left && groups[row] !== GROUPS.test) groups[row] = to;
  }
}

/** The rows of two parts, one after the other. */
function joined(a: GroupRows, b: GroupRows): GroupRows {
  if (a.count === 0) return b;
  const values = new Float32Array(a.values.length + b.values.length);
  values.set(a.values);
  values.set(b.values, a.values.length);
  return {
    count: a.count + b.count,
    values,
    labels: a.labels && b.labels && Uint16Array.from([...a.labels, ...b.labels]),
    names: a.names && b.names && [...a.names, ...b.names],
  };
}

/** Leaves out all rows but `limit`, chosen by the seed. */
function leaveOut(groups: Uint8Array, used: number, limit: number, seed: number): void {
  const isChosen = chooseSome(used, limit, seed);
  let place = 0;
  for (let row = 0; row < groups.length; row++) {
    if (groups[row] !== GROUPS.left && isChosen[place++] === 0) groups[row] = GROUPS.left;
  }
}

/** The rows of another file with the columns of the first one. */
async function readOther(
  path: string,
  roles: TableRoles,
  encoding: Encoding,
  spec: TableSpec,
  classes: ClassNames,
  first: TableFile,
  { log, warn = log }: SourceContext,
): Promise<GroupRows> {
  const file = await openTableFile(path, spec);
  const own = rolesIn(file, roles, first), size = encoding.names.length;
  const columns = encoding.columns.map((column, place) => ({
    ...column,
    position: own.features[place].position,
  }));
  const rows = await readRows(file, own, { ...encoding, columns }, spec, classes);
  const { unknown } = rows.counts;
  if (unknown > 0) {
    warn(
      `${
        countText(unknown)
      } cells of "${path}" hold categories that "${spec.file}" has not: all of their columns are 0`,
    );
  }
  const groups = new Uint8Array(rows.count);
  leaveGaps(rows, size, groups, spec);
  return partRows(rows, size, groups).train;
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

function checkParts({ train, test }: Parts, { file, split, test: testFile }: TableSpec): void {
  if (train.count < 2) {
    throw new RunError(
      `"${file}" must have two rows to train on at least, got ${train.count} (add rows, or loosen what leaves rows out)`,
    );
  }
  if ((split !== undefined || testFile !== undefined) && test.count === 0) {
    throw new RunError(
      `"${testFile ?? file}" must have one row to test on at least, got none ` +
        `(${testFile === undefined ? 'mark some as "test"' : "add rows"}, or draw them: testShare: 0.1)`,
    );
  }
}

/** Leaves out categories that no train row has, fills missing values, and reports both; `parts` begin with the train rows. */
function finished(
  parts: readonly GroupRows[],
  { columns, names }: Encoding,
  { file, missing }: TableSpec,
  gaps: number,
  { log, warn = log }: SourceContext,
): { names: string[]; values: Float32Array[] } {
  const size = names.length, ranges = featureRanges(parts[0].values, size);
  const unseen = columns.flatMap(({ first, categories = [] }) =>
    categories.map((_, place) => first + place).filter((feature) => ranges[feature].max === 0)
  );
  if (unseen.length > 0) {
    warn(`No train row of "${file}" has ${namesText(unseen.map((feature) => names[feature]))}: left out`);
  }
  const removed = new Set(unseen);
  const kept = names.filter((_, feature) => !removed.has(feature));
  const values = parts.map((part) => withoutFeatures(part.values, size, removed));
  if (gaps > 0 && missing !== "drop" && missing !== "refuse") {
    const fills = fillValues(values[0], kept.length, kept, missing);
    values.forEach((own) => fill(own, fills));
    const by = missing === "zero" ? "0" : `the ${missing} of their column in the train rows`;
    log(`${countText(gaps)} missing values of "${file}" filled by ${by}`);
  }
  warnOfRanges(ranges.filter((_, feature) => !removed.has(feature)), kept, warn);
  return { names: kept, values };
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name)).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** Fewer steps than this between the least and the largest value are lost to single precision. */
const STEPS = 1024;

function warnOfRanges(
  ranges: ReturnType<typeof featureRanges>,
  names: readonly string[],
  warn: (message: string) => void,
): void {
  const constant = names.filter((_, feature) => ranges[feature].min === ranges[feature].max);
  if (constant.length > 0) {
    warn(
      `${namesText(constant)} ${constant.length === 1 ? "is" : "are"} the same in all train rows (exclude ${
        constant.length === 1 ? "it" : "them"
      }: nothing can be learnt from ${constant.length === 1 ? "it" : "them"})`,
    );
  }
  const coarse = names.filter((_, feature) => {
    const { min, max } = ranges[feature], resolution = Math.max(Math.abs(min), Math.abs(max)) * 2 ** -24;
    return max > min && (max - min) / resolution < STEPS;
  });
  if (coarse.length > 0) {
    warn(
      `${namesText(coarse)} ${
        coarse.length === 1 ? "has" : "have"
      } large values close to each other, of which single ` +
        `precision keeps few digits (subtract a constant in the file)`,
    );
  }
}
