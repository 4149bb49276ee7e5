/** The summary of a finished run: the same lines after the dashboard and after the plain log. @module */
import { GATE_FAILED, shownStatus } from "../../pipeline/gates.ts";
import { metricLines } from "./metrics_text.ts";
import { epochText } from "./panels.ts";
import { countText, plural } from "../../core/amounts.ts";
import { displayWidth, number, took } from "../text/text.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import {
  currentTraining,
  elapsedSeconds,
  runningStage,
  type StageView,
  type TrainingView,
  type View,
  type ViewMetrics,
} from "../../run/fold/view.ts";

/** Metrics that the lines about a training contain already. */
const TRAINING_METRICS = new Set(["epochs", "bestEpoch", "bestLoss", "lastLoss", "parameters", "seconds"]);

/**
 * The summary: how the run ended, each training, each stage's metrics, the artifacts, and the folder of the run.
 *
 * Metrics are wrapped to `columns` cells.
 */
export function summaryLines(view: View, level: ColorLevel = 0, columns = 80): string[] {
  if (view.run === null) return [];
  const names = view.stages.map(({ name }) => displayWidth(name));
  const width = Math.max("artifacts".length, ...names);
  const sections = [
    ...view.stages.flatMap((stage) => stageSections(view, stage, columns - width - 4)),
    ...otherSections(view),
  ];
  const blanks = (used: number) => " ".repeat(width + 2 - used);
  return [
    headline(view, level),
    ...sections.flatMap(([title, lines]) =>
      lines.map((line, index) =>
        index === 0
          ? `  ${paint(level, "strong", title)}${blanks(displayWidth(title))}${line}`
          : `  ${blanks(0)}${line}`
      )
    ),
  ];
}

/** The lines after leaving the screen of a run that continues. */
export function partingLines(view: View, level: ColorLevel, now: number): string[] {
  if (view.run === null) return [];
  const training = currentTraining(view);
  const where = training?.last && runningStage(view)?.name === training.stage
    ? epochText(training)
    : runningStage(view)?.name ?? "between stages";
  const time = took(elapsedSeconds(view, now));
  return [
    `${paint(level, "strong", view.run.pipeline)}  still running: ${where} after ${time}`,
    `  run  ${view.run.folder}`,
  ];
}

type Section = readonly [title: string, lines: readonly string[]];

function headline({ run, end }: View, level: ColorLevel): string {
  const name = paint(level, "strong", run!.pipeline);
  if (end === null) return `${name}  ${paint(level, "bad", "ended unexpectedly (no end event)")}`;
  const status = shownStatus(end), time = `after ${took(end.seconds)}`;
  if (status === GATE_FAILED) return `${name}  ${paint(level, "bad", end.reason)} (${time})`;
  const role = ({ completed: "good", stopped: "train", failed: "bad", crashed: "bad" } as const)[status];
  return `${name}  ${paint(level, role, status)} ${time}: ${end.reason}`;
}

function stageSections(view: View, stage: StageView, width: number): Section[] {
  const training = view.trainings.find((one) => one.stage === stage.name);
  const metrics = training === undefined ? stage.metrics : otherMetrics(stage.metrics);
  const lines = [
    ...(training === undefined ? [] : trainingLines(view, stage, training)),
    ...(metrics === null ? [] : metricLines(metrics, width)),
    ...(stage.state === "failed" && view.end?.reason !== stage.note ? [`failed: ${stage.note ?? ""}`] : []),
  ];
  return lines.length === 0 ? [] : [[stage.name, lines]];
}

function otherMetrics(metrics: ViewMetrics | null): ViewMetrics {
  return Object.fromEntries(Object.entries(metrics ?? {}).filter(([name]) => !TRAINING_METRICS.has(name)));
}

function trainingLines(view: View, stage: StageView, training: TrainingView): string[] {
  const { last, monitor, unit, epochs } = training;
  if (last === null) return ["no epoch was finished"];
  const unitText = unit === "" ? "" : ` (${unit})`;
  const of = epochs === 0 ? "" : ` of ${countText(epochs)}`;
  // A resumed stage took longer than this process: the epochs include the time of earlier processes.
  const seconds = Math.max(stage.seconds ?? 0, training.seconds);
  const time = seconds === 0 ? "" : ` in ${took(seconds)}`;
  const final = last.validation === undefined ? "" : `, validation ${number(last.validation)}`;
  return [
    `${countText(last.epoch)}${of} epochs${time}: ${whyStopped(view, stage, training)}`,
    `best ${monitor} ${number(last.best)} at epoch ${countText(last.bestEpoch)}${unitText}`,
    `final loss ${number(last.loss)}${final}`,
  ];
}

/** Why a training ended. */
function whyStopped(
  view: View,
  stage: StageView,
  { last, patience, epochs, maxSeconds }: TrainingView,
): string {
  if (stage.state === "failed") return "failed";
  if (stage.state === "stopped" || stage.state === "running") return whyInterrupted(view);
  if (patience !== null && last!.epochsWithoutImprovement >= patience) {
    return `stopped early, ${plural(last!.epochsWithoutImprovement, "epoch")} without improvement`;
  }
  if (last!.epoch >= epochs && epochs > 0) return "all done";
  return maxSeconds === undefined ? "ended early" : `all that end within ${took(maxSeconds)}`;
}

/** Why a training is not done, from the end of the run. */
function whyInterrupted({ end }: View): string {
  if (end === null) return "in progress";
  return end.status === "stopped" ? end.reason : end.status;
}

function otherSections({ run, warnings, artifacts }: View): Section[] {
  const sections: Section[] = [];
  if (warnings.total > 0) {
    const shown = warnings.newest.slice(-5).map(({ stage, message }) =>
      stage === null ? message : `${stage}: ${message}`
    );
    const rest = warnings.total - shown.length;
    sections.push([
      warnings.total === 1 ? "warning" : "warnings",
      rest > 0 ? [...shown, `and ${rest} earlier`] : shown,
    ]);
  }
  if (artifacts.total > 0) sections.push(["artifacts", [plural(artifacts.total, "file")]]);
  sections.push(["run", [run!.folder]]);
  return sections;
}
