/** The table of a sweep's trials: as many columns as fit, the setting as wide as there is room. @module */
import { countText } from "../../core/amounts.ts";
import { parseMetricAddress } from "../../core/metric_address.ts";
import { metricOf, type SweepView, type TrialState, type TrialView } from "../../sweep/view.ts";
import { settingText, shortPaths } from "../../sweep/setting_text.ts";
import { type ColorLevel, paint, type Role } from "../terminal/theme.ts";
import { cut, displayWidth, duration, fitWidth, number, safe, took } from "../text/text.ts";

/** A mark, a colour and a word for each state. */
export const STATES: Readonly<Record<TrialState, readonly [mark: string, role: Role, word: string]>> = {
  waiting: ["○", "faint", "waiting"],
  running: ["●", "train", "running"],
  interrupted: ["!", "train", "interrupted"],
  complete: ["✔", "good", "complete"],
  failed: ["✖", "bad", "failed"],
  stoppedEarly: ["■", "other", "stopped early"],
};

/** The mark of the best trial. */
export const BEST = "★";

/** A column of figures. */
interface Column {
  readonly title: string;
  /** Where there is not enough room, the columns of the highest ranks are left out. */
  readonly rank: number;
  text(trial: TrialView): string;
  readonly role?: Role;
}

/** How the table is drawn. */
export interface TrialsTableOptions {
  /** Cells. */
  readonly width: number;
  /** Maximum number of lines, including the titles; the selected trial is always shown. */
  readonly height: number;
  readonly level: ColorLevel;
  /** The place of the selected trial. */
  readonly chosen: number;
  /** The id of the best trial. */
  readonly best?: string;
}

const GAP = "  ";
/** The fewest cells of a setting, and the cells for which columns are left out. */
const NARROWEST = 8, COMFORTABLE = 30;
const LONGEST_METRIC = 14;

/** The trials in the order of the table: as planned, or the best first, then those without a number as planned. */
export function tableOrder({ trials, metric }: SweepView, byRank: boolean): readonly TrialView[] {
  if (!byRank || metric === null) return trials;
  const sign = metric.info.direction === "higher" ? -1 : 1;
  const places = new Map(
    trials.map((trial) => [trial, sign * (metricOf(trial, metric.address) ?? sign * Infinity)]),
  );
  return trials.toSorted((a, b) => places.get(a) === places.get(b) ? 0 : places.get(a)! - places.get(b)!);
}

/** The table: a line of titles, then one line per trial. */
export function trialsTable(
  view: SweepView,
  trials: readonly TrialView[],
  { width, height, level, chosen, best }: TrialsTableOptions,
): string[] {
  const shown = trialsAround(trials.length, chosen, height - 1), rows = trials.slice(shown.from, shown.to);
  const numbers = String(trials.length).length, settings = settingTexts(view, rows, width);
  const { columns, cells, setting } = fitted(
    columnsOf(view),
    rows,
    width - MARKS - numbers - GAP.length,
    settings,
  );
  if (setting < NARROWEST) return narrowTable(rows, { width, chosen: chosen - shown.from });
  const titles = columns.map(({ title }, at) => title.padStart(cells[at]));
  const head = ["#".padStart(numbers), fitWidth(settings.title, setting), ...titles].join(GAP).trimEnd();
  return [
    " ".repeat(MARKS) + paint(level, "faint", head),
    ...rows.map((trial, at) => {
      const figures = columns.map((column, place) => {
        const text = column.text(trial).padStart(cells[place]);
        return column.role === undefined ? text : paint(level, column.role, text);
      });
      const isBest = trial.id === best, name = fitWidth(settings.texts[at], setting);
      const marks = marksOf(trial, { isChosen: shown.from + at === chosen, isBest, level });
      return [
        `${marks} ${String(trial.number).padStart(numbers)}`,
        isBest ? paint(level, "strong", name) : name,
        ...figures,
      ].join(GAP).trimEnd();
    }),
  ];
}

/** The trials on a very narrow terminal: marks, numbers and as much of the labels as fits, without colours. */
function narrowTable(
  rows: readonly TrialView[],
  { width, chosen }: { readonly width: number; readonly chosen: number },
): string[] {
  return rows.map(({ state, number, label }, at) =>
    cut(`${at === chosen ? "›" : " "}${STATES[state][0]} ${number} ${safe(label)}`, width)
  );
}

/** Cells before the number of a trial. */
const MARKS = 4;

/** Whether it is selected, its state, and whether it is the best. */
function marksOf(
  { state }: TrialView,
  { isChosen, isBest, level }: { isChosen: boolean; isBest: boolean; level: ColorLevel },
): string {
  const [mark, role] = STATES[state];
  return (isChosen ? paint(level, "accent", "›") : " ") + paint(level, role, mark) +
    (isBest ? paint(level, "good", BEST) : " ");
}

