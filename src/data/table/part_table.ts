// n = rows, F = features; values [n, F] are row-major.

/**
 * Which rows of a table in memory are in which split: by what the table says, or drawn by the seed.
 *
 * @module
 */
import { plural } from "../../core/amounts.ts";
import { RunError } from "../../core/errors.ts";
import type { SourceContext } from "../contract.ts";
import { chooseSome, chooseTest, ROUNDS } from "../split.ts";
import { hasMissing } from "./fill.ts";
import { namesText } from "./features.ts";
import type { TableSpec } from "./options.ts";
import { type ClassNames, GROUPS, type Rows } from "./rows.ts";
import { type GroupRows, partRows } from "./splits.ts";

/** The rows of each split. */
export type TableParts = ReturnType<typeof partRows>;

/** The splits of the rows of one file: by its split column, or drawn by the seed. */
export function partTable(
  rows: Rows,
  size: number,
  spec: TableSpec,
  classes: ClassNames,
  context: SourceContext,
): TableParts {
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
export function leaveGaps(
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

/** @throws {RunError} When there are too few rows. */
export function checkParts(
  { train, test }: TableParts,
  { file, split, test: testFile }: TableSpec,
  least: 1 | 2,
): void {
  if (train.count < least) {
    const what = least === 1 ? "one row" : "two rows to train on";
    throw new RunError(
      `"${file}" must have ${what} at least, got ${train.count} (add rows, or loosen what leaves rows out)`,
    );
  }
  if ((split !== undefined || testFile !== undefined) && test.count === 0) {
    throw new RunError(
      `"${testFile ?? file}" must have one row to test on at least, got none ` +
        `(${testFile === undefined ? 'mark some as "test"' : "add rows"}, or draw them: testShare: 0.1)`,
    );
  }
}
