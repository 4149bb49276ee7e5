/**
 * Texts around the panels: each function returns one or more lines, coloured and cut to the width.
 *
 * @module
 */
import { countText } from "../../core/amounts.ts";
import { shownStatus } from "../../pipeline/gates.ts";
import type { Stopping } from "../view/choices.ts";
import { bar, cut, displayWidth, duration, fitWidth, took } from "../text/text.ts";
import { type ColorLevel, paint, type Role } from "../terminal/theme.ts";
import type { Moment } from "../view/timeline.ts";
import {
  currentTraining,
  elapsedSeconds,
  endText,
  type ProgressView,
  runningStage,
  samplesPerSecond,
  secondsLeft,
  secondsPerEpoch,
  type StageState,
  type StageView,
  trainedShare,
  type TrainingView,
  type View,
} from "../../run/fold/view.ts";

/** A mark and a colour for each state of a stage. */
const STATES: Readonly<Record<StageState, readonly [mark: string, role: Role]>> = {
  waiting: ["○", "faint"],
  running: ["●", "train"],
  finished: ["✔", "good"],
  failed: ["✖", "bad"],
  stopped: ["■", "train"],
};

/** The notice while a run is stopping. */
const STOPPING: Readonly<Record<Stopping, string>> = {
  epoch: "stopping after this epoch",
  batch: "stopping after this batch, Ctrl-C again aborts",
  abort: "aborting",
};

/** Width and colours of a line. */
export interface LineStyle {
  readonly width: number;
  readonly level: ColorLevel;
}

