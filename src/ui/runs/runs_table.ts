/** A table of runs: as many columns as fit, the most important first. @module */
import { countText } from "../../core/amounts.ts";
import { age, size } from "../text/amounts.ts";
import { GATE_FAILED } from "../../pipeline/gates.ts";
import type { RunRow } from "./run_row.ts";
import { displayWidth, duration, fitWidth, number, safe } from "../text/text.ts";
import { type ColorLevel, paint, type Role } from "../terminal/theme.ts";

/** A column: its title, and its text for a run. */
interface Column {
  readonly title: string;
  text(row: RunRow): string;
  role?(row: RunRow): Role | null;
  readonly isRight?: boolean;
  /** Maximum width in cells. */
  readonly most?: number;
}

/** A mark and a colour for each status. */
const STATUSES: Readonly<Record<string, readonly [mark: string, role: Role]>> = {
  running: ["●", "train"],
  completed: ["✔", "good"],
  stopped: ["■", "train"],
  failed: ["✖", "bad"],
  [GATE_FAILED]: ["✖", "bad"],
  crashed: ["!", "bad"],
};
const markOf = ({ status }: RunRow) => STATUSES[status]?.[0] ?? "○";
const roleOf = ({ status }: RunRow) => STATUSES[status]?.[1] ?? "faint";
const faint = () => "faint" as const;

const status: Column = {
  title: "  status",
  text: (row) => `${markOf(row)} ${safe(row.status)}`,
  role: roleOf,
  most: 15,
};
const mark: Column = { title: " ", text: markOf, role: roleOf };
const pipeline: Column = { title: "pipeline", text: (row) => safe(row.pipeline), most: 28 };
const run: Column = { title: "run", text: (row) => safe(row.id), role: faint, most: 24 };
const shortRun: Column = {
  title: "run",
  text: (row) => safe(row.id).split("-").at(-1)!,
  role: faint,
  most: 8,
};
const epoch: Column = {
  title: "epoch",
  text: ({ epoch, epochs }) =>
    epoch === null ? "" : epochs > 0 ? `${countText(epoch)}/${countText(epochs)}` : countText(epoch),
  isRight: true,
};
const best: Column = {
  title: "best",
  text: (row) => row.best === null ? "" : number(row.best),
  isRight: true,
};
const monitor: Column = {
  title: "of",
  text: (row) =>
    row.best === null ? "" : safe([row.monitor, row.unit].filter((word) => word !== "").join(", ")),
  role: faint,
  most: 30,
};
const left: Column = {
  title: "ETA",
  text: (row) => row.secondsLeft === null ? "" : duration(row.secondsLeft),
  isRight: true,
};
const startedAt: Column = { title: "started", text: (row) => `${age(row.age)} ago`, isRight: true };
const bytes: Column = {
  title: "size",
  text: (row) => row.size === undefined ? "" : size(row.size),
  isRight: true,
};
const host: Column = { title: "host", text: (row) => safe(row.host ?? ""), role: faint, most: 20 };

/** The choices of columns, the widest first. */
const LAYOUTS: readonly (readonly Column[])[] = [
  [status, pipeline, run, epoch, best, monitor, left, startedAt, bytes, host],
  [status, pipeline, run, epoch, best, left, startedAt, bytes, host],
  [status, pipeline, run, epoch, best, left, startedAt, bytes],
  [status, pipeline, run, epoch, best, left, startedAt],
  [status, pipeline, shortRun, epoch, best, left, startedAt],
  [mark, pipeline, shortRun, epoch, best, left, startedAt],
  [mark, pipeline, shortRun, epoch, best, left],
  [mark, pipeline, shortRun, epoch],
  [mark, { ...pipeline, most: 16 }, shortRun],
];
const GAP = "  ";

/** How the table is drawn. */
export interface RunsTableOptions {
  /** Cells. */
  readonly width: number;
  readonly level: ColorLevel;
  /** The index of the selected row; if omitted, there is no column for the mark. */
  readonly chosen?: number;
  /** Maximum number of lines, including the titles; the selected row is always shown. */
  readonly height?: number;
}

/** The table: a line of titles, then one line per run. */
export function runsTable(
  rows: readonly RunRow[],
  { width, level, chosen, height = Infinity }: RunsTableOptions,
): string[] {
  if (rows.length === 0) return ["no runs yet"];
  const edge = chosen === undefined ? "" : "  ";
  const columns = columnsFor(rows, width - edge.length);
  const titles = columns.map(({ column, cells }) => aligned(column, column.title, cells)).join(GAP);
  const shown = rowsAround(rows.length, chosen ?? 0, height - 1);
  return [
    edge + paint(level, "faint", fitWidth(titles, width - edge.length).trimEnd()),
    ...rows.slice(shown.from, shown.to).map((row, index) =>
      (chosen === undefined ? "" : shown.from + index === chosen ? paint(level, "accent", "› ") : edge) +
      columns.map(({ column, cells }) =>
        painted(level, column.role?.(row) ?? null, aligned(column, column.text(row), cells))
      ).join(GAP).trimEnd()
    ),
  ];
}

interface Fitted {
  readonly column: Column;
  readonly cells: number;
}

/** As many columns as fit; a column that is empty for all runs is omitted. */
function columnsFor(rows: readonly RunRow[], width: number): Fitted[] {
  const measured = LAYOUTS.map((columns) =>
    columns.filter((column) => rows.some((row) => column.text(row) !== "")).map((column) => {
      const texts = [column.title, ...rows.map((row) => column.text(row))];
      return { column, cells: Math.min(column.most ?? Infinity, Math.max(...texts.map(displayWidth))) };
    })
  );
  const total = (columns: Fitted[]) =>
    columns.reduce((sum, { cells }) => sum + cells, 0) + GAP.length * (columns.length - 1);
  const fitting = measured.find((columns) => total(columns) <= width);
  if (fitting !== undefined) return fitting;
  // In a very narrow terminal, one column takes the whole width.
  return [{ column: pipeline, cells: Math.max(1, width) }];
}

function aligned({ isRight }: Column, text: string, cells: number): string {
  const fitted = fitWidth(text, cells);
  return isRight ? " ".repeat(Math.max(0, cells - displayWidth(text))) + fitted.trimEnd() : fitted;
}

/** Only the mark of a status is coloured, not its text. */
function painted(level: ColorLevel, role: Role | null, text: string): string {
  if (role === null) return text;
  return role === "faint" ? paint(level, role, text) : paint(level, role, text.slice(0, 1)) + text.slice(1);
}

/** The rows that are shown, with the selected one in the middle if possible. */
function rowsAround(rows: number, chosen: number, lines: number): { from: number; to: number } {
  const room = Math.max(1, Math.min(rows, lines));
  const from = Math.max(0, Math.min(chosen - (room >> 1), rows - room));
  return { from, to: from + room };
}

/** A run in a sentence, for a screen reader. */
export function rowSentence(row: RunRow): string {
  const { epoch, epochs, best, secondsLeft } = row;
  return [
    `${safe(row.pipeline)} ${shortRun.text(row)} ${safe(row.status)}`,
    `started ${age(row.age)} ago`,
    ...(epoch === null ? [] : [`epoch ${countText(epoch)}${epochs > 0 ? ` of ${countText(epochs)}` : ""}`]),
    ...(best === null ? [] : [`best ${number(best)}`]),
    ...(secondsLeft === null ? [] : [`ETA ${age(secondsLeft)}`]),
  ].join(", ");
}
