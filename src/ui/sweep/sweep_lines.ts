/** The frame of a sweep's screen as lines of text. @module */
import { countText, plural } from "../../core/amounts.ts";
import { directionArrow } from "../../pipeline/metric.ts";
import type { TrialCurve } from "../../sweep/curves.ts";
import {
  bestTrial,
  hasEnded,
  isOver,
  metricOf,
  stateCounts,
  sweepSecondsLeft,
  type SweepView,
  type TrialState,
  type TrialView,
} from "../../sweep/view.ts";
import { type KeyHint, keysLine } from "../panels/keys_text.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import { cut, displayWidth, duration, number, safe } from "../text/text.ts";
import { chosenTrial, type SweepChoices } from "./sweep_choices.ts";
import { trialCurves } from "./trial_curves.ts";
import { BEST, STATES, tableOrder, trialsTable } from "./trials_table.ts";

/** What a frame shows. */
export interface SweepFrameProps {
  readonly view: SweepView;
  /** The curves of trials, or of as many as are read. */
  readonly curves: readonly TrialCurve[];
  readonly columns: number;
  /** Lines of the terminal. */
  readonly lines: number;
  readonly color: ColorLevel;
  readonly choices: SweepChoices;
  readonly attached: boolean;
  readonly canDetach: boolean;
}

/** From this width on, the curves are next to the table. */
const WIDE = 150;
/** The most lines of curves next to the table: steeper ones are harder to compare. */
const TALLEST = 26;
/** The fewest lines and columns with curves. */
const LOWEST = 12, NARROWEST = 40;
/** The gap between them. */
const GAP = "   ";

/** How a frame is divided. */
export interface SweepLayout {
  readonly width: number;
  readonly height: number;
  /** The table and the chart; without a chart its height is 0. */
  readonly table: { readonly width: number; readonly height: number };
  readonly chart: { readonly width: number; readonly height: number };
  /** Whether the chart is next to the table, not above it. */
  readonly isBeside: boolean;
}

/** Divides a terminal of this size: a frame is at least one line lower. */
export function sweepLayout(columns: number, lines: number, hasCurves: boolean): SweepLayout {
  const width = Math.max(1, columns - 2), height = Math.max(1, lines - 1), body = Math.max(1, height - 4);
  if (!hasCurves || body < LOWEST || width < NARROWEST) {
    return { width, height, table: { width, height: body }, chart: { width, height: 0 }, isBeside: false };
  }
  if (width >= WIDE) {
    const left = Math.floor(0.55 * width);
    return {
      width,
      height,
      table: { width: left, height: body },
      chart: { width: width - left - GAP.length, height: Math.min(body, TALLEST) },
      isBeside: true,
    };
  }
  const chart = Math.max(6, Math.floor(0.4 * body));
  return {
    width,
    height,
    table: { width, height: body - chart - 1 },
    chart: { width, height: chart },
    isBeside: false,
  };
}

/** The lines of a frame. */
export function sweepLines(props: SweepFrameProps): string[] {
  const { view, curves, columns, lines, color: level, choices } = props;
  const layout = sweepLayout(columns, lines, curves.length > 0), { width, height } = layout;
  const best = bestTrial(view), trials = tableOrder(view, choices.byRank);
  const style = { width, level };
  const head = [titleLine(view, style), bestLine(view, best, style)];
  const body = choices.help ? helpLines(props, style) : bodyLines(props, layout, { best: best?.id, trials });
  const foot = footLine(props, trials, style), room = height - head.length - 2;
  // On a very small terminal, only the table and the keys.
  if (room < 3) return [...body, foot].slice(-height);
  const filled = [...body, ...Array.from({ length: Math.max(0, room - body.length) }, () => "")].slice(
    0,
    room,
  );
  return [...head, noticeLine(view, trials[chosenTrial(trials, choices)], style), ...filled, foot];
}

/** What the sweep has come to, for the terminal after the screen. */
export function sweepSummary(
  view: SweepView,
  style: { readonly width: number; readonly level: ColorLevel },
): string[] {
  return [titleLine(view, style), bestLine(view, bestTrial(view), style)];
}

function bodyLines(
  { view, curves, color: level, choices }: SweepFrameProps,
  { table, chart, isBeside }: SweepLayout,
  { best, trials }: { readonly best?: string; readonly trials: readonly TrialView[] },
): string[] {
  const chosen = chosenTrial(trials, choices);
  const rows = trialsTable(view, trials, { ...table, level, chosen, best });
  if (chart.height === 0) return rows;
  const lines = trialCurves(curves, {
    ...chart,
    height: chart.height - 1,
    level,
    best,
    chosen: trials[chosen]?.id,
  });
  const drawn = [paint(level, "faint", cut(curvesTitle(view, curves), chart.width)), ...lines];
  if (!isBeside) return [...drawn, "", ...rows];
  return Array.from({ length: Math.max(rows.length, drawn.length) }, (_, at) => {
    const left = rows[at] ?? "";
    return `${left}${" ".repeat(Math.max(0, table.width - displayWidth(left)))}${GAP}${drawn[at] ?? ""}`
      .trimEnd();
  });
}

function curvesTitle({ trials }: SweepView, curves: readonly TrialCurve[]): string {
  const of = safe(curves[0]?.of ?? "loss");
  const started = trials.filter(({ state }) => state !== "waiting").length;
  return curves.length < started ? `${of}, ${countText(curves.length)} of ${plural(started, "trial")}` : of;
}

/** The states that the title counts, besides the complete ones; those at the end are left out where there is no room. */
const COUNTED = ["running", "failed", "interrupted", "stoppedEarly"] as const satisfies readonly TrialState[];

/** The fewest cells of the pipeline's name. */
const SHORTEST_NAME = 16;