/** Width, colours and time of a line. */
export interface TimedStyle extends LineStyle {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Left-aligned and right-aligned pieces of text; those closest to the middle are dropped first if there is not enough space. */
function apart(left: readonly Piece[], right: readonly Piece[], { width, level }: LineStyle): string {
  const used = (pieces: readonly Piece[]) =>
    pieces.reduce((sum, [text]) => sum + displayWidth(text), 0) + 3 * Math.max(0, pieces.length - 1);
  const lefts = [...left], rights = [...right];
  const tooWide = () => used(lefts) + used(rights) + (rights.length > 0 ? 3 : 0) > width;
  while (tooWide() && rights.length > 1) rights.shift();
  while (tooWide() && lefts.length > 1) lefts.pop();
  if (tooWide()) rights.length = 0;
  if (tooWide()) lefts[0] = [cut(lefts[0][0], width), lefts[0][1]];
  const text = (pieces: readonly Piece[]) =>
    pieces.map(([text, role]) => role === null ? text : paint(level, role, text)).join("   ");
  return text(lefts) + " ".repeat(Math.max(0, width - used(lefts) - used(rights))) + text(rights);
}
type Piece = readonly [text: string, role: Role | null];

/** Pipeline, seed and engine; the run and its time, or the past epoch that is shown. */
export function headerLine(view: View, style: TimedStyle, past: Moment | null = null): string {
  const { run } = view;
  if (run === null) return "starting";
  const time: Piece = [duration(elapsedSeconds(view, style.now)), null];
  const epoch = past === null ? "" : `${epochText(currentTraining(view)!)} (past)`;
  return apart(
    [[run.pipeline, "strong"], [`seed ${run.seed}`, null], [run.engine, null]],
    past === null ? [[run.run, "faint"], time] : [time, [epoch, "train"]],
    style,
  );
}

/** `epoch 120 of 400`. */
export function epochText({ last, epochs }: TrainingView): string {
  return `epoch ${countText(last?.epoch ?? 0)}${epochs > 0 ? ` of ${countText(epochs)}` : ""}`;
}

/** `epoch 3 of 40, batch 120 of 469`. */
function inEpochText({ epoch, batch, batches }: ProgressView, epochs: number): string {
  const all = epochs > 0 ? ` of ${countText(epochs)}` : "";
  return `epoch ${countText(epoch)}${all}, batch ${countText(batch)} of ${countText(batches)}`;
}

/** The current state of the run while its past is shown. */
export function nowLine(view: View, { width, level }: LineStyle): string {
  const training = currentTraining(view);
  const text = view.end !== null
    ? `now: ${shownStatus(view.end)}`
    : training === undefined || runningStage(view)?.name !== training.stage
    ? `now: ${runningStage(view)?.name ?? "between stages"}`
    : `now: ${epochText(training)}`;
  return paint(level, "faint", cut(text, width));
}

function stageTime({ state, seconds, startedAt }: StageView, now: number): string {
  if (state === "running") return duration(Math.max(0, now - (startedAt ?? now)) / 1000);
  return seconds === null || seconds < 0.05 ? "" : took(seconds);
}

/** All stages on one line; if they do not fit, those around the running one. */
export function stagesLine(view: View, { width, level, now }: TimedStyle): string {
  const texts = view.stages.map((stage) => {
    const time = stageTime(stage, now);
    return `${STATES[stage.state][0]} ${stage.name}${time === "" ? "" : ` ${time}`}`;
  });
  const running = view.stages.findLastIndex(({ state }) => state !== "waiting");
  let from = 0, to = texts.length;
  const line = () => texts.slice(from, to).join("  ");
  const room = () => width - (from > 0 ? 3 : 0) - (to < texts.length ? 3 : 0);
  // Drops stages from the end that is farther from the running one.
  while (to - from > 1 && displayWidth(line()) > room()) {
    if (running - from > to - 1 - running) from++;
    else to--;
  }
  const shown = to - from === 1 ? [cut(texts[from] ?? "", room())] : texts.slice(from, to);
  const painted = shown.map((text, index) => {
    const stage = view.stages[from + index];
    const role = STATES[stage.state][1];
    return stage.state === "waiting" ? paint(level, role, text) : paint(level, role, text[0]) + text.slice(1);
  });
  return (from > 0 ? "…  " : "") + painted.join("  ") + (to < texts.length ? "  …" : "");
}

/** One line per stage with its time and note, then the newest files. */
export function stageListLines(view: View, height: number, { width, level, now }: TimedStyle): string[] {
  const names = Math.min(20, Math.max(0, ...view.stages.map(({ name }) => displayWidth(name))));
  const lines = view.stages.map((stage) => {
    const [mark, role] = STATES[stage.state];
    const name = fitWidth(stage.name, names);
    const text = cut(`${stageTime(stage, now).padStart(7)}  ${stage.note ?? ""}`, width - names - 2);
    return `${paint(level, role, mark)} ${
      stage.state === "waiting" ? paint(level, role, name) : name
    }${text}`;
  });
  const free = height - lines.length - 1;
  const made = free < 1
    ? []
    : view.artifacts.newest.slice(-free).map(({ file, title }) =>
      paint(level, "faint", cut(`made ${file} (${title})`, width))
    );
  return [...lines, ...(made.length > 0 ? [""] : []), ...made].slice(0, height);
}

/** The newest warning or message, or that the run is stopping. */
export function noticeLine(view: View, stopping: Stopping | null, { width, level }: LineStyle): string {
  if (stopping !== null && view.end === null) return paint(level, "train", cut(STOPPING[stopping], width));
  const warning = view.warnings.newest.at(-1), log = view.logs.newest.at(-1);
  const notice = warning !== undefined && (log === undefined || log.at <= warning.at) ? warning : log;
  if (notice === undefined) return "";
  const text = `${notice === warning ? "! " : ""}${
    notice.stage === null ? "" : `${notice.stage}: `
  }${notice.message}`;
  return paint(level, notice === warning ? "bad" : "faint", cut(text, width));
}

/** The progress of the run: the epoch, the speed and the ETA (not in the past), or the running stage. */
export function progressLine(view: View, style: TimedStyle, past: Moment | null = null): string {
  const { width, level, now } = style;
  if (view.end !== null) return cut(endText(view.end), width);
  const stage = runningStage(view), training = currentTraining(view);
  if (stage === undefined) return "";
  if (training === undefined || training.stage !== stage.name) {
    return cut(`${stage.name} in progress`, width);
  }
  const { last, epochs } = training;
  const progress = past === null ? training.progress : null;
  if (last === null && progress === null) {
    return cut(`epoch 1 in progress, ${duration(Math.max(0, now - training.startedAt) / 1000)}`, width);
  }
  const rate = samplesPerSecond(training),
    each = secondsPerEpoch(training),
    left = secondsLeft(training, now);
  const at = progress === null ? epochText(training) : inEpochText(progress, epochs);
  const share = trainedShare({ ...training, progress });
  const gauge = epochs > 0 ? [bar(share, Math.max(8, Math.min(40, width - 68)))] : [];
  const eta = left === undefined || past !== null ? [] : [`ETA ${duration(left)}`];
  const pace = [
    ...(rate === undefined ? [] : [`${countText(rate)} samples/s`]),
    ...(each === undefined ? [] : [`${took(each)}/epoch`]),
  ];
  // In a narrow line, the ETA is more important than the gauge.
  const choices = [
    [...gauge, ...eta, ...pace],
    [...gauge, ...eta, ...pace.slice(0, 1)],
    [...gauge, ...eta],
    eta,
    gauge,
  ];
  const fits = (rest: readonly string[]) => displayWidth([at, ...rest].join("  ")) <= width;
  const pieces = [cut(at, width), ...(choices.find(fits) ?? [])];
  return pieces.map((piece) => /^[▰▱]/.test(piece) ? paint(level, "train", piece) : piece).join("  ");
}