/** What differs between trials, with its titles. */
interface Settings {
  readonly title: string;
  readonly texts: readonly string[];
  /** The fewest cells that they are cut to. */
  readonly fewest: number;
}

/** The largest share of the table that settings take as columns; and the most cells of a value. */
const MOST_SHARE = 0.6, LONGEST_VALUE = 16;

/** A column for each setting that varies, and one for several seeds; where these do not fit, the labels. */
function settingTexts({ trials, paths }: SweepView, rows: readonly TrialView[], width: number): Settings {
  const hasSeeds = trials.some(({ seed }) => seed !== trials[0].seed);
  const columns = [
    ...shortPaths(paths).map((title, at) => ({
      title: safe(title),
      texts: rows.map(({ settings }) => safe(settingText(settings[paths[at]]))),
    })),
    ...(hasSeeds ? [{ title: "seed", texts: rows.map(({ seed }) => String(seed)) }] : []),
  ].map(({ title, texts }) => {
    const values = Math.max(...texts.map(displayWidth)), cells = Math.max(displayWidth(title), values);
    return {
      values,
      cells,
      title: fitWidth(title, cells),
      texts: texts.map((text) => fitWidth(text, cells)),
    };
  });
  const total = columns.reduce((sum, { cells }) => sum + cells, GAP.length * (columns.length - 1));
  const areShort = columns.every(({ values }) => values <= LONGEST_VALUE);
  if (paths.length > 0 && areShort && total <= MOST_SHARE * width) {
    const joined = (part: (column: typeof columns[number]) => string) =>
      columns.map(part).join(GAP).trimEnd();
    return {
      title: joined(({ title }) => title),
      texts: rows.map((_, at) => joined(({ texts }) => texts[at])),
      fewest: total,
    };
  }
  const texts = rows.map(({ label, seed }) => `${safe(label)}${hasSeeds ? `, seed ${seed}` : ""}`);
  return { title: "setting", texts, fewest: COMFORTABLE };
}

/** The columns in the order of reading. */
function columnsOf({ metric }: SweepView): Column[] {
  const title = metric === null ? "metric" : safe(parseMetricAddress(metric.address).name);
  return [
    { title: "epoch", rank: 1, text: ({ training }) => training === null ? "" : epochText(training) },
    {
      title: "best loss",
      rank: 3,
      text: ({ training }) => training?.best == null ? "" : number(training.best),
    },
    {
      title: cut(title, LONGEST_METRIC),
      rank: 0,
      text(trial) {
        const value = metric === null ? undefined : metricOf(trial, metric.address);
        return value === undefined ? "" : number(value);
      },
    },
    {
      title: "ETA",
      rank: 2,
      text: ({ state, training }) =>
        state === "running" && training?.secondsLeft != null ? duration(training.secondsLeft) : "",
    },
    { title: "took", rank: 4, text: ({ seconds }) => seconds === null ? "" : took(seconds), role: "faint" },
  ];
}

function epochText({ epoch, epochs }: NonNullable<TrialView["training"]>): string {
  return epochs > 0 ? `${countText(epoch)}/${countText(epochs)}` : countText(epoch);
}

/** As many columns as leave the setting room; one that is empty for all rows is left out. */
function fitted(
  columns: readonly Column[],
  rows: readonly TrialView[],
  width: number,
  { title, texts, fewest }: Settings,
): { readonly columns: readonly Column[]; readonly cells: readonly number[]; readonly setting: number } {
  const widest = Math.max(...[title, ...texts].map(displayWidth));
  let shown = columns.map((column) => ({
    column,
    cells: Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(column.text(row)))),
  })).filter(({ column }) => column.rank === 0 || rows.some((row) => column.text(row) !== ""));
  const room = () => width - shown.reduce((sum, { cells }) => sum + GAP.length + cells, 0);
  while (shown.length > 1 && room() < Math.min(widest, fewest)) {
    const last = Math.max(...shown.map(({ column }) => column.rank));
    shown = shown.filter(({ column }) => column.rank < last);
  }
  return {
    columns: shown.map(({ column }) => column),
    cells: shown.map(({ cells }) => cells),
    setting: Math.min(widest, room()),
  };
}

/** The rows that are shown, with the selected one in the middle if possible. */
function trialsAround(trials: number, chosen: number, lines: number): { from: number; to: number } {
  const room = Math.max(1, Math.min(trials, lines));
  const from = Math.max(0, Math.min(chosen - (room >> 1), trials - room));
  return { from, to: from + room };
}