/** `glyphs-dae sweep   12 of 20 trials, 2 running, 1 failed   ETA 12:05`. */
function titleLine(view: SweepView, { width, level }: { width: number; level: ColorLevel }): string {
  const counts = stateCounts(view), left = sweepSecondsLeft(view);
  const ended = `${countText(view.trials.filter(hasEnded).length)} of ${plural(view.planned, "trial")}`;
  const states = COUNTED.filter((state) => counts[state] > 0)
    .map((state) => `, ${countText(counts[state])} ${STATES[state][2]}`);
  const eta = left === null ? "" : `   ETA ${duration(left)}`;
  const text = (count: number) => `   ${ended}${states.slice(0, count).join("")}${eta}`;
  const full = `${safe(view.pipeline)} sweep`, name = Math.min(SHORTEST_NAME, displayWidth(full));
  let shown = states.length;
  while (shown > 0 && name + displayWidth(text(shown)) > width) shown--;
  const rest = text(shown), cutName = cut(full, Math.max(8, width - displayWidth(rest)));
  return paint(level, "strong", cut(cutName, width)) + cut(rest, Math.max(0, width - displayWidth(cutName)));
}

/** The best trial so far, or that none is measured. */
function bestLine(
  view: SweepView,
  best: TrialView | undefined,
  { width, level }: { width: number; level: ColorLevel },
): string {
  const { metric } = view;
  if (metric === null || best === undefined) {
    return paint(level, "faint", cut("no trial is complete yet", width));
  }
  const { address, info: { direction } } = metric, value = number(metricOf(best, address)!);
  const text = ` ${safe(address)} ${directionArrow(direction)} ${value}   #${best.number} ${
    safe(best.label)
  }, seed ${best.seed}`;
  return paint(level, "good", BEST) + cut(text, Math.max(0, width - 1));
}

/** Why the selected trial failed or was stopped, or that the sweep itself has stopped; else empty. */
function noticeLine(
  view: SweepView,
  trial: TrialView | undefined,
  { width, level }: { readonly width: number; readonly level: ColorLevel },
): string {
  if (trial?.reason != null) {
    const [mark, role] = STATES[trial.state];
    return paint(level, role, mark) + cut(` #${trial.number} ${safe(trial.reason)}`, Math.max(0, width - 1));
  }
  const { running, interrupted } = stateCounts(view);
  if (running > 0 || interrupted === 0) return "";
  return paint(level, "faint", cut("no process runs the sweep now; the same command resumes it", width));
}

/** The question that is asked, that the sweep is stopping, or the keys. */
function footLine(
  props: SweepFrameProps,
  trials: readonly TrialView[],
  style: { readonly width: number; readonly level: ColorLevel },
): string {
  const { view, choices } = props, trial = trials[chosenTrial(trials, choices)];
  const isRunning = view.trials.some(({ state }) => state === "running");
  const question = questionOf(props, trial, isRunning);
  if (question !== undefined) return paint(style.level, "train", cut(question, style.width));
  const { attached, canDetach } = props, isEnded = isOver(view);
  const keys: KeyHint[] = [
    ["?", choices.help ? "close help" : "help"],
    ["q", attached || isEnded ? "leave" : "stop"],
    ["↑ ↓", "choose"],
    ...(trial?.folder == null ? [] : [["enter", "open"] as const]),
    ...(trial?.state === "running" ? [["s", "stop trial"] as const] : []),
    ...(isRunning ? [["S", "stop all"] as const] : []),
    ["o", choices.byRank ? "order of the plan" : "best first"],
    ...(canDetach && !isEnded ? [["d", "detach"] as const] : []),
  ];
  return keysLine(keys, style);
}

/** The question how to stop the trial or the sweep, or that the sweep is stopping. */
function questionOf(
  { choices, attached, canDetach }: SweepFrameProps,
  trial: TrialView | undefined,
  isRunning: boolean,
): string | undefined {
  if (choices.asking === "trial" && trial !== undefined) {
    return `stop trial ${trial.number}: s after this epoch, b after this batch   esc cancel`;
  }
  if (choices.asking === "sweep") {
    return `stop the sweep: s with checkpoints, resumable${canDetach ? "   d detach" : ""}   esc cancel`;
  }
  if (!choices.stopping || !isRunning) return undefined;
  return `stopping, each trial with a checkpoint${attached ? "" : ", Ctrl-C again aborts"}`;
}

/** The help, one key or symbol per line. */
function helpLines(
  { attached, canDetach }: SweepFrameProps,
  { width, level }: { readonly width: number; readonly level: ColorLevel },
): string[] {
  const keys: KeyHint[] = [
    ["?", "open or close this help"],
    ["↑ ↓  j k", "choose a trial; PgUp and PgDn by pages, Home and End"],
    ["enter", "open its dashboard; q comes back"],
    ["s", "ask whether to stop the trial; the sweep continues with others"],
    ["S", "ask whether to stop the sweep, each trial with a checkpoint"],
    ["o", "the order of the plan, or the best first"],
    ...(attached ? [["q, Ctrl-C", "leave; the sweep continues"] as const] : [
      ["q", "ask whether to stop"] as const,
      ["Ctrl-C", "stop with checkpoints; again: at once"] as const,
    ]),
    ...(canDetach ? [["d", "detach: close the screen, the sweep continues"] as const] : []),
    ["", ""],
    ...Object.values(STATES).map(([mark, , word]): KeyHint => [mark, word]),
    [BEST, "the best trial by the metric; its curve is bright"],
  ];
  return keys.map(([sign, meaning]) =>
    paint(level, "strong", cut(sign.padEnd(12), width)) + cut(meaning, Math.max(0, width - 12))
  );
}
