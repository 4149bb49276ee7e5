/** The words about a training: what its chart shows, and the numbers beside it. @module */
import { type Comparison, comparisonLines } from "./compare.ts";
import type { Look } from "./panels.ts";
import { bar, brief, count, cut, displayWidth, fit, number, plural } from "./text.ts";
import { paint, type Role } from "./theme.ts";
import type { EpochView, TrainingView } from "./view.ts";

/** What the chart shows. */
export function chartTitle(training: TrainingView, logarithmic: boolean, { width, level }: Look): string {
  const unit = training.unit === "" ? "" : `, ${training.unit}`;
  return paint(level, "strong", cut(`loss${unit}${logarithmic ? " (log)" : ""}`, width));
}

/** The numbers of the last epoch, the patience gauge, and what else is worth knowing; most important first. */
export function numberLines(
  training: TrainingView,
  { width, level }: Look,
  comparison?: Comparison,
): string[] {
  const { last, progress } = training;
  if (last === null) {
    const { loss = null } = progress ?? {};
    return [
      ...(loss === null ? [] : [cut(`loss ${number(loss)} in epoch 1 so far`, width), ""]),
      ...describeTraining(training).map((line) => paint(level, "faint", cut(line, width))),
    ];
  }
  const row = (mark: string, role: Role | null, name: string, value: string) => {
    const text = cut(`${mark} ${fit(name, 10)} ${value}`, width);
    return role === null ? text : paint(level, role, text.slice(0, 1)) + text.slice(1);
  };
  const hasValidation = last.validation !== undefined;
  return [
    row(hasValidation ? "┄" : "─", "train", hasValidation ? "train" : "loss", number(last.loss)),
    ...(hasValidation ? [row("─", "validation", "validation", number(last.validation!))] : []),
    row("▲", null, "best", `${number(last.best)} at ${width < 36 ? "" : "epoch "}${count(last.bestEpoch)}`),
    ...(comparison === undefined ? [] : comparisonLines(training, comparison, { width, level })),
    ...patienceLines(training, { width, level }),
    ...partLines(last, { width, level }),
    "",
    ...describeTraining(training).map((line) => paint(level, "faint", cut(`  ${line}`, width))),
  ];
}

/** What the loss is made of, and how fast it learns. */
function partLines(
  { parts, learningRate }: EpochView,
  { width, level }: Pick<Look, "width" | "level">,
): string[] {
  const pairs = [
    ...Object.entries(parts ?? {}).map(([name, value]) => [name, number(value)]),
    ["learning rate", brief(learningRate)],
  ];
  const names = Math.max(...pairs.map(([name]) => displayWidth(name)));
  return pairs.map(([name, value]) => paint(level, "faint", cut(`  ${fit(name, names)} ${value}`, width)));
}

function patienceLines(
  { patience, last, epochs }: TrainingView,
  { width, level }: Pick<Look, "width" | "level">,
): string[] {
  if (patience === null) return [paint(level, "faint", cut("  early stopping off", width))];
  const { waited, bestEpoch } = last!;
  const used = bar(waited / patience, 10);
  const full = [...used].filter((cell) => cell === "▰").length;
  const gauge = paint(level, "train", used.slice(0, full)) + paint(level, "faint", used.slice(full));
  return [
    `${gauge} ${cut(`waited ${count(waited)} of ${count(patience)}`, width - 11)}`,
    cut(stopText({ waited, patience, stop: bestEpoch + patience, epochs }, width), width),
  ];
}

/** When the training ends if nothing improves: an epoch at which it stops early only where that comes before its last. */
function stopText(
  { waited, patience, stop, epochs }: { waited: number; patience: number; stop: number; epochs: number },
  width: number,
): string {
  if (waited >= patience) return "patience is used up";
  if (epochs > 0 && stop >= epochs) return `ends at epoch ${count(epochs)}`;
  const short = `early stop at epoch ${count(stop)}`, whole = `${short} unless it improves`;
  return displayWidth(whole) <= width ? whole : short;
}

function describeTraining(
  { model, parameters, samples, validationSamples, batchSize }: TrainingView,
): string[] {
  if (model === "") return [];
  const validation = validationSamples > 0 ? ` + ${count(validationSamples)}` : "";
  return [
    model,
    plural(parameters, "parameter"),
    `${count(samples)}${validation} samples, batches of ${batchSize}`,
  ];
}
